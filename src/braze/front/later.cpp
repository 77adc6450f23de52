#include "braze/front/later.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millrace::braze {
namespace {

constexpr int64_t kLeastMs = 2'000;
constexpr int64_t kMostMs = 8'000;

// In the order in which they came.
std::string row_key(base::Timestamp at, uint64_t number) {
  char text[48];
  std::snprintf(text, sizeof text, "q/%013lld-%08llx", static_cast<long long>(at.ms),
                static_cast<unsigned long long>(number));
  return text;
}

}  // namespace

void Later::put(const web::Request& request, const json::object& body, base::Timestamp now) {
  const uint64_t number = ++count_;
  json::object kept{{"method", request.method},
                    {"path", request.path},
                    {"body", body},
                    {"accepted", base::to_iso8601(now)}};
  const std::string key = row_key(now, number);
  world_.profiles.write(key, json::serialize(kept));
  std::array<uint8_t, 2> chance{};
  random_.fill(chance);
  const int64_t wait = kLeastMs + (chance[0] * 256 + chance[1]) % (kMostMs - kLeastMs + 1);
  base::Timestamp due{now.ms + wait};
  if (!waiting_.empty()) due = std::max(due, waiting_.back().due);
  waiting_.push_back({number, due, key, std::move(kept)});
  lanes_.run_after(0, std::chrono::milliseconds(due.ms - now.ms), [this, number] {
    const std::lock_guard lock(mutex_);
    apply_to(number);
  });
}

void Later::apply_to(uint64_t number) {
  while (!waiting_.empty() && waiting_.front().number <= number) {
    if (!apply(waiting_.front().key, waiting_.front().kept)) return;
    waiting_.pop_front();
  }
}

void Later::take_up() {
  const std::lock_guard lock(mutex_);
  if (!world_.begin()) return;
  const auto rows = world_.profiles.rows("q/");
  if (!rows) return;
  for (const auto& [key, text] : *rows) {
    const auto kept = json::parse_object(text);
    if (kept && !apply(key, *kept)) return;
  }
}

// The request is read once more; its answer was given when it came.
bool Later::apply(const std::string& key, const json::object& kept) {
  if (!world_.begin()) return false;
  web::Request request;
  request.method = text_in(kept, "method");
  request.path = text_in(kept, "path");
  const auto* body = json::get_object(kept, "body");
  Matched matched = find_endpoint(request.method, request.path);
  if (matched.endpoint != nullptr && body != nullptr) {
    const base::Timestamp now = clock_.now();
    Diagnostics said;  // in the answer
    Diagnostics found;
    Call call{request, *body, std::move(matched.parts), now, options_, said, world_};
    auto served = matched.endpoint->serve(call);
    if (served && served->effect && !served->effect(world_, now, found)) {
      world_.profiles.abandon();
      return false;
    }
    note(kept, found, now);
  }
  world_.profiles.write(key, std::nullopt);
  world_.profiles.commit([](const base::Result<void>&) {});
  return true;
}

void Later::note(const json::object& kept, const Diagnostics& found, base::Timestamp now) {
  if (found.empty()) return;
  Diagnostics all;
  all.add("BRZ_APPLIED_LATER",
          "Accepted at " + text_in(kept, "accepted") + " and applied only now; this was found.");
  RequestLog::Entry entry{now, "",         text_in(kept, "method"), text_in(kept, "path"), 0,
                          "",  all.items()};
  for (const Diagnostic& item : found.items()) entry.diagnostics.push_back(item);
  requests_.add(std::move(entry));
}

}  // namespace millrace::braze
