// The sending of what turns owe, with what it needs around it: the client that goes out, and where
// each solution's receivers are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/wire/data/grant_book.hpp"
#include "app/wire/python_inspector.hpp"
#include "base/meter.hpp"
#include "base/result.hpp"
#include "runtime/delivery_store.hpp"
#include "runtime/ports.hpp"
#include "runtime/solutions.hpp"
#include "secrets/secrets.hpp"

namespace millrace::egress {
class Resolver;
}

namespace millrace::app {

class DeliveryEdge {
 public:
  struct Ports {
    runtime::DeliveryStore& store;
    egress::Resolver& names;
    base::Clock& clock;
    base::Random& random;
    base::Log& log;
    base::Meter& meter;
    const runtime::Solutions& solutions;
    const secrets::Resolver& secrets;
    const GrantBook& grants;
  };
  // `given` stands before the environment and the secrets, and is everybody's: the built-in
  // sandbox's address and key. Beyond it a solution's settings name what `grants` say.
  // `internal` are the "host:port" that may be reached although they are internal.
  static base::Result<std::unique_ptr<DeliveryEdge>> open(Ports ports, Variables given,
                                                          std::vector<std::string> internal);
  ~DeliveryEdge();  // as stop()

  base::Result<void> start();
  // Warns of each receiver that what is served sends to and that is not known in this environment:
  // sooner than with the first thing owed.
  void warn_of_unknown(std::string_view environment) const;
  runtime::Deliveries& deliveries();
  void stop();

 private:
  struct Parts;
  explicit DeliveryEdge(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace millrace::app
