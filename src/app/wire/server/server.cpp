#include "app/wire/server/server.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "app/wire/data/manifest.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/server/server_parts.hpp"
#include "base/hash.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

bool wants_sandbox(const ServeOptions& options) {
  return options.braze_sandbox ||
         (options.environment == "sandbox" && std::getenv("BRAZE_URL") == nullptr);
}

}  // namespace

base::Error nothing_deployed(const fs::path& data) {
  return {Code::invalid_argument,
          "nothing is deployed: run `millrace deploy DIR --data " + data.string() +
              "`, give --solution DIR, or start with --wait-for-deploy",
          data.string()};
}

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
                              &meter, &webhook_events, &typing},
      served->solutions());
  lanes->start();
  if (auto done = runtime->recover(); !done) return done;
  if (auto done = deliveries->start(); !done) return done;
  deliveries->warn_of_unknown(options.environment);
  if (auto done = listen(options); !done) return done;
  if (auto done = show_metrics(options); !done) return done;
  if (operators) tell_where(*operators, *listeners, ready);
  ready.describe(options, *listeners, served->solutions(), log);
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
  if (auto right = check_secrets(options.data, options.world.secrets.key); !right) return right;
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
  const auto rights_of = [this](std::string_view solution) { return grants->rights_of(solution); };
  inspector = std::make_unique<PythonInspector>(
      LoadOptions{given, options.data / "packages", !options.world.unsafe_no_sandbox, rights_of});
  scripts = std::make_unique<ScriptHosting>(options.data, given, *actions, *grants, log);
  served = std::make_unique<solutions::Served>(
      options.data, solutions::Served::Ports{*inspector, *scripts,
                                             std::make_shared<ManifestHoldings>(options.data),
                                             receivers(), clock, log});
  const auto tell = [](const fs::path& folder, const flow::Problem& problem) {
    std::cerr << folder.string() << "/" << problem.describe() << "\n";
  };
  if (auto done = served->add(options.solutions, tell); !done) return done;
  if (auto done = served->take_up_all(); !done) return done;
  if (served->solutions().fallback() == nullptr) {
    if (!options.waits_for_deploy) return std::unexpected(nothing_deployed(options.data));
    log.line(base::Level::warning, "server",
             "nothing is deployed yet; what `millrace deploy` puts into " + options.data.string() +
                 " is served from then on");
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

base::Result<void> Server::Parts::open_files_and_events(const ServeOptions& options) {
  auto files = MediaEdge::open(options, data->token_key, {clock, random, log});
  if (!files) return std::unexpected(files.error());
  media = std::move(*files);
  auto taken = EventEdge::open(options, {served->solutions(), *lanes, clock, log, meter});
  if (!taken) return std::unexpected(taken.error());
  events = std::move(*taken);
  return {};
}

base::Result<void> Server::Parts::listen(const ServeOptions& options) {
  const auto origins = [&](const Exposure& part) {
    return web::OriginRule{reach_of(options, part).is_loopback, options.public_url.origin};
  };
  shares = std::make_unique<ServedShares>(options.limits, log, metrics);
  rest_keys = std::make_unique<ServedRestKeys>(actions->secrets(), *grants);
  if (auto done = open_files_and_events(options); !done) return done;
  engagement = std::make_unique<engage::Engagement>(
      engage::Engagement::Ports{*runtime, served->solutions(), *lanes, clock, random, *shares,
                                *rest_keys, media.get()},
      data->token_key, engage::EngagementOptions{options.token_life, origins(options.engagement)});
  rest = std::make_unique<channels::RestChannel>(
      *runtime, served->solutions(), journal->identities(), *shares, *rest_keys,
      channels::RestOptions{options.environment, reach_of(options, options.rest).is_loopback,
                            origins(options.rest)});
  page = std::make_unique<channels::ChatPage>(served->solutions());
  completions = std::make_unique<Completions>(*runtime, origins({}));
  health = std::make_unique<Health>(
      Health::Ports{*journal, *lanes, meter, log, [this] { return actions->workers_wrong(); },
                    options.data, options.disk_min, options.metrics.has_value()});
  health_pages = std::make_unique<HealthPages>(*health, Details::to_this_machine);
  detailed_health_pages = std::make_unique<HealthPages>(*health, Details::always);
  bot_manager = std::make_unique<engage::BotManager>(served->solutions());
  if (auto done = open_operators(options); !done) return done;
  std::optional<AccessLogged::Ports> requests;
  if (options.logs_requests) requests.emplace(log, clock, random);
  auto listening = Listeners::open(
      options,
      {*rest, *engagement, *page, *completions, *bot_manager, *health_pages, &media->handler(),
       &events->handler(), operators ? &operators->handler() : nullptr},
      {*lanes, *shares, notices, log, descriptors.serving, requests,
       options.metrics ? &meter : nullptr});
  if (!listening) return std::unexpected(listening.error());
  listeners = std::move(*listening);
  media->reach_at(reached_at(options, *listeners, Surface::engagement));
  events->reach_at(reached_at(options, *listeners, Surface::events));
  return {};
}

base::Result<void> Server::Parts::open_operators(const ServeOptions& options) {
  auto opened = open_operator_edge(
      options, {.given = given, .folders = served->folders(), .seal_key = data->seal_key},
      {{options.data, *runtime, *journal, journal->deliveries(), journal->identities(), *actions,
        sandbox.get(), *media, data->seal_key},
       *inspector,
       [this](std::string_view name) { return grants->rights_of(name); },
       served->solutions(),
       actions->names(),
       actions->secrets(),
       clock,
       random,
       log,
       meter,
       typing});
  if (!opened) return std::unexpected(opened.error());
  operators = std::move(*opened);
  return {};
}

base::Result<std::unique_ptr<Server>> Server::start(const ServeOptions& options, ServerLog& log) {
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
void Server::ask_whether_it_turns(std::move_only_function<void(bool)> told) {
  parts_->health->ask([told = std::move(told)](const HealthReport& report) mutable {
    told(report.is_right(kLanesCheck));
  });
}
void Server::skip(std::chrono::milliseconds time) {
  parts_->clock.skip(time);
  parts_->runtime->clock_moved();
}
void Server::stop() {
  parts_->stop();
}

}  // namespace millrace::app
