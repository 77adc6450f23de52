// All that running action nodes takes, in one place for the server and for `millrace action run`:
// the pool of sandboxed workers, the proxy they go out through, the secrets they are given, and the
// attempts and traces around every call.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/wire/python_inspector.hpp"
#include "app/wire/world_options.hpp"
#include "base/meter.hpp"
#include "base/result.hpp"
#include "runtime/ports.hpp"

namespace millrace::egress {
class Resolver;
}

namespace millrace::app {

struct ActionOptions {
  std::filesystem::path data;  // where traces and packages are kept
  std::string environment = "sandbox";
  size_t workers_max = 0;  // calls at once, in all; 0 = what the memory allows
  WorldOptions world;
  // How old traces may become, as the solutions say; asked on the thread that forgets them.
  std::function<std::optional<std::chrono::hours>()> trace_age;
  std::vector<std::string> platform_hosts;  // "host:port" of ours that every solution may reach
};

// What of a version matters to its scripts.
struct ScriptVersion {
  std::string hash;
  std::string solution;
  std::vector<std::string> environment_variables;
  std::vector<std::string> egress_allowed;
  std::string egress_ca_file;
};
ScriptVersion script_version(const flow::Program& program);

class ActionEdge {
 public:
  struct Ports {
    base::Lanes& lanes;
    base::Clock& clock;
    base::Random& random;
    base::Log& log;
    base::Meter& meter;
  };
  // failed_precondition, with the remedy, where no sandbox can be made.
  static base::Result<std::unique_ptr<ActionEdge>> open(ActionOptions options, Ports ports);
  ~ActionEdge();  // as stop()

  // Makes a version's scripts known: its packages, and, as far as it has a right to them, its
  // secrets, its variables and whom it may reach. Blocks while packages are installed.
  base::Result<void> add_version(const ScriptVersion& version, const std::filesystem::path& folder,
                                 const Variables& given, const secrets::Rights& rights);
  // Starts a worker of that version before it is needed.
  void prewarm(std::string_view hash);

  runtime::Actions& actions();
  // What is wrong with the workers, "" for nothing. Thread-safe.
  std::string workers_wrong() const;
  // Removes what is kept of these chats' calls. Blocks.
  base::Result<void> forget(const std::set<std::string>& chats);
  const secrets::Resolver& secrets() const;
  egress::Resolver& names();

  // Refuses what is new and what waits, and kills what runs. Every call has ended when it returns.
  void stop();

 private:
  struct Parts;
  explicit ActionEdge(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// "http://127.0.0.1:8090/x" -> "127.0.0.1:8090"; "" when it is no address of ours to judge.
std::string host_of(std::string_view url);
// What solution.yaml allows scripts to reach, with ${env:NAME} as the host and port of the address
// in that variable. A variable without an address allows nothing; one that may be read may be
// reached. Of the others those that the solution has a right to.
std::vector<std::string> allowed_hosts(const std::vector<std::string>& rules,
                                       const Variables& variables, const secrets::Rights& rights);

}  // namespace millrace::app
