// The Event Listener: what clients of Segment, RudderStack, Jitsu, PostHog and Snowplow send, taken
// in at the addresses that they ask, and answered as they expect it. 200 is said only of what is
// durable. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/meter.hpp"
#include "base/web/routes.hpp"
#include "base/web/web.hpp"
#include "base/world.hpp"
#include "listener/event_log.hpp"
#include "listener/source.hpp"

namespace millrace::listener {

class Listener final : public web::Handler {
 public:
  struct Ports {
    const Sources& sources;
    EventLog& log;
    base::Clock& clock;
    base::Meter& meter;
  };
  explicit Listener(Ports ports);
  ~Listener() override = default;

  // The patterns of all addresses that are answered here (web::Routes).
  static std::vector<std::string_view> addresses();
  // Where the server is reached.
  void reach_at(std::string base_url);

  void handle(web::Request request, web::Respond respond) override;

 private:
  // How the clients that ask an address are spoken to.
  enum class Style { segment, posthog, snowplow, pixel };  // Jitsu's speak Segment's
  enum class Serve { events, settings, rudder, configuration, configuration_script, flags };
  struct Place {
    Serve serve = Serve::events;
    Style style = Style::segment;
  };
  using Table = web::Routes<Place, std::string_view>;
  static Table table();
  static Dialect dialect_of(Style style);

  web::Response bootstrap(const Place& place, const Table::Found& found,
                          const web::Request& request) const;
  void take(Style style, std::string_view type, web::Request request, web::Respond respond);
  void keep(Style style, const Source& source, std::string_view type, const web::Request& request,
            const json::value& body, web::Respond respond);
  static web::Response accepted(Style style);
  static web::Response failed(Style style, const base::Error& error);

  const Ports ports_;
  const Table table_;
  mutable std::mutex mutex_;
  std::string base_url_;
};

}  // namespace millrace::listener
