// The listener of the figures, and what is looked at when somebody asks for them.
#include "app/wire/server/server_parts.hpp"

namespace millrace::app {

base::Result<void> Server::Parts::show_metrics(const ServeOptions& options) {
  if (!options.metrics) return {};
  figures = std::make_unique<ProcessFigures>(meter, options.data, [this] {
    return ProcessFigures::Connections{listeners->connections(), listeners->sockets()};
  });
  metrics_page =
      std::make_unique<MetricsHandler>(metrics, detailed_health_pages.get(), figures.get());
  http::ServerOptions http_options;
  http_options.address = options.metrics->address;
  http_options.port = options.metrics->port;
  http_options.max_connections = descriptors.beside;
  http_options.notices = notices;
  auto listening = http::Server::listen(*lanes, *metrics_page, http_options);
  if (!listening) return std::unexpected(listening.error());
  metrics_server = std::move(*listening);
  ready.metrics_url = url_of(*options.metrics, metrics_server->port()) + "/metrics";
  return {};
}

}  // namespace millrace::app
