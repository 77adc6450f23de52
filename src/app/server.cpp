#include "app/server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "app/action_edge.hpp"
#include "app/braze_edge.hpp"
#include "app/data_folder.hpp"
#include "app/delivery_edge.hpp"
#include "app/descriptors.hpp"
#include "app/health_pages.hpp"
#include "app/memory.hpp"
#include "app/metrics.hpp"
#include "app/rest_keys.hpp"
#include "app/retention.hpp"
#include "app/router.hpp"
#include "app/served_solutions.hpp"
#include "app/shares.hpp"
#include "app/system.hpp"
#include "base/hash.hpp"
#include "http/http.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr std::chrono::seconds kDrainMax{8};

std::string url_of(const Endpoint& endpoint, uint16_t port) {
  const bool any =
      endpoint.address == "0.0.0.0" || endpoint.address == "[::]" || endpoint.address == "::";
  return "http://" + (any ? "127.0.0.1" : endpoint.address) + ":" + std::to_string(port);
}

std::string said_of_rest(std::string_view rest) {
  if (rest == "open") return "open: it answers without a key, because only this machine can ask";
  if (rest == "key") return "served to who has its key";
  return "not served: others can ask, and solution.yaml names no key (rest: {key: ...})";
}

bool wants_sandbox(const ServeOptions& options) {
  if (options.braze_sandbox) return true;
  return options.environment == "sandbox" && std::getenv("BRAZE_URL") == nullptr;
}

}  // namespace

// In the order in which they are made; they go in the reverse order.
struct Server::Parts {
  explicit Parts(base::Log& the_log) : log(the_log) {}

  base::Result<void> open(const ServeOptions& options);
  base::Result<void> open_data(const ServeOptions& options);
  base::Result<void> open_sandbox(const ServeOptions& options);
  base::Result<void> open_actions(const ServeOptions& options);
  base::Result<void> open_deliveries(const ServeOptions& options);
  base::Result<void> serve_solutions(const ServeOptions& options);
  base::Result<void> listen(const ServeOptions& options);
  base::Result<void> show_metrics(const ServeOptions& options);
  void describe(const ServeOptions& options);
  std::string_view rest_of(const runtime::Solution& solution) const;
  void note_trace_days();
  void drain();
  void stop();

  base::Log& log;
  SystemClock clock;
  SystemRandom random;
  Metrics metrics;
  WatchedMeter meter{metrics};
  std::optional<DataFolder> data;
  std::shared_ptr<lanes::Notices> notices = std::make_shared<lanes::Notices>(log, metrics);
  DescriptorShares descriptors = raise_descriptors();
  bool is_open = true;  // nobody but this machine can ask
  Variables given;      // what the sandbox adds to the scripts' environment
  Ready ready;
  std::unique_ptr<BrazeEdge> sandbox;
  std::unique_ptr<lanes::IoLanes> lanes;
  std::unique_ptr<storage::DurableJournal> journal;
  std::unique_ptr<ActionEdge> actions;
  std::optional<GrantBook> grants;
  std::unique_ptr<ServedSolutions> served;
  std::unique_ptr<DeliveryEdge> deliveries;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<engage::Engagement> engagement;
  std::unique_ptr<ServedShares> shares;
  std::unique_ptr<ServedRestKeys> rest_keys;
  std::unique_ptr<channels::RestChannel> rest;
  std::unique_ptr<channels::ChatPage> page;
  std::unique_ptr<Completions> completions;
  std::unique_ptr<Health> health;
  std::unique_ptr<HealthPages> health_pages;
  std::unique_ptr<HealthPages> detailed_health_pages;
  std::unique_ptr<Router> router;
  std::unique_ptr<MetricsHandler> metrics_page;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Server> metrics_server;
  std::unique_ptr<RetentionSweep> retention;
  std::atomic<int> trace_days = 0;  // the fewest that a solution says; 0: none says any
  std::optional<MemoryReturn> memory;
  bool stopped = false;
};

base::Result<void> Server::Parts::open(const ServeOptions& options) {
  if (auto done = open_data(options); !done) return done;
  if (auto done = open_sandbox(options); !done) return done;
  lanes =
      lanes::IoLanes::make(options.threads == 0 ? lanes::usable_cpus() : options.threads, notices);
  if (auto done = open_actions(options); !done) return done;
  if (auto done = serve_solutions(options); !done) return done;
  if (auto done = open_deliveries(options); !done) return done;
  runtime = std::make_unique<runtime::Runtime>(
      runtime::Runtime::Ports{*lanes, clock, random, *journal, actions->actions(),
                              deliveries->deliveries(), log, data->seal_key, options.environment,
                              &meter},
      served->solutions());
  lanes->start();
  if (auto done = runtime->recover(); !done) return done;
  if (auto done = deliveries->start(); !done) return done;
  if (auto done = listen(options); !done) return done;
  if (auto done = show_metrics(options); !done) return done;
  describe(options);
  memory.emplace();
  retention = std::make_unique<RetentionSweep>(RetentionSweep::Ports{
      options.data, *journal, *runtime, served->solutions(), clock, log, meter, data->seal_key});
  retention->start();
  served->when_deployed([this](const std::string& solution) {
    note_trace_days();
    runtime->deployed(solution);
  });
  served->watch();
  return {};
}

base::Result<void> Server::Parts::open_data(const ServeOptions& options) {
  auto folder = open_data_folder(options.data, options.make_anew);
  if (!folder) return std::unexpected(folder.error());
  data.emplace(std::move(*folder));
  auto opened = storage::open_journal(options.data / "journal.db", log, meter);
  if (!opened) return std::unexpected(opened.error());
  journal = std::move(*opened);
  return note_data_folder(options.data);
}

base::Result<void> Server::Parts::open_sandbox(const ServeOptions& options) {
  if (!wants_sandbox(options)) return {};
  auto opened = BrazeEdge::open(options.data, options.braze_sandbox.value_or(Endpoint{}), clock,
                                random, log, {descriptors.beside, notices}, {}, options.make_anew);
  if (!opened) return std::unexpected(opened.error());
  sandbox = std::move(*opened);
  ready.braze_sandbox_url = sandbox->url();
  ready.braze_api_key = sandbox->api_key();
  given = {{"BRAZE_URL", sandbox->url()}, {"BRAZE_API_KEY", sandbox->api_key()}};
  return {};
}

base::Result<void> Server::Parts::open_actions(const ServeOptions& options) {
  ActionOptions action_options;
  action_options.data = options.data;
  action_options.environment = options.environment;
  action_options.workers_max = options.action_workers;
  action_options.world = options.world;
  action_options.trace_age = [this]() -> std::optional<std::chrono::hours> {
    const int days = trace_days;
    return days == 0 ? std::nullopt : std::optional(std::chrono::hours(24) * days);
  };
  action_options.world.secrets.data = options.data;
  if (sandbox)
    action_options.platform_hosts =
        allowed_hosts({"${env:BRAZE_URL}"}, given, secrets::Rights::all());
  auto opened = ActionEdge::open(std::move(action_options), {*lanes, clock, random, log, meter});
  if (!opened) return std::unexpected(opened.error());
  actions = std::move(*opened);
  return {};
}

base::Result<void> Server::Parts::serve_solutions(const ServeOptions& options) {
  grants.emplace(GrantBook::Options{options.data, options.grants, options.world.allow_internal,
                                    options.grants_all});
  served = std::make_unique<ServedSolutions>(
      options.data,
      LoadOptions{given, options.data / "packages", !options.world.unsafe_no_sandbox,
                  [this](std::string_view solution) { return grants->rights_of(solution); }},
      *actions, *grants, clock, log);
  if (auto done = served->add(options.solutions); !done) return done;
  if (auto done = served->take_up_all(); !done) return done;
  if (served->solutions().fallback() == nullptr) {
    return fail(Code::invalid_argument,
                "nothing is deployed; give --solution DIR, or run `millrace deploy DIR` first",
                options.data.string());
  }
  note_trace_days();
  return served->add_old_versions();
}

// Traces of all solutions lie together and go by age, so the strictest of them counts for all.
void Server::Parts::note_trace_days() {
  int fewest = 0;
  for (const runtime::SolutionPtr& solution : served->solutions().all()) {
    const int days = solution->program->retention.traces_days;
    if (days > 0) fewest = fewest == 0 ? days : std::min(fewest, days);
  }
  trace_days = fewest;
}

base::Result<void> Server::Parts::open_deliveries(const ServeOptions& options) {
  auto internal = options.world.allow_internal;
  for (std::string& host : allowed_hosts({"${env:BRAZE_URL}"}, given, secrets::Rights::all())) {
    internal.push_back(std::move(host));
  }
  auto opened = DeliveryEdge::open({journal->deliveries(), actions->names(), clock, random, log,
                                    meter, served->solutions(), actions->secrets(), *grants},
                                   given, std::move(internal));
  if (!opened) return std::unexpected(opened.error());
  deliveries = std::move(*opened);
  return {};
}

base::Result<void> Server::Parts::listen(const ServeOptions& options) {
  is_open = web::is_loopback_host(options.listen.address) && options.public_url.empty() &&
            options.trusted_proxies.empty();
  const web::OriginRule origins{is_open, options.public_url};
  shares = std::make_unique<ServedShares>(options.limits, log, metrics);
  rest_keys = std::make_unique<ServedRestKeys>(actions->secrets(), *grants);
  engagement = std::make_unique<engage::Engagement>(
      *runtime, served->solutions(), clock, *shares, data->token_key,
      engage::EngagementOptions{options.token_life, origins});
  rest = std::make_unique<channels::RestChannel>(
      *runtime, served->solutions(), journal->identities(), *shares, *rest_keys,
      channels::RestOptions{options.environment, is_open, origins});
  page = std::make_unique<channels::ChatPage>(served->solutions());
  completions = std::make_unique<Completions>(*runtime, origins);
  health = std::make_unique<Health>(
      Health::Ports{*journal, *lanes, meter, log, [this] { return actions->workers_wrong(); },
                    options.data, options.disk_min, options.metrics.has_value()});
  health_pages = std::make_unique<HealthPages>(*health, Details::to_this_machine);
  detailed_health_pages = std::make_unique<HealthPages>(*health, Details::always);
  router = std::make_unique<Router>(*engagement, *rest, *page, *completions, *health_pages,
                                    served->solutions());
  http::ServerOptions http_options;
  http_options.address = options.listen.address;
  http_options.port = options.listen.port;
  http_options.max_connections = descriptors.serving;
  http_options.trusted_proxies = options.trusted_proxies;
  http_options.shares = shares.get();
  http_options.rests_the_refused = true;
  http_options.notices = notices;
  auto listening = http::Server::listen(*lanes, *router, http_options);
  if (!listening) return std::unexpected(listening.error());
  server = std::move(*listening);
  return {};
}

base::Result<void> Server::Parts::show_metrics(const ServeOptions& options) {
  if (!options.metrics) return {};
  metrics_page = std::make_unique<MetricsHandler>(metrics, detailed_health_pages.get());
  http::ServerOptions http_options;
  http_options.address = options.metrics->address;
  http_options.port = options.metrics->port;
  http_options.max_connections = descriptors.beside;
  http_options.notices = notices;
  auto listening = http::Server::listen(*lanes, *metrics_page, http_options);
  if (!listening) return std::unexpected(listening.error());
  metrics_server = std::move(*listening);
  ready.metrics_url = url_of(*options.metrics, metrics_server->port()) + "/metrics";
  return {};
}

std::string_view Server::Parts::rest_of(const runtime::Solution& solution) const {
  if (is_open) return "open";
  return solution.program->rest_key.empty() ? "off" : "key";
}

void Server::Parts::describe(const ServeOptions& options) {
  ready.base_url = url_of(options.listen, server->port());
  for (const runtime::SolutionPtr& solution : served->solutions().all()) {
    const std::string app_id = solution->app_id.to_string();
    ready.solutions.push_back(json::object{{"name", solution->name},
                                           {"app_id", app_id},
                                           {"pype_id", solution->pype_id.to_string()},
                                           {"stream_id", solution->stream_id.to_string()},
                                           {"chat_url", ready.base_url + "/chat/" + app_id},
                                           {"rest", rest_of(*solution)}});
    log.line(base::Level::info, "server",
             "the REST channel of " + solution->name + " is " + said_of_rest(rest_of(*solution)));
  }
  const runtime::Solution first = *served->solutions().fallback();
  ready.rest = rest_of(first);
  ready.app_id = first.app_id.to_string();
  ready.pype_id = first.pype_id.to_string();
  ready.stream_id = first.stream_id.to_string();
  ready.chat_url = ready.base_url + "/chat/" + ready.app_id;
}

void Server::Parts::drain() {
  if (!runtime || !server) return;
  // Shared with the last lane to finish, which may do so after the patience here has ended.
  struct Idle {
    std::mutex mutex;
    std::condition_variable changed;
    bool reached = false;
  };
  auto idle = std::make_shared<Idle>();
  runtime->drain([idle] {
    const std::lock_guard guard(idle->mutex);
    idle->reached = true;
    idle->changed.notify_all();
  });
  std::unique_lock waiting(idle->mutex);
  idle->changed.wait_for(waiting, kDrainMax, [&] { return idle->reached; });
}

void Server::Parts::stop() {
  if (std::exchange(stopped, true)) return;
  if (served) served->stop_watching();
  if (retention) retention->stop();
  if (server) server->stop_accepting();
  if (health) health->stop();
  drain();
  if (deliveries) deliveries->stop();
  if (server) server->drain(std::chrono::seconds(1));
  if (metrics_server) metrics_server->drain(std::chrono::seconds(1));
  if (actions) actions->stop();
  // What the lanes' threads may still touch goes only after they have ended.
  if (lanes) lanes->stop();
  server.reset();
  metrics_server.reset();
  if (sandbox) sandbox->stop();
  deliveries.reset();
  journal.reset();
}

base::Result<std::unique_ptr<Server>> Server::start(const ServeOptions& options, base::Log& log) {
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
  return parts_->served->solutions();
}
void Server::stop() {
  parts_->stop();
}

}  // namespace millrace::app
