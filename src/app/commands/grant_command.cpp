// `millrace grant` and `millrace grants`: what the operator lets each solution name.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/data/grant_book.hpp"
#include "app/wire/data/manifest.hpp"
#include "posix/files.hpp"
#include "posix/limits.hpp"
#include "posix/locks.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct GrantOptions {
  std::string solution;
  std::vector<std::string> secrets;
  std::vector<std::string> variables;
  std::vector<std::string> hosts;
  fs::path data;
  bool revokes = false;
  bool json = false;
};

std::string told(const secrets::Grant& grant) {
  std::string text;
  const auto add = [&text](std::string_view kind, const auto& names) {
    for (const std::string& name : names) text += "  " + std::string(kind) + " " + name + "\n";
  };
  add("secret  ", grant.secrets);
  add("variable", grant.variables);
  add("host    ", grant.hosts);
  return text;
}

int change(const GrantOptions& options) {
  const secrets::Grant meant{{options.secrets.begin(), options.secrets.end()},
                             {options.variables.begin(), options.variables.end()},
                             {options.hosts.begin(), options.hosts.end()}};
  if (meant.empty()) {
    return complain("grant",
                    "say what: --secret NAME, --env NAME, --host HOST; each may be given again", 1);
  }
  const auto lock = posix::FileLock::wait_for(options.data / "grants.lock");
  if (!lock) return complain("grant", lock.error(), 1);
  auto grants = read_grants(options.data);
  if (!grants) return complain("grant", grants.error(), 1);
  if (options.revokes) {
    const secrets::Grant unknown = grants->take(options.solution, meant);
    if (!unknown.empty()) std::cerr << "was not granted:\n" << told(unknown);
  } else if (auto given = grants->give(options.solution, meant); !given) {
    return complain("grant", given.error(), 1);
  }
  if (auto written = write_grants(options.data, *grants); !written) {
    return complain("grant", written.error(), 1);
  }
  const secrets::Grant& now = grants->of(options.solution);
  print_done(options.json,
             {{"solution", options.solution},
              {"secrets", json::array(now.secrets.begin(), now.secrets.end())},
              {"variables", json::array(now.variables.begin(), now.variables.end())},
              {"hosts", json::array(now.hosts.begin(), now.hosts.end())}},
             options.solution + " may name\n" + told(now) +
                 "It counts for the next deploy or start of the server.\n");
  return 0;
}

int list(const GrantOptions& options) {
  const auto grants = read_grants(options.data);
  if (!grants) return complain("grant", grants.error(), 1);
  if (options.json) {
    print_json(grants->to_json());
    return 0;
  }
  for (const auto& [solution, grant] : grants->all()) {
    std::cout << solution << "\n" << told(grant);
  }
  if (grants->all().empty()) std::cout << "nothing is granted\n";
  return 0;
}

}  // namespace

void add_grant_commands(cli::App& cli, int& exit_code) {
  auto options = std::make_shared<GrantOptions>();
  auto* grant = cli.add_subcommand(
      "grant", "Let a solution name a secret, a variable of the server's environment, or a host.");
  grant->add_option("SOLUTION", options->solution, "The solution's name")->required();
  grant->add_option("--secret", options->secrets, "A secret: ${secret:NAME}; may be given again");
  grant->add_option("--env", options->variables,
                    "An environment variable: solution.yaml's environment and ${env:NAME}; may be "
                    "given again");
  grant->add_option("--host", options->hosts,
                    "A host as egress.allow writes it, for a server of several solutions; an "
                    "internal one needs --allow-internal as well; may be given again");
  grant->add_option("--data", options->data, "The server's data folder")
      ->required()
      ->check(cli::kExistingDirectory);
  grant->add_flag("--revoke", options->revokes, "Take it back instead");
  grant->add_flag("--json", options->json, kOneJsonObject);
  grant->callback([&exit_code, options] {
    posix::keep_files_private();
    exit_code = change(*options);
  });

  auto* grants = cli.add_subcommand("grants", "List what each solution may name.");
  grants->add_option("--data", options->data, "The server's data folder")
      ->required()
      ->check(cli::kExistingDirectory);
  grants->add_flag("--json", options->json, "As JSON");
  grants->callback([&exit_code, options] { exit_code = list(*options); });
}

}  // namespace millrace::app
