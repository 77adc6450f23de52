// millrace braze-sandbox: the sandbox alone, without a solution.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/wire/braze_edge.hpp"
#include "app/wire/descriptors.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/signals.hpp"
#include "app/wire/system.hpp"
#include "base/level_names.hpp"
#include "base/meter.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"
#include "posix/limits.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

struct BrazeSandboxOptions {
  std::filesystem::path data;
  std::string listen;
  Endpoint endpoint{"127.0.0.1", 0};
  std::vector<std::string> keys;  // "KEY" or "KEY=permission,permission"
  std::vector<std::string> make_anew;
  std::string profile = "current";
  std::string apply_delay = "none";
  std::string workspace;
  std::string level = "info";
  bool is_unlimited = false;
  bool is_strict = false;
};

base::Result<braze::ApiKey> read_key(const std::string& text) {
  // A key of Braze's has no '='; what stands behind the last one says what it may do.
  const auto equals = text.rfind('=');
  if (equals == std::string::npos) return braze::ApiKey{text, {"*"}};
  braze::ApiKey key{text.substr(0, equals), {}};
  for (const std::string_view permission :
       base::split(std::string_view(text).substr(equals + 1), ',')) {
    key.permissions.insert(std::string(base::trim(permission)));
  }
  const auto known = braze::all_permissions();
  for (const std::string& permission : key.permissions) {
    if (permission == "*" || known.contains(permission)) continue;
    return base::fail(base::Code::invalid_argument,
                      "there is no permission '" + permission + "', such as users.track", "--key");
  }
  return key;
}

base::Result<braze::SandboxOptions> sandbox_options(const BrazeSandboxOptions& given) {
  braze::SandboxOptions options;
  for (const std::string& text : given.keys) {
    auto key = read_key(text);
    if (!key) return std::unexpected(key.error());
    options.keys.push_back(std::move(*key));
  }
  if (given.profile == "legacy") options.profile = braze::LimitProfile::legacy;
  if (given.profile == "mau") options.profile = braze::LimitProfile::mau;
  if (given.apply_delay == "realistic") options.apply_delay = braze::ApplyDelay::realistic;
  options.enforces_rates = !given.is_unlimited;
  options.accepts_legacy_key = !given.is_strict;
  if (!given.workspace.empty()) {
    const auto text = posix::read_file(given.workspace);
    if (!text) return std::unexpected(text.error());
    auto workspace = json::parse_object(*text);
    if (!workspace) return std::unexpected(workspace.error());
    options.workspace = std::move(*workspace);
  }
  return options;
}

int run(const BrazeSandboxOptions& given) {
  block_stop_signals();
  posix::keep_files_private();
  const auto log = make_log(base::kLevels.find(given.level).value_or(base::Level::info));
  SystemClock clock;
  SystemRandom random;
  const auto failed = [](const base::Error& error) {
    std::cerr << error.describe() << "\n";
    return 1;
  };
  auto options = sandbox_options(given);
  if (!options) return failed(options.error());
  auto lock = storage::FolderLock::acquire(given.data);
  if (!lock) return failed(lock.error());
  base::NoMeter meter;
  const auto notices = std::make_shared<lanes::Notices>(*log, meter);
  auto edge =
      BrazeEdge::open(given.data, given.endpoint, clock, random, *log,
                      {raise_descriptors().serving, notices}, std::move(*options), given.make_anew);
  if (!edge) return failed(edge.error());
  const json::object ready{{"braze_sandbox_url", (*edge)->url()},
                           {"braze_api_key", (*edge)->api_key()},
                           {"inspector_url", (*edge)->url() + "/inspector"}};
  std::cout << "ready " << json::serialize(ready) << std::endl;
  wait_for_stop_signal();
  (*edge)->stop();
  return 0;
}

}  // namespace

void add_braze_sandbox_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "braze-sandbox",
      "The Braze sandbox alone: Braze's REST API on this machine, and its inspector.");
  auto options = std::make_shared<BrazeSandboxOptions>();
  add_new_data_option(*command, options->data);
  command->add_option("--listen", options->listen, "HOST:PORT to listen on; port 0 is any free one")
      ->default_str("127.0.0.1:0")
      ->check(endpoint_into(options->endpoint));
  command->add_option("--key", options->keys,
                      "KEY, which may do everything, or KEY=permission,permission; may be given "
                      "again. Without it there is one in the data folder");
  command
      ->add_option("--make-anew", options->make_anew,
                   "Begin anew with a key that is lost: braze.key. Whoever was given it needs the "
                   "new one")
      ->check(cli::OneOf({"braze.key"}));
  command->add_option("--profile", options->profile, "Whose limits of objects and requests")
      ->default_str("current")
      ->check(cli::OneOf({"current", "legacy", "mau"}));
  command->add_option("--apply-delay", options->apply_delay, "When what was accepted can be seen")
      ->default_str("none")
      ->check(cli::OneOf({"none", "realistic"}));
  command
      ->add_option("--workspace", options->workspace,
                   "JSON file of campaigns, canvases, segments and subscription_groups")
      ->check(cli::kExistingFile);
  command->add_flag("--unlimited", options->is_unlimited, "Count requests and refuse none of them");
  command->add_flag("--strict", options->is_strict, "Refuse the api_key of before 2020");
  command->add_option("--log-level", options->level, "Least severe log lines to write")
      ->default_str("info")
      ->check(cli::OneOf({"debug", "info", "warning", "error"}));
  command->footer(
      "When it listens it prints one line, `ready {json}`, on standard output. SIGTERM exits 0.");
  command->callback([&exit_code, options] { exit_code = run(*options); });
}

}  // namespace millrace::app
