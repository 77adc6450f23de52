#include "app/server.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include "app/braze_edge.hpp"
#include "app/deployments.hpp"
#include "app/router.hpp"
#include "app/system.hpp"
#include "base/hash.hpp"
#include "http/http.hpp"
#include "python/python.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr std::chrono::seconds kDrainMax{8};
constexpr std::chrono::milliseconds kLookEvery{200};

std::string url_of(const Endpoint& endpoint, uint16_t port) {
  const bool any =
      endpoint.address == "0.0.0.0" || endpoint.address == "[::]" || endpoint.address == "::";
  return "http://" + (any ? "127.0.0.1" : endpoint.address) + ":" + std::to_string(port);
}

bool wants_sandbox(const ServeOptions& options) {
  if (options.braze_sandbox) return true;
  return options.environment == "sandbox" && std::getenv("BRAZE_URL") == nullptr;
}

}  // namespace

json::object Ready::to_json() const {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  return {{"base_url", base_url},
          {"app_id", app_id},
          {"pype_id", pype_id},
          {"stream_id", stream_id},
          {"chat_url", chat_url},
          {"braze_sandbox_url", or_null(braze_sandbox_url)},
          {"braze_api_key", or_null(braze_api_key)},
          {"solutions", solutions}};
}

// Until the sender is wired: nothing is sent.
struct NoDeliveries final : runtime::Deliveries {
  void owed(base::Id, size_t) override {}
  void when_settled(std::string, Done done) override { done({{"outcome", "config_error"}}); }
};

// In the order in which they are made; they go in the reverse order.
struct Server::Parts {
  explicit Parts(runtime::Log& the_log) : log(the_log) {}

  base::Result<void> open(const ServeOptions& options);
  base::Result<void> open_data(const ServeOptions& options);
  base::Result<void> open_sandbox(const ServeOptions& options);
  base::Result<void> add_solution(const fs::path& folder);
  base::Result<void> take_up(const Deployment& deployment);
  base::Result<void> take_up_all();
  void watch(const std::stop_token& asked_to_stop);
  base::Result<void> add_old_versions();
  base::Result<void> add_workers(const flow::Program& program, const fs::path& folder);
  base::Result<void> listen(const ServeOptions& options);
  void describe(const ServeOptions& options);
  void stop();

  runtime::Log& log;
  SystemClock clock;
  SystemRandom random;
  std::optional<storage::FolderLock> lock;
  fs::path data;
  fs::path versions;
  std::string environment;
  std::vector<std::string> served;  // names of the solutions that the command line gave
  std::optional<Deployments> deployments;
  std::string token_key;
  std::string seal_key;
  Variables given;  // what the sandbox adds to the scripts' environment
  Ready ready;
  runtime::Solutions solutions;
  std::unique_ptr<BrazeEdge> sandbox;
  std::unique_ptr<http::IoLanes> lanes;
  std::unique_ptr<runtime::Journal> journal;
  std::unique_ptr<python::Pool> pool;
  NoDeliveries no_deliveries;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<engage::Engagement> engagement;
  std::unique_ptr<channels::RestChannel> rest;
  std::unique_ptr<channels::ChatPage> page;
  std::unique_ptr<Completions> completions;
  std::unique_ptr<Router> router;
  std::unique_ptr<http::Server> server;
  std::jthread watcher;
  bool stopped = false;
};

base::Result<void> Server::Parts::open(const ServeOptions& options) {
  if (auto done = open_data(options); !done) return done;
  if (auto done = open_sandbox(options); !done) return done;
  for (const fs::path& folder : options.solutions) {
    if (auto done = add_solution(folder); !done) return done;
  }
  if (auto done = take_up_all(); !done) return done;
  if (solutions.fallback() == nullptr) {
    return fail(Code::invalid_argument,
                "nothing is deployed; give --solution DIR, or run `millrace deploy DIR` first",
                options.data.string());
  }
  if (auto done = add_old_versions(); !done) return done;
  lanes = http::IoLanes::make(options.threads == 0 ? http::usable_cpus() : options.threads);
  runtime = std::make_unique<runtime::Runtime>(
      runtime::Runtime::Ports{*lanes, clock, random, *journal, *pool, no_deliveries, log, seal_key,
                              environment},
      solutions);
  lanes->start();
  if (auto done = runtime->recover(); !done) return done;
  if (auto done = listen(options); !done) return done;
  describe(options);
  watcher = std::jthread([this](const std::stop_token& asked_to_stop) { watch(asked_to_stop); });
  return {};
}

base::Result<void> Server::Parts::open_data(const ServeOptions& options) {
  auto locked = storage::FolderLock::acquire(options.data);
  if (!locked) return std::unexpected(locked.error());
  lock.emplace(std::move(*locked));
  data = options.data;
  versions = data / "versions";
  environment = options.environment;
  auto record = Deployments::open(data);
  if (!record) return std::unexpected(record.error());
  deployments = std::move(*record);
  std::string fresh(32, '\0');
  random.fill({reinterpret_cast<uint8_t*>(fresh.data()), fresh.size()});
  auto key = storage::load_or_create_key(options.data / "tokens.key", fresh);
  if (!key) return std::unexpected(key.error());
  token_key = std::move(*key);
  random.fill({reinterpret_cast<uint8_t*>(fresh.data()), fresh.size()});
  auto sealing = storage::load_or_create_key(options.data / "journal.key", fresh);
  if (!sealing) return std::unexpected(sealing.error());
  seal_key = std::move(*sealing);
  auto opened = storage::open_journal(options.data / "journal.db", log);
  if (!opened) return std::unexpected(opened.error());
  journal = std::move(*opened);
  python::PoolOptions pool_options;
  pool_options.workers_max = options.action_workers;
  auto started = python::Pool::start(pool_options, clock, log);
  if (!started) return std::unexpected(started.error());
  pool = std::move(*started);
  return {};
}

base::Result<void> Server::Parts::open_sandbox(const ServeOptions& options) {
  if (!wants_sandbox(options)) return {};
  auto opened =
      BrazeEdge::open(options.data, options.braze_sandbox.value_or(Endpoint{}), clock, random, log);
  if (!opened) return std::unexpected(opened.error());
  sandbox = std::move(*opened);
  ready.braze_sandbox_url = sandbox->url();
  ready.braze_api_key = sandbox->api_key();
  given = {{"BRAZE_URL", sandbox->url()}, {"BRAZE_API_KEY", sandbox->api_key()}};
  return {};
}

base::Result<void> Server::Parts::add_solution(const fs::path& folder) {
  auto loaded = load_solution(folder, given);
  if (!loaded) return std::unexpected(loaded.error());
  for (const flow::Problem& problem : loaded->problems) {
    std::cerr << folder.string() << "/" << problem.describe() << "\n";
  }
  if (!loaded->program) {
    return fail(Code::invalid_argument, "the solution has errors; `millrace check` lists them",
                folder.string());
  }
  const std::string& name = loaded->program->solution;
  if (std::ranges::find(served, name) != served.end()) {
    return fail(Code::already_exists, "two solutions are called '" + name + "'", folder.string());
  }
  served.push_back(name);
  auto deployed = deployments->deploy(*loaded, runtime::OnLive::pin, clock.now());
  if (!deployed) return std::unexpected(deployed.error());
  return {};
}

// What is on record and not served yet is served from now on.
base::Result<void> Server::Parts::take_up(const Deployment& deployment) {
  const auto now = solutions.named(deployment.solution);
  if (now && now->program->hash == deployment.hash && now->on_live == deployment.on_live) return {};
  auto program = solutions.version(deployment.hash);
  if (!program) {
    auto loaded = load_installed(versions, deployment.hash);
    if (!loaded) return std::unexpected(loaded.error());
    program = std::make_shared<const flow::Program>(std::move(*loaded));
    if (auto added = add_workers(*program, versions / deployment.hash); !added) return added;
  }
  pool->prewarm(deployment.hash, 1);
  auto solution = runtime::make_solution(std::move(program));
  solution.on_live = deployment.on_live;
  solutions.deploy(std::move(solution));
  log.line(runtime::Level::info, "server",
           deployment.solution + " v" + std::to_string(deployment.version) + " (" +
               deployment.hash +
               ") is served; live chats: " + std::string(runtime::to_string(deployment.on_live)));
  return {};
}

base::Result<void> Server::Parts::take_up_all() {
  auto fresh = Deployments::open(data);
  if (!fresh) return std::unexpected(fresh.error());
  deployments = std::move(*fresh);
  // The solutions that the command line names come first, in its order.
  for (const std::string& name : served) {
    if (const Deployment* current = deployments->current(name)) {
      if (auto done = take_up(*current); !done) return done;
    }
  }
  for (const Deployment& current : deployments->current()) {
    if (auto done = take_up(current); !done) return done;
  }
  return {};
}

// Looks for deploys made by other processes, until it is asked to stop.
void Server::Parts::watch(const std::stop_token& asked_to_stop) {
  const fs::path file = Deployments::file_in(data);
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
      log.line(runtime::Level::error, "server",
               "a deploy cannot be taken up: " + done.error().describe());
    }
  }
}

base::Result<void> Server::Parts::add_workers(const flow::Program& program,
                                              const fs::path& folder) {
  return pool->add_version(
      version_folder(program.hash, folder, environment, program.environment_variables, given));
}

// Chats begun on an older version stay on it, so each is kept ready; its workers start when called.
base::Result<void> Server::Parts::add_old_versions() {
  const auto hashes = storage::installed_versions(versions);
  if (!hashes) return std::unexpected(hashes.error());
  for (const std::string& hash : *hashes) {
    if (solutions.version(hash) != nullptr) continue;
    auto loaded = load_installed(versions, hash);
    if (!loaded) {
      log.line(runtime::Level::warning, "server",
               "version " + hash + " can no longer be read; chats on it cannot go on");
      continue;
    }
    auto program = std::make_shared<const flow::Program>(std::move(*loaded));
    if (auto added = add_workers(*program, versions / hash); !added) return added;
    solutions.add_version(std::move(program));
  }
  return {};
}

base::Result<void> Server::Parts::listen(const ServeOptions& options) {
  engagement = std::make_unique<engage::Engagement>(*runtime, solutions, clock, token_key);
  rest = std::make_unique<channels::RestChannel>(*runtime, solutions);
  page = std::make_unique<channels::ChatPage>(solutions);
  completions = std::make_unique<Completions>(*runtime);
  router = std::make_unique<Router>(*engagement, *rest, *page, *completions, solutions);
  http::ServerOptions http_options;
  http_options.address = options.listen.address;
  http_options.port = options.listen.port;
  auto listening = http::Server::listen(*lanes, *router, http_options);
  if (!listening) return std::unexpected(listening.error());
  server = std::move(*listening);
  return {};
}

void Server::Parts::describe(const ServeOptions& options) {
  ready.base_url = url_of(options.listen, server->port());
  for (const runtime::SolutionPtr& solution : solutions.all()) {
    const std::string app_id = solution->app_id.to_string();
    ready.solutions.push_back(json::object{{"name", solution->name},
                                           {"app_id", app_id},
                                           {"pype_id", solution->pype_id.to_string()},
                                           {"stream_id", solution->stream_id.to_string()},
                                           {"chat_url", ready.base_url + "/chat/" + app_id}});
  }
  const runtime::Solution first = *solutions.fallback();
  ready.app_id = first.app_id.to_string();
  ready.pype_id = first.pype_id.to_string();
  ready.stream_id = first.stream_id.to_string();
  ready.chat_url = ready.base_url + "/chat/" + ready.app_id;
}

void Server::Parts::stop() {
  if (std::exchange(stopped, true)) return;
  if (watcher.joinable()) {
    watcher.request_stop();
    watcher.join();
  }
  if (server) server->stop_accepting();
  if (runtime && server) {
    // Shared with the last lane to finish, which may do so after the patience here has ended.
    struct Idle {
      std::mutex mutex;
      std::condition_variable changed;
      bool reached = false;
    };
    auto idle = std::make_shared<Idle>();
    runtime->drain([idle] {
      const std::lock_guard lock(idle->mutex);
      idle->reached = true;
      idle->changed.notify_all();
    });
    std::unique_lock waiting(idle->mutex);
    idle->changed.wait_for(waiting, kDrainMax, [&] { return idle->reached; });
  }
  if (server) server->drain(std::chrono::seconds(1));
  if (pool) pool->stop(std::chrono::milliseconds(0));
  // What the lanes' threads may still touch goes only after they have ended.
  if (lanes) lanes->stop();
  server.reset();
  if (sandbox) sandbox->stop();
  journal.reset();
}

base::Result<std::unique_ptr<Server>> Server::start(const ServeOptions& options,
                                                    runtime::Log& log) {
  auto parts = std::make_unique<Parts>(log);
  if (auto opened = parts->open(options); !opened) {
    parts->stop();
    return std::unexpected(opened.error());
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() {
  stop();
}
const Ready& Server::ready() const {
  return parts_->ready;
}
runtime::Runtime& Server::runtime() {
  return *parts_->runtime;
}
const runtime::Solutions& Server::solutions() const {
  return parts_->solutions;
}
void Server::stop() {
  parts_->stop();
}

}  // namespace millrace::app
