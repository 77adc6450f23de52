// What a server is made of, for server.cpp alone.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "app/operators/service.hpp"
#include "app/wire/action_edge.hpp"
#include "app/wire/braze_edge.hpp"
#include "app/wire/completions.hpp"
#include "app/wire/data/data_folder.hpp"
#include "app/wire/data/retention.hpp"
#include "app/wire/delivery_edge.hpp"
#include "app/wire/descriptors.hpp"
#include "app/wire/events/event_edge.hpp"
#include "app/wire/health_pages.hpp"
#include "app/wire/listeners.hpp"
#include "app/wire/media/media_edge.hpp"
#include "app/wire/memory.hpp"
#include "app/wire/metrics.hpp"
#include "app/wire/rest_keys.hpp"
#include "app/wire/script_hosting.hpp"
#include "app/wire/server/server.hpp"
#include "app/wire/shares.hpp"
#include "app/wire/system.hpp"
#include "channels/page/page.hpp"
#include "channels/rest/rest.hpp"
#include "engage/engage.hpp"
#include "http/http.hpp"
#include "runtime/typing.hpp"
#include "solutions/served.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

// In the order in which they are made; they go in the reverse order.
struct Server::Parts {
  explicit Parts(ServerLog& the_log) : log(the_log) {}

  base::Result<void> open(const ServeOptions& options);
  base::Result<void> open_data(const ServeOptions& options);
  base::Result<void> open_sandbox(const ServeOptions& options);
  base::Result<void> open_actions(const ServeOptions& options);
  base::Result<void> open_deliveries(const ServeOptions& options);
  base::Result<void> serve_solutions(const ServeOptions& options);
  base::Result<void> open_files_and_events(const ServeOptions& options);
  base::Result<void> listen(const ServeOptions& options);
  base::Result<void> show_metrics(const ServeOptions& options);
  base::Result<void> open_operators(const ServeOptions& options);
  void note_trace_days();
  void drain();
  void stop();

  ServerLog& log;
  SystemClock clock;
  SystemRandom random;
  Metrics metrics;
  WatchedMeter meter{metrics};
  std::optional<DataFolder> data;
  std::shared_ptr<lanes::Notices> notices = std::make_shared<lanes::Notices>(log, metrics);
  DescriptorShares descriptors = raise_descriptors();
  Variables given;  // what the sandbox adds to the scripts' environment
  Ready ready;
  std::unique_ptr<BrazeEdge> sandbox;
  std::unique_ptr<lanes::IoLanes> lanes;
  std::unique_ptr<storage::DurableJournal> journal;
  std::unique_ptr<ActionEdge> actions;
  std::optional<GrantBook> grants;
  std::unique_ptr<PythonInspector> inspector;
  std::unique_ptr<ScriptHosting> scripts;
  std::unique_ptr<solutions::Served> served;
  std::unique_ptr<DeliveryEdge> deliveries;
  engage::WebhookEvents webhook_events;
  runtime::Typing typing;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<EventEdge> events;
  std::unique_ptr<MediaEdge> media;
  std::unique_ptr<engage::Engagement> engagement;
  std::unique_ptr<ServedShares> shares;
  std::unique_ptr<ServedRestKeys> rest_keys;
  std::unique_ptr<channels::RestChannel> rest;
  std::unique_ptr<channels::ChatPage> page;
  std::unique_ptr<Completions> completions;
  std::unique_ptr<engage::BotManager> bot_manager;
  std::unique_ptr<Health> health;
  std::unique_ptr<HealthPages> health_pages;
  std::unique_ptr<HealthPages> detailed_health_pages;
  std::unique_ptr<ProcessFigures> figures;
  std::unique_ptr<MetricsHandler> metrics_page;
  std::unique_ptr<OperatorEdge> operators;
  std::unique_ptr<Listeners> listeners;
  std::unique_ptr<http::Server> metrics_server;
  std::unique_ptr<RetentionSweep> retention;
  std::atomic<int> trace_days = 0;  // the fewest that a solution says; 0: none says any
  std::optional<MemoryReturn> memory;
  bool stopped = false;
};

}  // namespace millrace::app
