#include "app/commands/version_options.hpp"

#include "app/cli/cli.hpp"
#include "app/commands/data/at_rest_option.hpp"

namespace millrace::app {

void add_data_option(cli::App& command, VersionOptions& options) {
  add_new_data_option(command, options.data, storage::Beginning::refused);
}

void add_on_live_option(cli::App& command, VersionOptions& options) {
  command
      .add_option("--on-live", options.on_live,
                  "Chats under way: pin leaves them on their version, migrate takes them to the "
                  "same node of the new one when they next speak, restart begins them again")
      ->default_str("pin")
      ->check(cli::OneOf({"pin", "migrate", "restart"}));
}

void add_json_flag(cli::App& command, VersionOptions& options) {
  command.add_flag("--json", options.json, "Print it as JSON");
}

std::string version_of(const solutions::Deployment& deployment) {
  return "v" + std::to_string(deployment.version);
}

json::object as_json(const solutions::Deployment& deployment) {
  return {{"solution", deployment.solution},
          {"version", version_of(deployment)},
          {"hash", deployment.hash}};
}

std::string line_of(const solutions::Deployment& deployment) {
  return deployment.solution + " " + version_of(deployment) + "  " + deployment.hash;
}

}  // namespace millrace::app
