#include <iostream>

#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/server.hpp"
#include "app/signals.hpp"
#include "app/temporary_folder.hpp"
#include "posix/limits.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

// The example beside the sources: from the folder we stand in, or from where the binary was built.
std::optional<fs::path> find_example() {
  fs::path wanted = fs::path("examples") / "braze-profile";
  std::error_code error;
  fs::path at = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (fs::is_directory(wanted, error)) return wanted;
  for (int up = 0; up < 4 && !at.empty(); ++up, at = at.parent_path()) {
    if (fs::is_directory(at / wanted, error)) return at / wanted;
  }
  return std::nullopt;
}

base::Result<std::unique_ptr<Server>> start(ServeOptions& serve, bool any_port, base::Log& log) {
  auto server = Server::start(serve, log);
  if (server || !any_port || server.error().code != base::Code::unavailable) return server;
  serve.listen.port = 0;
  return Server::start(serve, log);
}

void invite(const Ready& ready) {
  std::cout << "\n  Millrace is up.\n\n"
            << "  Talk to the example:      " << ready.chat_url << "\n"
            << "  See what reached Braze:   " << ready.braze_sandbox_url << "/inspector\n\n"
            << "  On the inspector page you can make Braze refuse, be slow, or break off, and see\n"
            << "  the conversation take its error road. End with Ctrl-C.\n\n"
            << std::flush;
}

}  // namespace

int run_demo(const DemoOptions& options) {
  block_stop_signals();
  posix::keep_files_private();
  const auto complain = [](const std::string& text) {
    std::cerr << "millrace demo: " << text << "\n";
    return 1;
  };
  const auto example = options.solution ? options.solution : find_example();
  if (!example) return complain("examples/braze-profile was not found; give --solution DIR");
  std::optional<TemporaryFolder> temporary;
  if (!options.data) {
    auto made = TemporaryFolder::make();
    if (!made) return complain(made.error().describe());
    temporary.emplace(std::move(*made));
  }
  ServeOptions serve;
  serve.grants_all = true;
  serve.solutions = {*example};
  serve.data = options.data ? *options.data : temporary->path();
  serve.listen = options.listen;
  serve.braze_sandbox = options.braze_sandbox;
  serve.log_level = base::Level::warning;
  if (options.script && !options.listen_given) serve.listen.port = 0;
  const auto log = make_log(serve.log_level);
  const auto server = start(serve, !options.listen_given, *log);
  if (!server) return complain(server.error().describe());
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

}  // namespace millrace::app
