// `millrace serve`: the server, until it is told to stop.
#include <unistd.h>

#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/operators/service.hpp"
#include "app/wire/data/data_folder.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/python_inspector.hpp"
#include "app/wire/server/server.hpp"
#include "app/wire/service_manager.hpp"
#include "app/wire/signals.hpp"
#include "base/level_names.hpp"
#include "posix/limits.hpp"

namespace millrace::app {
namespace {

// The options, and the texts that some of them are read from.
struct ServeFlags {
  ServeOptions options;
  std::string listen;
  std::string sandbox;
  Endpoint sandbox_endpoint;
  std::string metrics;
  Endpoint metrics_endpoint;
  std::vector<std::string> limits;
  std::string public_url;
  std::string rest;
  std::string engagement;
  std::string page;
  std::string events;
  std::string life;
  std::string level = "info";
  std::string format = "text";
};

// Whether there is anything to serve, before a folder is made for it: one that was mistyped stays
// unmade.
bool has_something(const ServeOptions& options) {
  std::error_code failed;
  if (std::filesystem::exists(options.data, failed) || options.waits_for_deploy) return true;
  if (options.solutions.empty()) {
    complain("serve", nothing_deployed(options.data));
    return false;
  }
  for (const auto& solution : options.solutions) {
    const auto loaded = load_solution(solution, {.is_sandboxed = !options.world.unsafe_no_sandbox});
    if (loaded && loaded->program) continue;
    if (!loaded) {
      complain("serve", loaded.error());
      return false;
    }
    for (const flow::Problem& problem : loaded->problems) {
      std::cerr << solution.string() << "/" << problem.describe() << "\n";
    }
    complain("serve", "the solution has errors; nothing is served");
    return false;
  }
  return true;
}

// Until then the service manager hears that the server's threads turn. Not that all is well: one
// who cannot write to a full disk is not helped by being started again.
void wait_for_stop(Server& server, const ServiceManager& manager) {
  const auto every = manager.alive_every();
  if (every == std::chrono::milliseconds(0)) return wait_for_stop_signal();
  while (!stop_signal_within(every)) {
    server.ask_whether_it_turns([&manager](bool turns) {
      if (turns) manager.alive();
    });
  }
}

// Serves until SIGTERM or SIGINT; prints `ready {json}` on standard output when it listens.
int run_serve(const ServeOptions& options) {
  block_stop_signals();
  posix::keep_files_private();
  const auto manager = ServiceManager::from_environment();
  if (!has_something(options)) return 1;
  const auto log = make_log(options.log_level, options.log_format);
  if (::geteuid() == 0) {
    log->line(base::Level::warning, "server",
              "runs as root, which it never needs: give it a user of its own");
  }
  if (storage::is_folder_encrypted(options.data)) {
    log->line(base::Level::info, "server", "what people say is encrypted at rest");
  }
  const auto server = Server::start(options, *log);
  if (!server) return complain("serve", server.error(), 1);
  const bool is_kept = is_a_journal(STDOUT_FILENO);
  const Ready& ready = (*server)->ready();
  std::cout << "ready " << json::serialize((is_kept ? ready.without_keys() : ready).to_json())
            << "\n"
            << std::flush;
  if (is_kept && !ready.owner_link.empty()) {
    log->line(base::Level::info, "server",
              "the first owner's link is not written into a journal: `millrace user add NAME "
              "--grant owner` prints another");
  }
  const size_t count = (*server)->solutions().all().size();
  manager.ready("solutions served: " + std::to_string(count));
  wait_for_stop(**server, manager);
  log->line(base::Level::info, "server", "stopping");
  manager.stopping();
  (*server)->stop();
  return 0;
}

void add_exposure(cli::App& command, const std::string& name, const std::string& what,
                  std::string& text, Exposure& into) {
  command
      .add_option(name, text,
                  what +
                      ": off, or HOST:PORT of a listener of its own; on the one of --listen "
                      "when not given")
      ->check(stored(into, parse_exposure));
}

// Who may ask, where, and how much.
void add_edge_options(cli::App& command, ServeFlags& flags) {
  ServeOptions& options = flags.options;
  command
      .add_option("--limit", flags.limits,
                  "NAME=RATE/s:BURST or NAME=off: how much one who asks may have, such as "
                  "address-sessions=50/s:1000; docs/limits.md lists the names. May be given again")
      ->check([&options](const std::string& text) -> std::string {
        const auto set = set_share_limit(options.limits, text);
        return set ? std::string() : set.error().message;
      });
  command.add_option("--trusted-proxy", options.trusted_proxies,
                     "Network, such as 10.0.0.0/8, of a proxy whose X-Forwarded-For says who asks; "
                     "may be given again");
  command
      .add_option("--public-url", flags.public_url,
                  "Where people reach this server, such as https://chat.example.com or, below a "
                  "path of a proxy's, https://example.com/talk")
      ->check(stored(options.public_url, parse_public_url));
  add_exposure(command, "--rest", "The REST channel", flags.rest, options.rest);
  add_exposure(command, "--engagement", "The Engagement API and its socket", flags.engagement,
               options.engagement);
  add_exposure(command, "--page", "The chat page", flags.page, options.page);
  add_exposure(command, "--events", "The Event Listener", flags.events, options.events);
  auto* certificate =
      command
          .add_option("--tls-cert", options.tls_certificate,
                      "PEM file of a certificate with those that signed it: TLS is spoken on all "
                      "listeners but --metrics. Read again when it changes")
          ->check(cli::kExistingFile);
  auto* key = command
                  .add_option("--tls-key", options.tls_key,
                              "PEM file of its key, which others must not be able to read")
                  ->check(cli::kExistingFile);
  certificate->needs(key);
  key->needs(certificate);
  command
      .add_option("--token-life", flags.life,
                  "How long an access token of the Engagement API opens its chat: 15m, 24h, 7d")
      ->default_str("24h")
      ->check(stored(options.token_life, parse_life));
}

void add_media_options(cli::App& command, ServeOptions& options) {
  command
      .add_option("--media-days", options.media_days,
                  "Days for which files that people sent are kept, after they were last sent")
      ->check(cli::Range(1, 3'650));
  command
      .add_option("--media-max", options.media_bytes_max,
                  "Bytes of all files that people sent, such as 10GB; more are refused")
      ->as_size()
      ->default_str("4GB");
  command.add_option("--clamd", options.clamd,
                     "ClamAV's daemon, which looks at files before they are kept: the path of its "
                     "socket, or ADDRESS:PORT. While it is away no file is taken");
}

void add_event_options(cli::App& command, ServeOptions& options) {
  command
      .add_option("--event-days", options.event_days,
                  "Days for which events of pages, apps and servers are kept")
      ->check(cli::Range(2, 3'650));
  command
      .add_option("--events-max", options.events_bytes_max,
                  "Bytes of all events that are kept, such as 50GB; more are refused")
      ->as_size()
      ->default_str("16GB");
}

// What is served with, and how much of the machine it may take.
void add_work_options(cli::App& command, ServeFlags& flags) {
  ServeOptions& options = flags.options;
  command
      .add_option("--env", options.environment, "Which section of app.py's PARAMS the scripts see")
      ->default_str("sandbox")
      ->check(cli::OneOf({"sandbox", "live"}));
  command
      .add_option("--braze-sandbox", flags.sandbox,
                  "HOST:PORT of the built-in Braze sandbox. Without it the sandbox takes any free "
                  "loopback port when --env is sandbox and BRAZE_URL is not set")
      ->check(endpoint_into(flags.sandbox_endpoint));
  command.add_option("--threads", options.threads, "Threads for conversations; 0 is one per CPU")
      ->check(cli::Range(0, 256));
  command
      .add_option("--action-workers", options.action_workers,
                  "Calls of action nodes at once, over all solutions; 0 is what the memory allows, "
                  "16 to 64 where it is bounded by a control group")
      ->check(cli::Range(0, 256));
  command
      .add_option("--disk-min", options.disk_min,
                  "With less room left on the data folder's disk, such as 500MB, /readyz says that "
                  "the server is not ready")
      ->as_size()
      ->default_str("64MB");
}

}  // namespace

void add_serve_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "serve", "Serve solutions: the chat page, the Engagement API and the REST channel.");
  auto flags = std::make_shared<ServeFlags>();
  ServeOptions& options = flags->options;
  command
      ->add_option(
          "--solution", options.solutions,
          "A solution's folder, deployed as it is now; may be given again. Without it what "
          "`millrace deploy` put into the data folder is served")
      ->check(cli::kExistingDirectory);
  add_new_data_option(*command, options.data);
  command->add_option("--listen", flags->listen, "HOST:PORT to listen on; port 0 is any free one")
      ->default_str("127.0.0.1:8080")
      ->check(endpoint_into(options.listen));
  add_work_options(*command, *flags);
  add_media_options(*command, options);
  add_event_options(*command, options);
  command
      ->add_option("--metrics", flags->metrics,
                   "HOST:PORT on which GET /metrics shows figures for Prometheus, and /healthz and "
                   "/readyz say what each check found; off by default")
      ->check(endpoint_into(flags->metrics_endpoint));
  add_edge_options(*command, *flags);
  add_operator_options(*command, options);
  add_world_options(*command, options.world);
  command
      ->add_option(
          "--grants", options.grants,
          "YAML file of what each solution may name: NAME: {secrets: [], variables: [], "
          "hosts: []}. It is then all there is. Without it `millrace grant` says what, and "
          "a solution that is alone has what it needs for Braze")
      ->check(cli::kExistingFile);
  command
      ->add_option("--make-anew", options.make_anew,
                   "Begin anew with a file that is lost or damaged, and accept what is lost by it, "
                   "which the refusal to start says; may be given again")
      ->check(cli::OneOf(files_that_can_be_made_anew()));
  command
      ->add_option("--log-level", flags->level,
                   "Least severe log lines to write, to standard error")
      ->default_str("info")
      ->check(cli::OneOf({"debug", "info", "warning", "error"}));
  command->add_option("--log-format", flags->format, "How log lines are written")
      ->default_str("text")
      ->check(cli::OneOf({"text", "json"}));
  command->add_flag("--access-log", options.logs_requests,
                    "Log every request that is answered: its id, method, path, status, size, time, "
                    "and the address of who asked; answers carry the id as X-Request-Id");
  command->add_flag("--wait-for-deploy", options.waits_for_deploy,
                    "Start also where nothing is deployed yet, and serve it once it is");
  command->footer(
      "When it listens it prints one line, `ready {json}`, on standard output. SIGTERM finishes\n"
      "what has begun and exits 0.");
  command->callback([&exit_code, flags] {
    ServeOptions& given = flags->options;
    if (!flags->sandbox.empty()) given.braze_sandbox = flags->sandbox_endpoint;
    if (!flags->metrics.empty()) given.metrics = flags->metrics_endpoint;
    given.log_level = base::kLevels.find(flags->level).value_or(base::Level::info);
    if (flags->format == "json") given.log_format = LogFormat::json;
    exit_code = run_serve(given);
  });
}

}  // namespace millrace::app
