// `millrace demo`: the example beside the Braze sandbox, served or (--script) played on both
// branches.
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/demo_script.hpp"

#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/local_server.hpp"
#include "app/wire/data/temporary_folder.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/signals.hpp"
#include "posix/limits.hpp"
#include "solutions/new_solution.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

struct DemoOptions {
  fs::path solution;  // "": the example
  fs::path data;      // "": a temporary folder
  Endpoint listen{"127.0.0.1", 8080};
  bool listen_given = false;  // then a port in use is an error; otherwise any free one is taken
  Endpoint braze_sandbox{"127.0.0.1", 0};
  bool script = false;
  std::string listen_text;
  std::string sandbox_text;
};

// The example beside the sources that this program was built from; else the one that it carries,
// laid out in `into`.
base::Result<fs::path> find_example(const fs::path& into) {
  const fs::path wanted = fs::path("examples") / "braze-profile";
  std::error_code error;
  fs::path at = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (int up = 0; up < 4 && !at.empty(); ++up, at = at.parent_path()) {
    if (fs::is_directory(at / wanted, error)) return at / wanted;
  }
  const auto written = solutions::write_solution(
      into / "braze-profile", solutions::files_of_example("braze-profile"), receivers());
  if (!written) return std::unexpected(written.error());
  return into / "braze-profile";
}

void invite(const Ready& ready) {
  std::cout << "\n  Millrace is up.\n\n"
            << "  Talk to the example:      " << ready.chat_url << "\n"
            << "  See what reached Braze:   " << ready.braze_sandbox_url << "/inspector\n\n"
            << "  On the inspector page you can make Braze refuse, be slow, or break off, and see\n"
            << "  the conversation take its error branch. End with Ctrl-C.\n\n"
            << std::flush;
}

int run_demo(const DemoOptions& options) {
  block_stop_signals();
  posix::keep_files_private();
  const auto temporary = TemporaryFolder::make();
  if (!temporary) return complain("demo", temporary.error(), 1);
  const auto example = options.solution.empty() ? find_example(temporary->path())
                                                : base::Result<fs::path>(options.solution);
  if (!example) return complain("demo", example.error(), 1);
  ServeOptions serve =
      local_options(options.data.empty() ? temporary->path() / "data" : options.data);
  serve.solutions = {*example};
  serve.listen = options.listen;
  serve.braze_sandbox = options.braze_sandbox;
  if (options.script && !options.listen_given) serve.listen.port = 0;
  const auto log = make_log(serve.log_level);
  const auto server = start_local(serve, !options.listen_given, *log);
  if (!server) return complain("demo", server.error(), 1);
  const Ready& ready = (*server)->ready();
  bool good = true;
  if (options.script) {
    good = play_demo_script(ready.base_url, ready.braze_sandbox_url, ready.braze_api_key);
  } else {
    invite(ready);
    wait_for_stop_signal();
  }
  (*server)->stop();
  return good ? 0 : 1;
}

}  // namespace

void add_demo_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "demo", "The example solution beside the Braze sandbox, ready to be talked to.");
  auto options = std::make_shared<DemoOptions>();
  command
      ->add_option("--solution", options->solution, "Another solution than examples/braze-profile")
      ->check(cli::kExistingDirectory);
  command->add_option("--data", options->data, "Folder for what is kept; without it nothing is");
  add_at_rest_option(*command, options->data, storage::Beginning::allowed);
  auto* listens = command->add_option("--listen", options->listen_text, "HOST:PORT to listen on")
                      ->default_str("127.0.0.1:8080, or a free port")
                      ->check(endpoint_into(options->listen));
  command->add_option("--braze-sandbox", options->sandbox_text, "HOST:PORT of the Braze sandbox")
      ->check(endpoint_into(options->braze_sandbox));
  command->add_flag(
      "--script", options->script,
      "Play both branches without a browser, print the transcript and the profiles read "
      "back; exits 1 when a profile differs");
  command->callback([&exit_code, options, listens] {
    options->listen_given = listens->count() > 0;
    exit_code = run_demo(*options);
  });
}

}  // namespace millrace::app
