// What the commands about operators share: `millrace user`, `key` and `audit`, beside a running
// server.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "app/cli/cli.hpp"
#include "app/wire/system.hpp"
#include "base/json.hpp"

namespace millrace::app {

struct OperatorOptions {
  std::filesystem::path data;
  std::string name;
  std::vector<std::string> grants;
  std::vector<std::string> addresses;
  std::string life;
  std::string expect;
  std::string who;
  std::string action;
  std::string object;
  size_t limit = 100;
  bool resets_totp = false;
  bool json = false;
};

// The store, and what decides over it. Authenticators are not this side's, so no key is needed.
class OpenedAccess {
 public:
  static base::Result<OpenedAccess> at(const std::filesystem::path& data);
  access::Access& access() { return *access_; }
  access::Transactions& pairs() { return *pairs_; }

 private:
  explicit OpenedAccess(std::unique_ptr<access::Transactions> pairs);

  std::unique_ptr<access::Transactions> pairs_;
  std::unique_ptr<SystemClock> clock_;
  std::unique_ptr<SystemRandom> random_;
  std::unique_ptr<access::Access> access_;
};

// Who asks, when it is a command.
access::Asker asking_command();
base::Result<access::Grants> grants_of(const OperatorOptions& options);
std::string in_words(const access::Grants& grants);
json::array as_json(const access::Grants& grants);
json::value as_json(base::Timestamp at);  // null: never

using OperatorRun = base::Result<int> (*)(OpenedAccess&, const OperatorOptions&);
struct OperatorCommand {
  cli::App* command;
  std::shared_ptr<OperatorOptions> options;
};
// A command of that family, with --data.
OperatorCommand add_operator_command(cli::App& family, const char* name, const char* help,
                                     OperatorRun run, int& exit_code);
void add_grants_option(const OperatorCommand& added);
void add_json_flag(const OperatorCommand& added, const char* help = "Print a JSON array");

void add_user_command(cli::App& cli, int& exit_code);
void add_key_command(cli::App& cli, int& exit_code);
void add_audit_command(cli::App& cli, int& exit_code);

}  // namespace millrace::app
