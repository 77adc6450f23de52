#include "app/commands/local_server.hpp"

namespace millrace::app {

ServeOptions local_options(const std::filesystem::path& data) {
  ServeOptions options;
  options.grants_all = true;
  options.data = data;
  options.log_level = base::Level::warning;
  return options;
}

base::Result<std::unique_ptr<Server>> start_local(ServeOptions options, bool any_port,
                                                  ServerLog& log) {
  auto server = Server::start(options, log);
  if (server || !any_port || server.error().code != base::Code::unavailable) return server;
  options.listen.port = 0;
  return Server::start(options, log);
}

}  // namespace millrace::app
