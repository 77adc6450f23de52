#include "braze/front/later.hpp"

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
  const std::string key = row_key(now, ++count_);
  const json::object kept{{"method", request.method}, {"path", request.path}, {"body", body}};
  world_.profiles.write(key, json::serialize(kept));
  std::array<uint8_t, 2> chance{};
  random_.fill(chance);
  const int64_t wait = kLeastMs + (chance[0] * 256 + chance[1]) % (kMostMs - kLeastMs + 1);
  lanes_.run_after(0, std::chrono::milliseconds(wait), [this, key, kept] {
    const std::lock_guard lock(mutex_);
    apply(key, kept);
  });
}

void Later::take_up() {
  const std::lock_guard lock(mutex_);
  if (!world_.begin()) return;
  const auto rows = world_.profiles.rows("q/");
  if (!rows) return;
  for (const auto& [key, text] : *rows) {
    if (const auto kept = json::parse_object(text)) apply(key, *kept);
  }
}

// The request is read once more; its answer was given when it came.
void Later::apply(const std::string& key, const json::object& kept) {
  if (!world_.begin()) return;  // it stays, and is applied after the next start
  web::Request request;
  request.method = text_in(kept, "method");
  request.path = text_in(kept, "path");
  const auto* body = json::get_object(kept, "body");
  Matched matched = find_endpoint(request.method, request.path);
  Diagnostics unheard;
  if (matched.endpoint != nullptr && body != nullptr) {
    const base::Timestamp now = clock_.now();
    Call call{request, *body, std::move(matched.parts), now, options_, unheard, world_};
    auto served = matched.endpoint->serve(call);
    if (served && served->effect && !served->effect(world_, now, unheard)) {
      world_.profiles.abandon();
      return;
    }
  }
  world_.profiles.write(key, std::nullopt);
  world_.profiles.commit([](const base::Result<void>&) {});
}

}  // namespace millrace::braze
