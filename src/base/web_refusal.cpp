#include "base/web_refusal.hpp"

#include <algorithm>
#include <charconv>
#include <string>

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
