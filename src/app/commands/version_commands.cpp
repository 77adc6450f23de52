// rollback, versions and impact: which version of a solution a data folder serves, and to whom.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/version_options.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/python_inspector.hpp"
#include "app/wire/system.hpp"
#include "posix/limits.hpp"
#include "solutions/chats.hpp"
#include "solutions/impact.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

std::string version_of(const solutions::Deployment& deployment) {
  return "v" + std::to_string(deployment.version);
}

// Who stays on the version that was left, and the commands that take them away from it.
void print_those_who_stay(const VersionOptions& options, const solutions::RolledBack& done) {
  if (done.on_from == 0) return;
  const std::string from = version_of(done.from);
  const std::string now = version_of(done.now);
  if (done.staying == 0) {
    std::cout << done.on_from << " live chats on " << from << " go over to " << now
              << " when they next speak\n";
    return;
  }
  std::cout << done.staying << " of " << done.on_from << " live chats on " << from
            << " stay there:\n";
  for (const base::Id& chat : done.named) std::cout << "  " << chat.to_string() << "\n";
  if (done.named.size() < done.staying) {
    std::cout << "  and " << done.staying - done.named.size() << " more\n";
  }
  const std::string command = "millrace rollback " + shell_word(done.now.solution) + " --data " +
                              shell_word(options.data.string()) + " --to " + now + " --on-live ";
  if (options.on_live == "pin" && done.can_migrate > 0) {
    std::cout << "to take " << done.can_migrate << " of them to the same node of " << now
              << " when they next speak:\n  " << command << "migrate\n";
  }
  std::cout << "to begin all of them again in " << now << " when they next speak:\n  " << command
            << "restart\n";
}

int rollback(const VersionOptions& options) {
  auto deployments = deployments_of(options.data);
  if (!deployments) return complain("rollback", deployments.error());
  const auto archive = archive_if_any(options.data);
  if (!archive) return complain("rollback", archive.error());
  auto versions = versions_in(options.data);
  const auto on_live = *runtime::on_live_from(options.on_live);
  const auto done =
      solutions::roll_back({options.name, options.version, on_live, SystemClock().now()},
                           *deployments, {archive->get(), seal_key_of(options.data)}, versions);
  if (!done) return complain("rollback", done.error());
  std::cout << "deployed " << line_of(done->now) << "  live chats: " << options.on_live << "\n";
  print_those_who_stay(options, *done);
  return 0;
}

int versions(const VersionOptions& options) {
  const auto deployments = deployments_of(options.data);
  if (!deployments) return complain("versions", deployments.error());
  const auto archive = archive_if_any(options.data);
  if (!archive) return complain("versions", archive.error());
  const auto listed = solutions::list_versions(*deployments, archive->get());
  if (!listed) return complain("versions", listed.error());
  for (const solutions::ListedVersion& version : *listed) {
    std::cout << (version.is_current ? "* " : "  ") << line_of(version.deployment) << "  "
              << base::to_iso8601(version.deployment.at) << "  "
              << runtime::to_string(version.deployment.on_live) << "  " << version.live
              << " live\n";
  }
  if (listed->empty()) std::cout << "nothing has been deployed\n";
  return 0;
}

int impact(const VersionOptions& options) {
  const auto loaded = load_solution(
      options.solution,
      {.packages = options.data / "packages", .is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) return complain("impact", loaded.error());
  if (!loaded->program) {
    print_problems(loaded->problems);
    complain("impact", "the solution has errors");
    return 1;
  }
  const auto archive = archive_if_any(options.data);
  if (!archive) return complain("impact", archive.error());
  auto versions = versions_in(options.data);
  const auto found =
      solutions::impact(*loaded, {archive->get(), seal_key_of(options.data)}, versions);
  if (!found) return complain("impact", found.error());
  std::cout << found->chats << " live chats of '" << loaded->program->solution << "'; "
            << found->touched << " stand on a node that this deploy changes or takes away; "
            << found->stranded << " could not migrate now and would stay on their version\n";
  if (found->unreadable > 0) {
    std::cout << found->unreadable << " more cannot be read and are not counted\n";
  }
  for (const auto& [id, count] : found->nodes) {
    std::cout << "  node " << (id.empty() ? "(none yet)" : id) << ": " << count.touched
              << " on changed text, " << count.stranded << " would stay\n";
  }
  return 0;
}

}  // namespace

void add_version_commands(cli::App& cli, int& exit_code) {
  const auto add = [&](const char* name, const char* help) {
    auto options = std::make_shared<VersionOptions>();
    auto* command = cli.add_subcommand(name, help);
    add_data_option(*command, options->data);
    return std::pair(command, options);
  };
  const auto [rolls, rolling] = add(
      "rollback", "Make the version under the current one current again, or the one --to names.");
  rolls->add_option("SOLUTION", rolling->name, "The solution's name")->required();
  rolls->add_option("--to", rolling->version, "vN or a hash; the one under it, when not given");
  add_on_live_option(*rolls, *rolling);
  rolls->footer(
      "Says which live chats stay on the version that was left, and what takes them away from it. "
      "A\n"
      "version that was rolled back from is not gone back to unless --to names it.");
  rolls->callback([&exit_code, rolling = rolling] {
    posix::keep_files_private();
    exit_code = rollback(*rolling);
  });

  const auto [lists, listing] =
      add("versions", "List what was deployed, and how many live chats stand on each.");
  lists->callback([&exit_code, listing = listing] { exit_code = versions(*listing); });

  const auto [tells, telling] = add(
      "impact", "Say how many live chats stand on nodes that deploying this folder would change.");
  add_sandbox_option(*tells, telling->world);
  tells->add_option("DIR", telling->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  tells->callback([&exit_code, telling = telling] { exit_code = impact(*telling); });
}

}  // namespace millrace::app
