#include "app/wire/action_edge.hpp"

#include <atomic>
#include <future>

#include "app/wire/data/death_files.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/worker_watch.hpp"
#include "base/text.hpp"
#include "calls/calls.hpp"
#include "egress/egress.hpp"
#include "posix/files.hpp"
#include "python/python.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTracesCachedBytes = 16 << 20;

}  // namespace

std::string host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  return url.contains('@') ? std::string() : std::string(url);
}

std::vector<std::string> allowed_hosts(const std::vector<std::string>& rules,
                                       const Variables& variables, const secrets::Rights& rights) {
  std::vector<std::string> hosts;
  for (const std::string& rule : rules) {
    if (!rule.starts_with("${env:")) {
      if (rights.may_reach(rule)) hosts.push_back(rule);
      continue;
    }
    const auto found = variables.find(rule.substr(6, rule.size() - 7));
    if (found == variables.end()) continue;
    if (std::string host = host_of(found->second); !host.empty()) hosts.push_back(std::move(host));
  }
  return hosts;
}

// In the order in which they are made; they go in the reverse order.
struct ActionEdge::Parts {
  Parts(ActionOptions the_options, Ports the_ports, TemporaryFolder the_sockets)
      : options(std::move(the_options)),
        ports(the_ports),
        resolver(options.world.secrets),
        sockets(std::move(the_sockets)),
        proxy(names, ports.log, ports.meter),
        deaths(options.data) {}

  base::Result<std::map<std::string, std::string>> secrets_of(const fs::path& folder,
                                                              const secrets::Rights& rights) const;
  base::Result<fs::path> open_proxy(const ScriptVersion& version, const Variables& variables,
                                    const secrets::Rights& rights);

  const ActionOptions options;
  Ports ports;
  secrets::Resolver resolver;
  TemporaryFolder sockets;  // of the proxy: a data folder's path may be too long for them
  std::atomic<int> sockets_made{0};
  egress::SystemResolver names;
  egress::Proxy proxy;
  std::unique_ptr<base::KeyValueStore> trace_store;
  std::unique_ptr<calls::Traces> traces;
  DeathFiles deaths;
  std::unique_ptr<python::Pool> pool;
  std::unique_ptr<WorkerWatch> watch;
  std::unique_ptr<calls::Caller> caller;
  bool stopped = false;
};

base::Result<std::unique_ptr<ActionEdge>> ActionEdge::open(ActionOptions options, Ports ports) {
  auto sockets = TemporaryFolder::make();
  if (!sockets) return std::unexpected(sockets.error());
  auto parts = std::make_unique<Parts>(std::move(options), ports, std::move(*sockets));
  // Diagnostics: calls are made without them when they cannot be kept.
  auto store = storage::open_or_begin_key_value(parts->options.data / "traces.db", ports.log,
                                                kTracesCachedBytes, ports.meter);
  if (store) {
    parts->trace_store = std::move(*store);
    calls::TraceLimits limits;
    limits.age_asked = parts->options.trace_age;
    parts->traces = std::make_unique<calls::Traces>(*parts->trace_store, ports.clock, ports.log,
                                                    ports.meter, std::move(limits));
  } else {
    ports.log.line(base::Level::error, "calls",
                   "no traces of calls are kept: " + store.error().describe());
  }
  python::PoolOptions pool;
  pool.workers_max = parts->options.workers_max;
  pool.allow_unbounded = parts->options.world.allow_unbounded;
  pool.waited_long = [&meter = ports.meter](std::string_view version, size_t) {
    meter.count("call_long_waits_total", {{"version", version}}, 1);
  };
  pool.sandbox =
      !parts->options.world.unsafe_no_sandbox ? python::Sandbox::bubblewrap : python::Sandbox::none;
  if (!!parts->options.world.unsafe_no_sandbox) {
    ports.log.line(base::Level::warning, "python",
                   "action nodes run without a sandbox: --unsafe-no-sandbox was given");
  }
  auto started = python::Pool::start(pool, ports.clock, ports.log);
  if (!started) return std::unexpected(started.error());
  parts->pool = std::move(*started);
  parts->watch = std::make_unique<WorkerWatch>(*parts->pool, ports.clock);
  parts->caller = std::make_unique<calls::Caller>(
      calls::Caller::Ports{*parts->watch, ports.lanes, ports.clock, ports.random, ports.log,
                           ports.meter, parts->traces.get(), &parts->deaths});
  return std::unique_ptr<ActionEdge>(new ActionEdge(std::move(parts)));
}

// Those that app.py's PARAMS name.
base::Result<std::map<std::string, std::string>> ActionEdge::Parts::secrets_of(
    const fs::path& folder, const secrets::Rights& rights) const {
  const auto text = posix::read_file(folder / "app.py");
  if (!text) return std::unexpected(text.error());
  std::map<std::string, std::string> found;
  for (const std::string& name : secrets::names_in(*text)) {
    auto value = resolver.resolve(name, rights);
    if (value) {
      found[name] = std::move(*value);
    } else {
      // Perhaps of the other environment: the script that needs it says so when it is called.
      ports.log.line(base::Level::warning, "secrets", value.error().describe());
    }
  }
  return found;
}

base::Result<fs::path> ActionEdge::Parts::open_proxy(const ScriptVersion& version,
                                                     const Variables& variables,
                                                     const secrets::Rights& rights) {
  egress::Rules rules;
  rules.allowed = allowed_hosts(version.egress_allowed, variables, rights);
  rules.internal_allowed = options.world.allow_internal;
  for (const std::string& host : options.platform_hosts) {
    rules.allowed.push_back(host);
    rules.internal_allowed.push_back(host);
  }
  const fs::path socket = sockets.path() / ("egress-" + std::to_string(++sockets_made) + ".sock");
  const auto opened = proxy.open(
      version.hash, socket.string(), rules, egress::ProxyLimits{},
      [pool = pool.get(), hash = version.hash](std::string_view tag, web::Exchange exchange) {
        pool->note_exchange(hash, tag, std::move(exchange));
      });
  if (!opened) return std::unexpected(opened.error());
  return socket;
}

ScriptVersion script_version(const flow::Program& program) {
  return {program.hash, program.solution, program.environment_variables, program.egress_allowed,
          program.egress_ca_file};
}

base::Result<void> ActionEdge::add_version(const ScriptVersion& version, const fs::path& folder,
                                           const Variables& given, const secrets::Rights& rights) {
  const Variables variables = declared_variables(version.environment_variables, given, rights);
  auto secrets = parts_->secrets_of(folder, rights);
  if (!secrets) return std::unexpected(secrets.error());
  auto packages = packages_of(folder, parts_->options.data / "packages");
  if (!packages) return std::unexpected(packages.error());
  auto socket = parts_->open_proxy(version, variables, rights);
  if (!socket) return std::unexpected(socket.error());
  python::VersionFolder scripts;
  scripts.hash = version.hash;
  scripts.directory = folder;
  scripts.environment = parts_->options.environment;
  scripts.variables = variables;
  scripts.secrets = std::move(*secrets);
  scripts.proxy_socket = std::move(*socket);
  scripts.ca_file = version.egress_ca_file;
  scripts.packages = std::move(*packages);
  return parts_->pool->add_version(std::move(scripts));
}

void ActionEdge::prewarm(std::string_view hash) {
  parts_->pool->prewarm(hash, 1);
}

runtime::Actions& ActionEdge::actions() {
  return *parts_->caller;
}
std::string ActionEdge::workers_wrong() const {
  return parts_->watch->wrong();
}
base::Result<void> ActionEdge::forget(const std::set<std::string>& chats) {
  if (!parts_->traces) return {};
  // Shared: who sets it may still be at it when it has been read here.
  auto promise = std::make_shared<std::promise<base::Result<void>>>();
  auto future = promise->get_future();
  parts_->traces->forget(
      chats, [promise](base::Result<void> done) { promise->set_value(std::move(done)); });
  return future.get();
}
const secrets::Resolver& ActionEdge::secrets() const {
  return parts_->resolver;
}
egress::Resolver& ActionEdge::names() {
  return parts_->names;
}

void ActionEdge::stop() {
  if (std::exchange(parts_->stopped, true)) return;
  parts_->caller->stop();
  parts_->pool->stop(std::chrono::milliseconds(0));
  parts_->proxy.stop();
}

ActionEdge::ActionEdge(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ActionEdge::~ActionEdge() {
  stop();
}

}  // namespace millrace::app
