#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands.hpp"
#include "app/data_folder.hpp"
#include "app/world_options.hpp"
#include "base/level_names.hpp"
#include "base/web_origin.hpp"
#include "posix/limits.hpp"

namespace {

using namespace millrace;

// A check for CLI11 that also stores the endpoint.
auto endpoint_into(app::Endpoint& endpoint) {
  return [&endpoint](const std::string& text) -> std::string {
    const auto parsed = app::parse_endpoint(text);
    if (!parsed) return parsed.error().message;
    endpoint = *parsed;
    return {};
  };
}

// Who may ask, and how much.
void add_edge_options(CLI::App& command, app::ServeOptions& options) {
  static std::vector<std::string> limits;
  static std::string life;
  command
      .add_option("--limit", limits,
                  "NAME=RATE/s:BURST or NAME=off: how much one who asks may have, such as "
                  "address-sessions=50/s:1000; docs/limits.md lists the names. May be given again")
      ->check([&options](const std::string& text) -> std::string {
        const auto set = app::set_share_limit(options.limits, text);
        return set ? std::string() : set.error().message;
      });
  command.add_option("--trusted-proxy", options.trusted_proxies,
                     "Network, such as 10.0.0.0/8, of a proxy whose X-Forwarded-For says who asks; "
                     "may be given again");
  command
      .add_option("--public-url", options.public_url,
                  "Where people reach this server, such as https://chat.example.com")
      ->check([](const std::string& text) -> std::string {
        const bool is_origin =
            millrace::web::is_origin_pattern(text) && text.find('*') == text.npos;
        return is_origin ? std::string() : "'" + text + "' is not like https://chat.example.com";
      });
  command
      .add_option("--token-life", life,
                  "How long an access token of the Engagement API opens its chat: 15m, 24h, 7d")
      ->default_str("24h")
      ->check([&options](const std::string& text) -> std::string {
        const auto parsed = app::parse_life(text);
        if (!parsed) return parsed.error().message;
        options.token_life = *parsed;
        return {};
      });
}

void add_serve(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "serve", "Serve solutions: the chat page, the Engagement API and the REST channel.");
  static app::ServeOptions options;
  static std::string listen;
  static std::string sandbox;
  static app::Endpoint sandbox_endpoint;
  static std::string level = "info";
  command
      ->add_option(
          "--solution", options.solutions,
          "A solution's folder, deployed as it is now; may be given again. Without it what "
          "`millrace deploy` put into the data folder is served")
      ->check(CLI::ExistingDirectory);
  command->add_option("--data", options.data, "Folder for everything that is kept")->required();
  command->add_option("--listen", listen, "HOST:PORT to listen on; port 0 is any free one")
      ->default_str("127.0.0.1:8080")
      ->check(endpoint_into(options.listen));
  command->add_option("--env", options.environment, "Which of app.py's PARAMS scripts see")
      ->default_str("sandbox")
      ->check(CLI::IsMember({"sandbox", "live"}));
  command
      ->add_option("--braze-sandbox", sandbox,
                   "HOST:PORT of the built-in Braze sandbox. Without it the sandbox takes any free "
                   "loopback port when --env is sandbox and BRAZE_URL is not set")
      ->check(endpoint_into(sandbox_endpoint));
  command->add_option("--threads", options.threads, "Threads for conversations; 0 is one per CPU")
      ->check(CLI::Range(0, 256));
  command
      ->add_option(
          "--action-workers", options.action_workers,
          "Calls of action nodes at once, over all solutions; 0 is what the memory allows, "
          "16 to 64 where it is bounded by a control group")
      ->check(CLI::Range(0, 256));
  command
      ->add_option(
          "--disk-min", options.disk_min,
          "With less room left on the data folder's disk, such as 500MB, /readyz says that "
          "the server is not ready")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("64MB");
  static std::string metrics;
  static app::Endpoint metrics_endpoint;
  command
      ->add_option("--metrics", metrics,
                   "HOST:PORT on which GET /metrics shows figures for Prometheus, and /healthz and "
                   "/readyz say what each check found; off by default")
      ->check(endpoint_into(metrics_endpoint));
  add_edge_options(*command, options);
  app::add_world_options(*command, options.world);
  command
      ->add_option(
          "--grants", options.grants,
          "YAML file of what each solution may name: NAME: {secrets: [], variables: [], "
          "hosts: []}. It is then all there is. Without it `millrace grant` says what, and "
          "a solution that is alone has what it needs for Braze")
      ->check(CLI::ExistingFile);
  command
      ->add_option("--make-anew", options.make_anew,
                   "Begin anew with a file that is lost or damaged, and accept what is lost by it, "
                   "which the refusal to start says; may be given again")
      ->check(CLI::IsMember(app::files_that_can_be_made_anew()));
  command->add_option("--log-level", level, "Least severe log lines to write, to standard error")
      ->default_str("info")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  command->footer(
      "When it listens it prints one line, `ready {json}`, on standard output. SIGTERM finishes\n"
      "what has begun and exits 0.");
  command->callback([&exit_code] {
    if (!sandbox.empty()) options.braze_sandbox = sandbox_endpoint;
    if (!metrics.empty()) options.metrics = metrics_endpoint;
    options.log_level = base::kLevels.find(level).value_or(base::Level::info);
    exit_code = app::run_serve(options);
  });
}

void add_chat(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "chat", "Talk to a solution in the terminal. Nothing is kept; Braze is the sandbox.");
  static app::ChatOptions options;
  command->add_option("DIR", options.solution, "The solution's folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--locale", options.locale, "The consumer's language, such as pt-BR");
  app::add_world_options(*command, options.world);
  command->callback([&exit_code] { exit_code = app::run_chat(options); });
}

void add_check(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "check", "Say what is wrong with a solution: file, row, what, and the remedy.");
  static app::CheckOptions options;
  command->add_option("DIR", options.solution, "The solution's folder")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_flag("--json", options.json, "Print the problems as a JSON array");
  app::add_sandbox_option(*command, options.world);
  command->footer("Exits 0 when the solution can be served, 1 when there are errors.");
  command->callback([&exit_code] { exit_code = app::run_check(options); });
}

void add_demo(CLI::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "demo", "The example solution beside the Braze sandbox, ready to be talked to.");
  static app::DemoOptions options;
  static std::string listen;
  static std::string sandbox;
  static std::string solution;
  static std::string data;
  command->add_option("--solution", solution, "Another solution than examples/braze-profile")
      ->check(CLI::ExistingDirectory);
  command->add_option("--data", data, "Folder for what is kept; without it nothing is");
  auto* listens = command->add_option("--listen", listen, "HOST:PORT to listen on")
                      ->default_str("127.0.0.1:8080, or a free port")
                      ->check(endpoint_into(options.listen));
  command->add_option("--braze-sandbox", sandbox, "HOST:PORT of the Braze sandbox")
      ->check(endpoint_into(options.braze_sandbox));
  command->add_flag("--script", options.script,
                    "Play both roads without a browser, print the transcript and the profiles read "
                    "back; exits 1 when a profile differs");
  command->callback([&exit_code, listens] {
    if (!solution.empty()) options.solution = solution;
    if (!data.empty()) options.data = data;
    options.listen_given = listens->count() > 0;
    exit_code = app::run_demo(options);
  });
}

}  // namespace

int main(int argc, char** argv) {
  posix::keep_memory_private();
  CLI::App cli{"Millrace: conversations that do work. Solutions are folders; see examples/."};
  cli.name("millrace");
  cli.set_version_flag("--version", MILLRACE_VERSION);
  cli.require_subcommand(1);
  int exit_code = 0;
  add_serve(cli, exit_code);
  add_chat(cli, exit_code);
  add_check(cli, exit_code);
  add_demo(cli, exit_code);
  app::add_flow_commands(cli, exit_code);
  app::add_test_command(cli, exit_code);
  app::add_version_commands(cli, exit_code);
  app::add_chats_command(cli, exit_code);
  app::add_replay_command(cli, exit_code);
  app::add_braze_sandbox_command(cli, exit_code);
  app::add_deliveries_command(cli, exit_code);
  app::add_action_command(cli, exit_code);
  app::add_actions_command(cli, exit_code);
  app::add_trace_command(cli, exit_code);
  app::add_verify_command(cli, exit_code);
  app::add_backup_command(cli, exit_code);
  app::add_restore_command(cli, exit_code);
  app::add_rebuild_command(cli, exit_code);
  app::add_forget_command(cli, exit_code);
  app::add_export_command(cli, exit_code);
  app::add_secret_command(cli, exit_code);
  app::add_grant_commands(cli, exit_code);
  CLI11_PARSE(cli, argc, argv);
  return exit_code;
}
