// What the edges have to tell the operator: counted each time (edge_notices_total by kind), logged
// once a kind and minute. Texts name no address in full and nothing that a peer said.
#pragma once

#include <mutex>
#include <string_view>

#include "base/meter.hpp"
#include "base/resilience/pace.hpp"
#include "base/world.hpp"

namespace millrace::lanes {

// Thread-safe. The log and the meter must outlive it.
class Notices {
 public:
  static constexpr size_t kWhatBytesMax = 120;

  Notices(base::Log& log, base::Meter& meter,
          std::chrono::milliseconds interval = std::chrono::minutes(1))
      : log_(log), meter_(meter), pace_(interval) {}

  // `kind` is one of a few constants, such as "unread".
  void tell(std::string_view kind, std::string_view sentence);
  // To be called while an exception is being handled; `where` is what it ended ("connection").
  void tell_exception(std::string_view where) noexcept;

 private:
  base::Log& log_;
  base::Meter& meter_;
  std::mutex mutex_;
  base::Pace pace_;
};

}  // namespace millrace::lanes
