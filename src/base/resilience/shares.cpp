#include "base/resilience/shares.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <string>

namespace millrace::base {
namespace {

constexpr double kWaitSecondsMax = 3'600;

}  // namespace

std::string_view to_string(Share share) {
  switch (share) {
    case Share::address_sessions: return "address-sessions";
    case Share::address_messages: return "address-messages";
    case Share::address_bytes: return "address-bytes";
    case Share::consumer_messages: return "consumer-messages";
    case Share::consumer_bytes: return "consumer-bytes";
    case Share::consumer_events: return "consumer-events";
    case Share::solution_sessions: return "solution-sessions";
    case Share::solution_messages: return "solution-messages";
    case Share::solution_bytes: return "solution-bytes";
  }
  return "";
}

ShareTable::Asker& ShareTable::find(uint64_t name, Time now) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) {
    askers_.splice(askers_.begin(), askers_, found->second);
    return askers_.front();
  }
  if (by_name_.size() >= askers_max_) {
    by_name_.erase(askers_.back().name);
    askers_.pop_back();
  }
  askers_.push_front({name, limit_.burst, now});
  by_name_.emplace(name, askers_.begin());
  return askers_.front();
}

std::optional<int> ShareTable::take(std::string_view who, double amount, Time now) {
  if (limit_.burst <= 0) return std::nullopt;
  Asker& asker = find(std::hash<std::string_view>()(who), now);
  const double passed = std::chrono::duration<double>(now - asker.as_of).count();
  asker.left = std::min(limit_.burst, asker.left + std::max(0.0, passed) * limit_.per_second);
  asker.as_of = std::max(asker.as_of, now);
  const double wanted = std::min(amount, limit_.burst);
  if (asker.left >= wanted) {
    asker.left -= wanted;
    return std::nullopt;
  }
  if (limit_.per_second <= 0) return static_cast<int>(kWaitSecondsMax);
  const double seconds = std::ceil((wanted - asker.left) / limit_.per_second);
  return static_cast<int>(std::clamp(seconds, 1.0, kWaitSecondsMax));
}

std::optional<int> take_message(Shares& shares, const MessageShares& message) {
  const auto bytes = static_cast<double>(message.bytes);
  if (!message.is_local) {
    if (auto wait = shares.take(Share::address_messages, message.address, 1)) return wait;
  }
  if (auto wait = shares.take(Share::consumer_messages, message.consumer, 1)) return wait;
  if (auto wait = shares.take(Share::consumer_bytes, message.consumer, bytes)) return wait;
  if (message.solution.empty()) return std::nullopt;
  if (auto wait = shares.take(Share::solution_messages, message.solution, 1)) return wait;
  return shares.take(Share::solution_bytes, message.solution, bytes);
}

}  // namespace millrace::base

namespace millrace::web {
namespace {

constexpr std::string_view kRetryAfter = "Retry-After";

}  // namespace

Response with_retry_after(Response response, int seconds) {
  if (response.status == 429 || response.status == 503) {
    response.headers.push_back({std::string(kRetryAfter), std::to_string(std::max(1, seconds))});
  }
  return response;
}

std::optional<std::chrono::seconds> retry_after(const Response& response) {
  if (response.status != 429 && response.status != 503) return std::nullopt;
  for (const Header& header : response.headers) {
    if (header.name != kRetryAfter) continue;
    int seconds = 0;
    std::from_chars(header.value.data(), header.value.data() + header.value.size(), seconds);
    return std::chrono::seconds(seconds);
  }
  return std::nullopt;
}

void let_rest(Socket& socket, int told_seconds) {
  if (auto* const resting = dynamic_cast<RestingSocket*>(&socket)) {
    resting->rest(std::chrono::seconds(told_seconds));
  }
}

}  // namespace millrace::web
