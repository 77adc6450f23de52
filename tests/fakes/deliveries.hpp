// Deliveries for tests that owe nothing: whoever waits for one is told at once.
#pragma once

#include "runtime/ports.hpp"

namespace millrace::fakes {

class NoDeliveries final : public runtime::Deliveries {
 public:
  void owed(base::Id, size_t) override {}
  void when_settled(std::string, Done done) override { done({}); }
};

}  // namespace millrace::fakes
