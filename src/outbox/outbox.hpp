// The sender of what turns owe: takes waiting rows from the store a window at a time, lets
// `delivery` decide what goes in which request, hands requests to `web::Outbound`, and makes what
// became of each row durable before anyone is told. One thread of its own does all of it; every
// public call only leaves word for that thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/meter.hpp"
#include "base/web/outbound.hpp"
#include "delivery/codec.hpp"
#include "delivery/rules.hpp"
#include "runtime/delivery_store.hpp"
#include "runtime/ports.hpp"

namespace millrace::outbox {

// Where a target's deliveries go.
struct Destination {
  delivery::Settings settings;  // as the target's codec wants them
  // What is done about what may have arrived; not given: as Settings say.
  std::optional<delivery::Ambiguous> ambiguous;
};

// nullopt: nothing is configured; the queue is kept and config_error told. Called on the sender's
// thread, at the start of a pipe and again (resolve_every) while it has something to do.
using Resolve = std::function<std::optional<Destination>(const runtime::DeliveryTarget& target)>;
// What a target's receiver ("braze", "webhook:crm") is spoken to with; nullptr when nobody knows:
// then its rows are kept.
using Speak = std::function<std::unique_ptr<delivery::Codec>(std::string_view receiver)>;

struct Settings {
  delivery::Rules rules;
  std::chrono::milliseconds deadline{30'000};       // of one request
  std::chrono::milliseconds orders_every{500};      // how often orders are looked for
  std::chrono::milliseconds resolve_every{5'000};   // ... and a target's destination asked for
  std::chrono::milliseconds figures_every{10'000};  // how often the depth is measured
  // How long what was delivered, refused or dropped is kept, of one solution's; asked on the
  // sender's thread.
  std::function<std::chrono::hours(std::string_view solution)> retention_of = [](std::string_view) {
    return std::chrono::hours(24 * 7);
  };
  size_t waiters_max = 100'000;  // further ones are answered {"outcome": "later"} at once
};

class Sender final : public runtime::Deliveries {
 public:
  struct Ports {
    runtime::DeliveryStore& store;
    web::Outbound& outbound;
    base::Clock& clock;
    base::Random& random;
    base::Log& log;
    base::Meter& meter;
    Resolve resolve;
    Speak speak;
  };

  explicit Sender(Ports ports, Settings settings = {});
  // As stop().
  ~Sender() override;

  // Takes up what a former run left: what was under way then may have happened, and is treated so.
  // Begins to send. Call once.
  base::Result<void> start();
  // Begins no further request, waits for those under way (at most their deadline), and for what
  // became of them to be durable. Whoever still waits is not told. What `outbound` and `store` owe
  // must still come: stop this before them.
  void stop();

  void owed(base::Id consumer, size_t count) override;
  void when_settled(std::string key, Done done) override;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::outbox
