// deploy, rollback, versions and impact: which version of a solution a data folder serves.
#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "app/chats.hpp"
#include "app/commands.hpp"
#include "app/deployments.hpp"
#include "app/grant_book.hpp"
#include "app/solution_tests.hpp"
#include "app/system.hpp"
#include "dialog/dialog.hpp"
#include "posix/files.hpp"
#include "posix/limits.hpp"
#include "runtime/record.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct VersionOptions {
  fs::path solution;
  fs::path data;
  std::string name;
  std::string version;
  std::string on_live = "pin";
  bool skip_tests = false;
  WorldOptions world;
};

int complain(std::string_view command, const std::string& text) {
  std::cerr << "millrace " << command << ": " << text << "\n";
  return 2;
}

bool passes_its_tests(const fs::path& folder, const flow::Program& program) {
  const auto files = read_solution_tests(folder);
  if (!files) {
    complain("deploy", files.error().describe());
    return false;
  }
  std::vector<const trial::Test*> tests;
  bool sound = true;
  for (const trial::TestFile& file : *files) {
    for (const flow::Problem& problem : file.problems) {
      std::cerr << problem.describe() << "\n";
      sound = false;
    }
    for (const trial::Test& test : file.tests) tests.push_back(&test);
  }
  if (!sound) return false;
  if (tests.empty()) {
    std::cout << "no tests (tests/*.test.yaml)\n";
    return true;
  }
  const unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  const TestResults results = run_solution_tests(program, tests, jobs);
  size_t failed = 0;
  for (const trial::Outcome& outcome : results.outcomes) {
    if (outcome.passed) continue;
    ++failed;
    std::cerr << outcome.test->file << ":" << outcome.line << ": " << outcome.test->name << ": "
              << outcome.failure << "\n";
  }
  std::cout << tests.size() - failed << " of " << tests.size() << " tests passed\n";
  return failed == 0;
}

std::string line_of(const Deployment& deployment) {
  return deployment.solution + " v" + std::to_string(deployment.version) + "  " + deployment.hash;
}

// What a server of that folder would not give it.
void tell_what_it_lacks(const VersionOptions& options, const LoadedSolution& loaded,
                        const GrantBook& grants) {
  const auto rights = grants.rights_of(loaded.program->solution);
  const auto app_py = loaded.files.find("app.py");
  if (!rights || app_py == loaded.files.end()) return;
  const std::string command =
      lacking_command(*loaded.program, app_py->second, *rights, options.data);
  if (command.empty()) return;
  std::cerr
      << "millrace deploy: it names what is not granted to it, and will not get it; if it may "
         "have it, say first:\n  "
      << command << "\n";
}

int deploy(const VersionOptions& options) {
  auto deployments = Deployments::open(options.data);
  if (!deployments) return complain("deploy", deployments.error().describe());
  GrantBook grants({options.data, {}, {}});
  const auto rights_of = [&](std::string_view solution) {
    const auto others = deployments->current();
    grants.set_alone(std::ranges::all_of(
        others, [&](const Deployment& other) { return other.solution == solution; }));
    return grants.rights_of(solution);
  };
  auto loaded = load_solution(options.solution, {.packages = options.data / "packages",
                                                 .is_sandboxed = !options.world.unsafe_no_sandbox,
                                                 .rights = rights_of});
  if (!loaded) return complain("deploy", loaded.error().describe());
  for (const flow::Problem& problem : loaded->problems) std::cerr << problem.describe() << "\n";
  if (!loaded->program) {
    complain("deploy", "the solution has errors; nothing was deployed");
    return 1;
  }
  if (!options.skip_tests && !passes_its_tests(options.solution, *loaded->program)) {
    complain("deploy", "the solution's tests do not pass; nothing was deployed");
    return 1;
  }
  tell_what_it_lacks(options, *loaded, grants);
  const Deployment* current = deployments->current(loaded->program->solution);
  const bool is_same = current != nullptr && current->hash == loaded->program->hash;
  SystemClock clock;
  const auto deployed =
      deployments->deploy(*loaded, *runtime::on_live_from(options.on_live), clock.now());
  if (!deployed) return complain("deploy", deployed.error().describe());
  std::cout << (is_same ? "already the current version: " : "deployed ") << line_of(*deployed);
  if (!is_same) std::cout << "  live chats: " << options.on_live;
  std::cout << "\n";
  return 0;
}

int rollback(const VersionOptions& options) {
  auto deployments = Deployments::open(options.data);
  if (!deployments) return complain("rollback", deployments.error().describe());
  const Deployment* current = deployments->current(options.name);
  if (current == nullptr) {
    return complain("rollback", "no solution '" + options.name + "' has been deployed there");
  }
  std::string wanted = options.version;
  if (wanted.empty()) {
    for (const Deployment& old : deployments->all()) {
      if (old.solution == options.name && old.hash != current->hash) wanted = old.hash;
    }
    if (wanted.empty()) return complain("rollback", "there is no version before this one");
  }
  const auto version = deployments->find(options.name, wanted);
  if (!version) return complain("rollback", version.error().describe());
  SystemClock clock;
  const auto deployed =
      deployments->deploy_again(*version, *runtime::on_live_from(options.on_live), clock.now());
  if (!deployed) return complain("rollback", deployed.error().describe());
  std::cout << "deployed " << line_of(*deployed) << "  live chats: " << options.on_live << "\n";
  return 0;
}

// Calls `each` with every live chat; there are none where nothing was ever served.
base::Result<void> each_live_chat(
    const fs::path& data,
    const std::function<base::Result<void>(runtime::Archive&, const runtime::ChatEntry&)>& each) {
  std::error_code failed;
  if (!fs::exists(data / "journal.db", failed)) return {};
  const auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  return each_chat(**archive, {.live = true},
                   [&](const runtime::ChatEntry& chat) { return each(**archive, chat); });
}

int versions(const VersionOptions& options) {
  const auto deployments = Deployments::open(options.data);
  if (!deployments) return complain("versions", deployments.error().describe());
  std::map<std::string, size_t> live;  // by version
  const auto read = each_live_chat(
      options.data, [&](runtime::Archive&, const runtime::ChatEntry& chat) -> base::Result<void> {
        ++live[chat.version];
        return {};
      });
  if (!read) return complain("versions", read.error().describe());
  for (const Deployment& deployment : deployments->all()) {
    const bool is_current = deployments->current(deployment.solution) == &deployment;
    std::cout << (is_current ? "* " : "  ") << line_of(deployment) << "  "
              << base::to_iso8601(deployment.at) << "  " << runtime::to_string(deployment.on_live)
              << "  " << live[deployment.hash] << " live\n";
  }
  if (deployments->all().empty()) std::cout << "nothing has been deployed\n";
  return 0;
}

int impact(const VersionOptions& options) {
  const auto loaded = load_solution(
      options.solution,
      {.packages = options.data / "packages", .is_sandboxed = !options.world.unsafe_no_sandbox});
  if (!loaded) return complain("impact", loaded.error().describe());
  if (!loaded->program) {
    for (const flow::Problem& problem : loaded->problems) std::cerr << problem.describe() << "\n";
    complain("impact", "the solution has errors");
    return 1;
  }
  const flow::Program& fresh = *loaded->program;
  const auto fresh_sources = flow::node_sources(loaded->files);
  const auto key = posix::read_file(options.data / "journal.key");
  std::map<std::string, std::optional<flow::Program>> programs;
  std::map<std::string, std::map<std::string, std::string>> sources;
  std::map<std::string, std::pair<size_t, size_t>> by_node;  // changed, stranded
  size_t all = 0;
  size_t unreadable = 0;
  size_t touched = 0;
  size_t stranded = 0;
  const auto look = [&](runtime::Archive& archive,
                        const runtime::ChatEntry& chat) -> base::Result<void> {
    auto [known, is_new] = programs.try_emplace(chat.version);
    if (is_new) {
      auto program = load_installed(options.data / "versions", chat.version);
      if (program) known->second = std::move(*program);
      if (const auto files = storage::read_solution(options.data / "versions" / chat.version)) {
        sources[chat.version] = flow::node_sources(*files);
      }
    }
    const auto& old = known->second;
    if (!old || old->solution != fresh.solution) return {};
    const auto state = state_of(archive, chat, key ? *key : std::string());
    if (!state) {
      ++unreadable;
      return {};
    }
    ++all;
    const flow::Node* node = old->find(state->node);
    const std::string id = node == nullptr ? "" : node->id;
    const bool moves = dialog::migrate(*old, fresh, *state).has_value();
    const auto now = fresh_sources.find(id);
    const bool differs = now == fresh_sources.end() || now->second != sources[chat.version][id];
    if (differs) {
      ++touched;
      ++by_node[id].first;
    }
    if (!moves) {
      ++stranded;
      ++by_node[id].second;
    }
    return {};
  };
  if (auto read = each_live_chat(options.data, look); !read) {
    return complain("impact", read.error().describe());
  }
  std::cout << all << " live chats of '" << fresh.solution << "'; " << touched
            << " stand on a node that this deploy changes or takes away; " << stranded
            << " could not migrate now and would stay on their version\n";
  if (unreadable > 0) std::cout << unreadable << " more cannot be read and are not counted\n";
  for (const auto& [id, count] : by_node) {
    std::cout << "  node " << (id.empty() ? "(none yet)" : id) << ": " << count.first
              << " on changed text, " << count.second << " would stay\n";
  }
  return 0;
}

void add_policy(CLI::App& command, VersionOptions& options) {
  command
      .add_option("--on-live", options.on_live,
                  "Chats under way: pin leaves them on their version, migrate takes them to the "
                  "same node of the new one when they next speak, restart begins them again")
      ->default_str("pin")
      ->check(CLI::IsMember({"pin", "migrate", "restart"}));
}

}  // namespace

void add_version_commands(CLI::App& cli, int& exit_code) {
  static VersionOptions options;
  const auto add = [&](const char* name, const char* help) {
    auto* command = cli.add_subcommand(name, help);
    command->add_option("--data", options.data, "The server's data folder")->required();
    return command;
  };
  auto* deploys = add("deploy",
                      "Check a solution, run its tests, and install it as an immutable version. A "
                      "running server takes it up within a second.");
  add_sandbox_option(*deploys, options.world);
  deploys->add_option("DIR", options.solution, "The solution's folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  deploys->add_flag("--skip-tests", options.skip_tests, "Deploy without running its tests");
  add_policy(*deploys, options);
  deploys->footer("Exits 0 when deployed, 1 when it is not sound, 2 when nothing could be done.");
  deploys->callback([&exit_code] {
    posix::keep_files_private();
    exit_code = deploy(options);
  });

  auto* rolls = add("rollback", "Deploy an older version again.");
  rolls->add_option("SOLUTION", options.name, "The solution's name")->required();
  rolls->add_option("--to", options.version, "vN or a hash; the one before, when not given");
  add_policy(*rolls, options);
  rolls->callback([&exit_code] {
    posix::keep_files_private();
    exit_code = rollback(options);
  });

  auto* lists = add("versions", "List what was deployed, and how many live chats stand on each.");
  lists->callback([&exit_code] { exit_code = versions(options); });

  auto* tells = add("impact",
                    "Say how many live chats stand on nodes that deploying this folder would "
                    "change.");
  add_sandbox_option(*tells, options.world);
  tells->add_option("DIR", options.solution, "The solution's folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  tells->callback([&exit_code] { exit_code = impact(options); });
}

}  // namespace millrace::app
