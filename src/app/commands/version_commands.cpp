// rollback, versions and impact: which version of a solution a data folder serves, and to whom.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
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

// Who stays on the version that was left, and the commands that take them away from it.
void print_those_who_stay(const VersionOptions& options, const solutions::RolledBack& done) {
  if (done.on_from == 0) return;
  const std::string from = version_of(done.from);
  const std::string now = version_of(done.now);
  if (done.staying == 0) {
    std::cout << counted(done.on_from, "live chat") << " on " << from << " go over to " << now
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
  if (options.json) {
    json::array named;
    for (const base::Id& chat : done->named) named.push_back(json::value(chat.to_string()));
    print_json({{"from", as_json(done->from)},
                {"now", as_json(done->now)},
                {"on_live", options.on_live},
                {"was_current", done->from.hash == done->now.hash},
                {"live_on_from", done->on_from},
                {"staying", done->staying},
                {"can_migrate", done->can_migrate},
                {"chats_staying", std::move(named)}});
    return 0;
  }
  std::cout << (done->from.hash == done->now.hash ? "already the current version: " : "deployed ")
            << line_of(done->now) << "  live chats: " << options.on_live << "\n";
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
  Listing listing({"solution", "version", "current", "deployed_at", "on_live", "live", "hash"});
  for (const solutions::ListedVersion& version : *listed) {
    const solutions::Deployment& deployment = version.deployment;
    listing.add({deployment.solution, version_of(deployment), version.is_current,
                 base::to_iso8601(deployment.at), runtime::to_string(deployment.on_live),
                 version.live, deployment.hash});
  }
  listing.print(options.json);
  if (listed->empty()) std::cerr << "nothing has been deployed\n";
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
  if (options.json) {
    json::object nodes;
    for (const auto& [id, count] : found->nodes) {
      nodes[id] = {{"touched", count.touched}, {"stranded", count.stranded}};
    }
    print_json({{"solution", loaded->program->solution},
                {"chats", found->chats},
                {"touched", found->touched},
                {"stranded", found->stranded},
                {"unreadable", found->unreadable},
                {"nodes", std::move(nodes)}});
    return 0;
  }
  std::cout << counted(found->chats, "live chat") << " of '" << loaded->program->solution << "'; "
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
  add_json_flag(*rolls, *rolling);
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
  add_json_flag(*lists, *listing);
  lists->callback([&exit_code, listing = listing] { exit_code = versions(*listing); });

  const auto [tells, telling] = add(
      "impact", "Say how many live chats stand on nodes that deploying this folder would change.");
  add_sandbox_option(*tells, telling->world);
  tells->add_option("DIR", telling->solution, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  add_json_flag(*tells, *telling);
  tells->callback([&exit_code, telling = telling] { exit_code = impact(*telling); });
}

}  // namespace millrace::app
