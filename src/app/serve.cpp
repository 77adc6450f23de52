#include <iostream>

#include "app/commands.hpp"
#include "app/log.hpp"
#include "app/server.hpp"
#include "app/signals.hpp"

namespace millrace::app {

int run_serve(const ServeOptions& options) {
  block_stop_signals();
  const auto log = make_log(options.log_level);
  const auto server = Server::start(options, *log);
  if (!server) {
    std::cerr << "millrace serve: " << server.error().describe() << "\n";
    return 1;
  }
  std::cout << "ready " << json::serialize((*server)->ready().to_json()) << "\n" << std::flush;
  wait_for_stop_signal();
  log->line(runtime::Level::info, "server", "stopping");
  (*server)->stop();
  return 0;
}

}  // namespace millrace::app
