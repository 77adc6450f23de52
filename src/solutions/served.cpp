#include "solutions/served.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>

#include "posix/threads.hpp"
#include "solutions/folder.hpp"
#include "solutions/models/models.hpp"
#include "solutions/versions.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr std::chrono::milliseconds kLookEvery{200};

}  // namespace

Served::Served(fs::path data, Ports ports)
    : data_(std::move(data)), versions_(data_ / "versions"), ports_(std::move(ports)) {}

base::Result<void> Served::add(const std::vector<fs::path>& folders, const Tell& tell) {
  const auto on_record = deployments();
  if (!on_record) return std::unexpected(on_record.error());
  std::set<std::string, std::less<>> names;
  for (const Deployment& each : on_record->current()) names.insert(each.solution);
  for (const fs::path& folder : folders) {
    const auto files = read_folder(folder);
    if (!files) return std::unexpected(files.error());
    // While it is not known what a folder's solution is called, it is another one.
    const std::string name = flow::declared_settings(*files).solution;
    names.insert(name.empty() ? folder.string() : name);
  }
  ports_.scripts.set_alone(names.size() == 1);
  for (const fs::path& folder : folders) {
    if (auto done = add_one(folder, tell); !done) return done;
  }
  return {};
}

base::Result<void> Served::add_one(const fs::path& folder, const Tell& tell) {
  const auto loaded = load(folder, ports_.inspector, ports_.kinds);
  if (!loaded) return std::unexpected(loaded.error());
  for (const flow::Problem& problem : loaded->problems) tell(folder, problem);
  if (!loaded->program) {
    return fail(Code::invalid_argument, "the solution has errors; `millrace check` lists them",
                folder.string());
  }
  const std::string& name = loaded->program->solution;
  if (std::ranges::find(named_, name) != named_.end()) {
    return fail(Code::already_exists, "two solutions are called '" + name + "'", folder.string());
  }
  named_.push_back(name);
  folders_.emplace(name, fs::absolute(folder));
  auto on_record = deployments();
  if (!on_record) return std::unexpected(on_record.error());
  // What a deploy said about live chats stands when the server merely starts again.
  const Deployment* current = on_record->current(name);
  const bool is_current = current != nullptr && current->hash == loaded->program->hash;
  const fs::path installed = current == nullptr ? fs::path() : versions_ / current->hash;
  const auto model = model_of(folder, loaded->files, *loaded->program, installed, Training::never);
  if (!model) return std::unexpected(model.error());
  const TrainingSet set = training_set(loaded->files);
  if (set.is_enough && model->empty() && loaded->program->understanding.has_model) {
    ports_.log.line(base::Level::warning, "server",
                    name + " has examples and no model of them: `millrace nlu train " +
                        folder.string() + "` makes one; until then intents go by keywords");
  }
  // A model may have been made since the version was installed.
  if (is_current) {
    if (model->empty()) return {};
    return put_model(installed, model_name(set), *model, Readers::this_user);
  }
  const auto deployed =
      on_record->deploy({loaded->files, loaded->facts, *loaded->program, model_name(set), *model},
                        runtime::OnLive::pin, ports_.clock.now());
  if (!deployed) return std::unexpected(deployed.error());
  return {};
}

// What is on record and not served yet is served from now on.
base::Result<void> Served::take_up(const Deployment& deployment) {
  const auto now = solutions_.named(deployment.solution);
  if (now && now->program->hash == deployment.hash && now->on_live == deployment.on_live) return {};
  auto program = solutions_.version(deployment.hash);
  auto reader = solutions_.reader(deployment.hash);
  if (!program) {
    auto loaded = read_version(versions_, deployment.hash, ports_.kinds);
    if (!loaded) return std::unexpected(loaded.error());
    program = std::make_shared<const flow::Program>(std::move(*loaded));
    if (auto added = ports_.scripts.add_version(*program, versions_ / program->hash); !added)
      return added;
  }
  if (!reader) reader = reader_of_version(*program);
  ports_.scripts.prewarm(deployment.hash);
  auto solution = runtime::make_solution(std::move(program));
  solution.on_live = deployment.on_live;
  solution.reader = std::move(reader);
  solutions_.deploy(std::move(solution));
  if (deployed_) deployed_(deployment.solution);
  ports_.log.line(
      base::Level::info, "server",
      deployment.solution + " v" + std::to_string(deployment.version) + " (" + deployment.hash +
          ") is served; live chats: " + std::string(runtime::to_string(deployment.on_live)));
  return {};
}

base::Result<void> Served::take_up_all() {
  const auto on_record = deployments();
  if (!on_record) return std::unexpected(on_record.error());
  // Whatever the record names is served, so a solution is alone when it is alone there.
  ports_.scripts.set_alone(on_record->current().size() == 1);
  // The solutions that the command line names come first, in its order.
  for (const std::string& name : named_) {
    if (const Deployment* current = on_record->current(name)) {
      if (auto done = take_up(*current); !done) return done;
    }
  }
  for (const Deployment& current : on_record->current()) {
    if (auto done = take_up(current); !done) return done;
  }
  return {};
}

// What people mean goes by keywords where a model cannot be read.
std::shared_ptr<const dialog::Reader> Served::reader_of_version(const flow::Program& program) {
  if (!program.understanding.has_model) return nullptr;
  auto reader = reader_in(versions_ / program.hash, program);
  if (reader) return std::move(*reader);
  ports_.log.line(
      base::Level::error, "server",
      "the model of version " + program.hash + " cannot be used: " + reader.error().describe());
  return nullptr;
}

void Served::watch() {
  watcher_ = posix::named_thread<std::jthread>(
      "deployments", [this](const std::stop_token& asked_to_stop) { look(asked_to_stop); });
}

void Served::stop_watching() {
  if (!watcher_.joinable()) return;
  watcher_.request_stop();
  watcher_.join();
}

void Served::look(const std::stop_token& asked_to_stop) {
  const fs::path file = Deployments::file_in(data_);
  std::error_code failed;
  // At first none: what was deployed since the start took up what there was is taken up too.
  auto seen = fs::file_time_type::min();
  std::mutex mutex;
  std::condition_variable_any pause;
  std::unique_lock waiting(mutex);
  while (!pause.wait_for(waiting, asked_to_stop, kLookEvery,
                         [&] { return asked_to_stop.stop_requested(); })) {
    const auto written = fs::last_write_time(file, failed);
    if (failed || written == seen) continue;
    seen = written;
    if (auto done = take_up_all(); !done) {
      ports_.log.line(base::Level::error, "server",
                      "a deploy cannot be taken up: " + done.error().describe());
    }
  }
}

base::Result<void> Served::add_old_versions() {
  const auto hashes = installed_versions(versions_);
  if (!hashes) return std::unexpected(hashes.error());
  for (const std::string& hash : *hashes) {
    if (solutions_.version(hash) != nullptr) continue;
    auto loaded = read_version(versions_, hash, ports_.kinds);
    if (!loaded) {
      ports_.log.line(base::Level::warning, "server",
                      "version " + hash + " can no longer be read; chats on it cannot go on");
      continue;
    }
    auto program = std::make_shared<const flow::Program>(std::move(*loaded));
    if (const auto added = ports_.scripts.add_version(*program, versions_ / program->hash);
        !added) {
      // Its chats go on; their calls take the road `error`.
      ports_.log.line(
          base::Level::error, "server",
          "the scripts of version " + hash + " cannot run: " + added.error().describe());
    }
    auto reader = reader_of_version(*program);
    solutions_.add_version(std::move(program), std::move(reader));
  }
  return {};
}

}  // namespace millrace::solutions
