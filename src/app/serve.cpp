#include <unistd.h>

#include <iostream>

#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/server.hpp"
#include "app/signals.hpp"
#include "posix/limits.hpp"

namespace millrace::app {

int run_serve(const ServeOptions& options) {
  block_stop_signals();
  posix::keep_files_private();
  const auto log = make_log(options.log_level);
  if (::geteuid() == 0) {
    log->line(base::Level::warning, "server",
              "runs as root, which it never needs: give it a user of its own");
  }
  const auto server = Server::start(options, *log);
  if (!server) {
    std::cerr << "millrace serve: " << server.error().describe() << "\n";
    return 1;
  }
  std::cout << "ready " << json::serialize((*server)->ready().to_json()) << "\n" << std::flush;
  wait_for_stop_signal();
  log->line(base::Level::info, "server", "stopping");
  (*server)->stop();
  return 0;
}

}  // namespace millrace::app
