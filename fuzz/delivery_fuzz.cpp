// Bytes as what a receiver answers, as a delivery's body, and as what is kept about one.
#include <string_view>

#include "delivery/answer.hpp"
#include "delivery/progress.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
  const size_t half = text.find('\n');
  const std::string first(text.substr(0, half));
  web::Response response{data[0] * 2 + data[1] % 100, {}, std::string(text)};
  for (const char* name : {"X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Retry-After",
                           "Retry-After", "X-Request-Id"}) {
    response.headers.push_back({name, first});
  }
  const base::Sensitive key[] = {{"SECRET-KEY", "key"}};
  const auto answer = delivery::classify(response, {1'700'000'000'000}, key);
  if (answer.message.find("SECRET-KEY") != std::string::npos) __builtin_trap();
  for (const char* kind : {"braze.track", "braze.identify", "braze.call"}) {
    delivery::Row row;
    row.kind = kind;
    row.body = text;
    (void)delivery::read_parcel(row);
  }
  // What was read is written so that it reads the same again.
  const auto progress = delivery::write_progress(delivery::read_progress(text, 4));
  if (delivery::write_progress(delivery::read_progress(progress, 4)) != progress) __builtin_trap();
  (void)delivery::outcome_of(delivery::State::held, text);
  return 0;
}
