// What the server listens on: one listener for everything, and one more for each address that a
// part of it has to itself. All of them speak TLS where there is a certificate.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/wire/log/access_log.hpp"
#include "app/wire/options.hpp"
#include "app/wire/router.hpp"
#include "base/resilience/shares.hpp"
#include "base/world.hpp"
#include "http/http.hpp"

namespace millrace::app {

// Who can reach a part: what its edge has to know of its listener.
struct Reach {
  bool is_off = false;
  bool is_loopback = false;  // nobody but this machine
};
// Without a listener of its own a part is behind whatever stands before the main one, too.
Reach reach_of(const ServeOptions& options, const Exposure& part);
// Where the operator's API is, with what holds where nothing was said.
Exposure operators_exposure(const ServeOptions& options);

class Listeners {
 public:
  struct Ports {
    lanes::IoLanes& lanes;
    base::Shares& shares;
    std::shared_ptr<lanes::Notices> notices;
    base::Log& log;
    size_t connections_max;
    std::optional<AccessLogged::Ports> requests;  // where each is written down; none: nowhere
    base::Meter* meter = nullptr;                 // where they are measured; none: nowhere
  };
  // Warns where others can ask in plain HTTP. invalid_argument: the options contradict each other;
  // unavailable: an address is taken.
  static base::Result<std::unique_ptr<Listeners>> open(const ServeOptions& options,
                                                       const Router::Edges& edges, Ports ports);

  // "http://127.0.0.1:8080", where it is reached from this machine; "" when it is served nowhere.
  std::string url_of(Surface part) const;
  std::string main_url() const { return listeners_.front()->url; }

  // Of all of them.
  size_t connections() const;
  size_t sockets() const;

  void stop_accepting();
  // As http::Server::drain, of all of them.
  bool drain(std::chrono::milliseconds patience);

 private:
  struct Listener {
    Endpoint at;
    std::set<Surface> served;
    std::unique_ptr<Router> router;
    std::unique_ptr<AccessLogged> logged;  // before it, where requests are written down
    std::unique_ptr<http::Server> server;
    std::string url;

    web::Handler& first() const { return logged ? static_cast<web::Handler&>(*logged) : *router; }
  };
  std::vector<std::unique_ptr<Listener>> listeners_;  // the main one is the first
};

// "http://127.0.0.1:8080"
std::string url_of(const Endpoint& endpoint, uint16_t port, bool is_tls = false);

// Where people reach that part: as the operator says, else where it listens; "" where it is off.
std::string reached_at(const ServeOptions& options, const Listeners& listeners, Surface part);

}  // namespace millrace::app
