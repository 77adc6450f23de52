#include "app/wire/shares.hpp"

#include <charconv>
#include <functional>

namespace millrace::app {
namespace {

using base::Share;

constexpr double kBurstSeconds = 10;
constexpr double kMost = 1e12;

constexpr double operator""_KiB(unsigned long long count) {
  return static_cast<double>(count) * 1'024;
}
constexpr double operator""_MiB(unsigned long long count) {
  return static_cast<double>(count) * 1'024 * 1'024;
}

// "512", "512K", "16M"; nullopt when it is none.
std::optional<double> read_amount(std::string_view text) {
  double factor = 1;
  if (text.ends_with('K')) factor = 1_KiB;
  if (text.ends_with('M')) factor = 1_MiB;
  if (factor > 1) text.remove_suffix(1);
  double amount = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  amount *= factor;
  if (!(amount >= 0) || amount > kMost) return std::nullopt;
  return amount;
}

std::optional<base::ShareLimit> read_limit(std::string_view text) {
  if (text == "off") return base::ShareLimit{};
  const auto colon = text.find(':');
  std::string_view rate = text.substr(0, colon);
  if (!rate.ends_with("/s")) return std::nullopt;
  rate.remove_suffix(2);
  const auto per_second = read_amount(rate);
  if (!per_second) return std::nullopt;
  if (colon == text.npos) {
    if (*per_second <= 0) return std::nullopt;
    return base::ShareLimit{*per_second, *per_second * kBurstSeconds};
  }
  const auto burst = read_amount(text.substr(colon + 1));
  if (!burst || *burst < 1) return std::nullopt;
  return base::ShareLimit{*per_second, *burst};
}

}  // namespace

ShareLimits default_share_limits() {
  ShareLimits limits;
  const auto set = [&](Share share, base::ShareLimit limit) {
    limits[static_cast<size_t>(share)] = limit;
  };
  set(Share::address_sessions, {50, 1'000});
  set(Share::address_messages, {2'000, 10'000});  // addresses of this machine have no such limit
  set(Share::address_bytes, {16_MiB, 64_MiB});
  set(Share::consumer_messages, {5'000, 20'000});
  set(Share::consumer_bytes, {512_KiB, 8_MiB});
  set(Share::consumer_events, {1, 60});
  set(Share::solution_sessions, {2'000, 20'000});
  set(Share::solution_messages, {});  // what the machine can do is the limit
  set(Share::solution_bytes, {64_MiB, 256_MiB});
  return limits;
}

base::Result<void> set_share_limit(ShareLimits& limits, std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  for (size_t i = 0; i < base::kShareCount && equals != text.npos; ++i) {
    if (base::to_string(static_cast<Share>(i)) != name) continue;
    const auto limit = read_limit(text.substr(equals + 1));
    if (!limit) break;
    limits[i] = *limit;
    return {};
  }
  std::string known;
  for (size_t i = 0; i < base::kShareCount; ++i) {
    known += (i == 0 ? "" : ", ") + std::string(base::to_string(static_cast<Share>(i)));
  }
  return base::fail(base::Code::invalid_argument,
                    "'" + std::string(text) +
                        "' is not NAME=RATE/s:BURST, such as address-sessions=50/s:1000, or "
                        "NAME=off; the names are " +
                        known);
}

ServedShares::ServedShares(const ShareLimits& limits, base::Log& log, base::Meter& meter)
    : limits_(limits), log_(log), meter_(meter) {
  for (size_t i = 0; i < base::kShareCount; ++i) {
    for (auto& part : parts_[i]) part = std::make_unique<Part>(limits_[i]);
  }
}

std::optional<int> ServedShares::take(Share share, std::string_view who, double amount) {
  const auto index = static_cast<size_t>(share);
  if (limits_[index].burst <= 0) return std::nullopt;
  Part& part = *parts_[index][std::hash<std::string_view>()(who) % kParts];
  std::optional<int> wait;
  {
    const std::lock_guard lock(part.mutex);
    wait = part.table.take(who, amount, std::chrono::steady_clock::now().time_since_epoch());
  }
  if (wait) tell(share);
  return wait;
}

void ServedShares::tell(Share share) {
  meter_.count("share_refused_total", {{"share", base::to_string(share)}}, 1);
  std::optional<uint64_t> held_back;
  {
    const std::lock_guard lock(mutex_);
    held_back =
        pace_.admit(base::to_string(share), std::chrono::steady_clock::now().time_since_epoch());
  }
  if (!held_back) return;
  std::string text = "the share " + std::string(base::to_string(share)) +
                     " of one who asks is full; what is more is answered 429";
  if (*held_back > 0) text += " (and " + std::to_string(*held_back) + " times since last said)";
  log_.line(base::Level::warning, "shares", text);
}

}  // namespace millrace::app
