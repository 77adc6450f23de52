// Bytes as what a receiver answers, as a delivery's body, and as what is kept about one.
#include <string_view>

#include "delivery/braze/answer.hpp"
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
  const auto answer = delivery::braze::classify(response, {1'700'000'000'000}, key);
  if (answer.message.find("SECRET-KEY") != std::string::npos) __builtin_trap();
  for (const char* kind : {"braze.track", "braze.identify", "braze.call"}) {
    delivery::Row row;
    row.kind = kind;
    row.body = text;
    (void)delivery::braze::read_parcel(row);
  }
  // What was read is written so that it reads the same again; of a row that was delivered the state
  // alone is kept.
  const auto read = delivery::read_progress(text, 4);
  if (read.state() != delivery::State::delivered) {
    const auto written = delivery::write_progress(read);
    if (delivery::write_progress(delivery::read_progress(written, 4)) != written) __builtin_trap();
  }
  (void)delivery::outcome_of(delivery::State::held, text);
  return 0;
}
