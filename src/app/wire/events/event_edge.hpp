// The Event Listener, wired: its log in the data folder, and the sources of what is served.
#pragma once

#include <memory>
#include <string>

#include "app/wire/options.hpp"
#include "base/meter.hpp"
#include "base/world.hpp"
#include "listener/listener.hpp"
#include "runtime/solutions.hpp"

namespace millrace::app {

// What solution.yaml says under `sources`, of all solutions that are served.
class ServedSources final : public listener::Sources {
 public:
  explicit ServedSources(const runtime::Solutions& solutions) : solutions_(solutions) {}
  std::shared_ptr<const listener::Source> with_key(std::string_view write_key) const override;
  std::shared_ptr<const listener::Source> named(std::string_view name) const override;
  bool any_takes(std::string_view origin) const override;

 private:
  const runtime::Solutions& solutions_;
};

class EventEdge {
 public:
  struct Ports {
    const runtime::Solutions& solutions;
    base::Lanes& lanes;
    base::Clock& clock;
    base::Log& log;
    base::Meter& meter;
  };
  // What is quarantined is read again.
  static base::Result<std::unique_ptr<EventEdge>> open(const ServeOptions& options, Ports ports);

  web::Handler& handler() { return *listener_; }
  // Where clients reach the server.
  void reach_at(std::string base_url) { listener_->reach_at(std::move(base_url)); }

 private:
  // Together, because a lane may let go of old events while the server ends.
  struct Kept {
    std::unique_ptr<listener::EventLog> events;
    std::unique_ptr<base::RecordLog> records;  // goes first: it tells the other of what it wrote
  };
  EventEdge() = default;
  static void sweep_hourly(const std::weak_ptr<Kept>& kept, int64_t kept_ms, const Ports& ports);

  std::unique_ptr<ServedSources> sources_;
  std::shared_ptr<Kept> kept_;
  std::unique_ptr<listener::Listener> listener_;
};

}  // namespace millrace::app
