#include "app/served_solutions.hpp"

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <set>

#include "posix/files.hpp"
#include "posix/threads.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr std::chrono::milliseconds kLookEvery{200};

}  // namespace

ServedSolutions::ServedSolutions(fs::path data, LoadOptions loading, ActionEdge& actions,
                                 GrantBook& grants, base::Clock& clock, base::Log& log)
    : data_(std::move(data)),
      versions_(data_ / "versions"),
      loading_(std::move(loading)),
      actions_(actions),
      grants_(grants),
      clock_(clock),
      log_(log) {}

// Whatever the record names is served, so a solution is alone when it is alone there.
void ServedSolutions::note_who_is_served(const Deployments& deployments) {
  grants_.set_alone(deployments.current().size() == 1);
}

base::Result<void> ServedSolutions::add(const std::vector<fs::path>& folders) {
  auto deployments = Deployments::open(data_);
  if (!deployments) return std::unexpected(deployments.error());
  std::set<std::string, std::less<>> names;
  for (const Deployment& each : deployments->current()) names.insert(each.solution);
  for (const fs::path& folder : folders) {
    const auto files = storage::read_solution(folder);
    if (!files) return std::unexpected(files.error());
    // While it is not known what a folder's solution is called, it is another one.
    const std::string name = flow::declared_settings(*files).solution;
    names.insert(name.empty() ? folder.string() : name);
  }
  grants_.set_alone(names.size() == 1);
  for (const fs::path& folder : folders) {
    if (auto done = add_one(folder); !done) return done;
  }
  return {};
}

base::Result<void> ServedSolutions::add_one(const fs::path& folder) {
  auto loaded = load_solution(folder, loading_);
  if (!loaded) return std::unexpected(loaded.error());
  for (const flow::Problem& problem : loaded->problems) {
    std::cerr << folder.string() << "/" << problem.describe() << "\n";
  }
  if (!loaded->program) {
    return fail(Code::invalid_argument, "the solution has errors; `millrace check` lists them",
                folder.string());
  }
  const std::string& name = loaded->program->solution;
  if (std::ranges::find(named_, name) != named_.end()) {
    return fail(Code::already_exists, "two solutions are called '" + name + "'", folder.string());
  }
  named_.push_back(name);
  auto deployments = Deployments::open(data_);
  if (!deployments) return std::unexpected(deployments.error());
  auto deployed = deployments->deploy(*loaded, runtime::OnLive::pin, clock_.now());
  if (!deployed) return std::unexpected(deployed.error());
  return {};
}

// What is on record and not served yet is served from now on.
base::Result<void> ServedSolutions::take_up(const Deployment& deployment) {
  const auto now = solutions_.named(deployment.solution);
  if (now && now->program->hash == deployment.hash && now->on_live == deployment.on_live) return {};
  auto program = solutions_.version(deployment.hash);
  if (!program) {
    auto loaded = load_installed(versions_, deployment.hash);
    if (!loaded) return std::unexpected(loaded.error());
    program = std::make_shared<const flow::Program>(std::move(*loaded));
    if (auto added = add_scripts(*program); !added) return added;
  }
  actions_.prewarm(deployment.hash);
  auto solution = runtime::make_solution(std::move(program));
  solution.on_live = deployment.on_live;
  solutions_.deploy(std::move(solution));
  if (deployed_) deployed_(deployment.solution);
  log_.line(base::Level::info, "server",
            deployment.solution + " v" + std::to_string(deployment.version) + " (" +
                deployment.hash +
                ") is served; live chats: " + std::string(runtime::to_string(deployment.on_live)));
  return {};
}

// With what its solution has a right to; what it names besides is said once.
base::Result<void> ServedSolutions::add_scripts(const flow::Program& program) {
  const fs::path folder = versions_ / program.hash;
  const auto rights = grants_.rights_of(program.solution);
  if (!rights) return std::unexpected(rights.error());
  const auto app_py = posix::read_file(folder / "app.py");
  const std::string command =
      lacking_command(program, app_py ? *app_py : std::string(), *rights, data_);
  if (!command.empty()) {
    log_.line(base::Level::warning, "grants",
              program.solution +
                  " names what is not granted to it, and does not get it; if it "
                  "may have it, say: " +
                  command);
  }
  return actions_.add_version(script_version(program), folder, loading_.given, *rights);
}

base::Result<void> ServedSolutions::take_up_all() {
  auto deployments = Deployments::open(data_);
  if (!deployments) return std::unexpected(deployments.error());
  note_who_is_served(*deployments);
  // The solutions that the command line names come first, in its order.
  for (const std::string& name : named_) {
    if (const Deployment* current = deployments->current(name)) {
      if (auto done = take_up(*current); !done) return done;
    }
  }
  for (const Deployment& current : deployments->current()) {
    if (auto done = take_up(current); !done) return done;
  }
  return {};
}

void ServedSolutions::watch() {
  watcher_ = posix::named_thread<std::jthread>(
      "deployments", [this](const std::stop_token& asked_to_stop) { look(asked_to_stop); });
}

void ServedSolutions::stop_watching() {
  if (!watcher_.joinable()) return;
  watcher_.request_stop();
  watcher_.join();
}

void ServedSolutions::look(const std::stop_token& asked_to_stop) {
  const fs::path file = Deployments::file_in(data_);
  std::error_code failed;
  auto seen = fs::last_write_time(file, failed);
  std::mutex mutex;
  std::condition_variable_any pause;
  std::unique_lock waiting(mutex);
  while (!pause.wait_for(waiting, asked_to_stop, kLookEvery,
                         [&] { return asked_to_stop.stop_requested(); })) {
    const auto written = fs::last_write_time(file, failed);
    if (failed || written == seen) continue;
    seen = written;
    if (auto done = take_up_all(); !done) {
      log_.line(base::Level::error, "server",
                "a deploy cannot be taken up: " + done.error().describe());
    }
  }
}

base::Result<void> ServedSolutions::add_old_versions() {
  const auto hashes = storage::installed_versions(versions_);
  if (!hashes) return std::unexpected(hashes.error());
  for (const std::string& hash : *hashes) {
    if (solutions_.version(hash) != nullptr) continue;
    auto loaded = load_installed(versions_, hash);
    if (!loaded) {
      log_.line(base::Level::warning, "server",
                "version " + hash + " can no longer be read; chats on it cannot go on");
      continue;
    }
    auto program = std::make_shared<const flow::Program>(std::move(*loaded));
    if (const auto added = add_scripts(*program); !added) {
      // Its chats go on; their calls take the road `error`.
      log_.line(base::Level::error, "server",
                "the scripts of version " + hash + " cannot run: " + added.error().describe());
    }
    solutions_.add_version(std::move(program));
  }
  return {};
}

}  // namespace millrace::app
