#include "delivery/answer.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.hpp"

namespace millrace::delivery {
namespace {

constexpr size_t kReasonBytesMax = 500;
constexpr size_t kRefusalsMax = 10'000;
constexpr int64_t kEpochFrom = 1'000'000'000;
constexpr int64_t kLargestSecond = 253'402'300'799;  // the year 9999

std::string shown(std::string_view text, std::span<const base::Sensitive> sensitive) {
  // Redacted before it is shortened: half a key is still half a key.
  const std::string_view start = text.substr(0, 16 * kReasonBytesMax);
  const std::string clean =
      base::redact(base::is_valid_utf8(start) ? start : "(not text)", sensitive);
  return std::string(base::utf8_prefix(clean, kReasonBytesMax));
}

// X-Request-Id as long as it is an ordinary token.
std::string token_of(std::string_view text) {
  const bool is_token = text.size() <= 64 && std::ranges::all_of(text, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-' || c == '_';
                        });
  return is_token ? std::string(text) : "";
}

std::optional<std::string_view> header(const web::Response& response, std::string_view name) {
  for (const web::Header& one : response.headers) {
    if (base::equals_ignoring_case(one.name, name)) return base::trim(one.value);
  }
  return std::nullopt;
}

std::optional<int64_t> read_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  // "1.5" is a second and a half; the fraction does not matter.
  const bool is_whole = rest.empty() || rest.starts_with('.');
  if (error != std::errc() || !is_whole || number < 0) return std::nullopt;
  return number;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::optional<base::Timestamp> read_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  const size_t month = kMonths.find(text.substr(8, 3));
  const auto day = read_number(text.substr(5, 2));
  const auto year = read_number(text.substr(12, 4));
  if (month == kMonths.npos || month % 3 != 0 || !day || !year) return std::nullopt;
  const auto date = base::Date::make(static_cast<int>(*year), static_cast<int>(month / 3) + 1,
                                     static_cast<int>(*day));
  if (!date) return std::nullopt;
  return base::parse_iso8601(base::to_iso8601(*date) + "T" + std::string(text.substr(17, 8)) + "Z");
}

std::optional<Array> array_from(std::string_view name) {
  for (const Array array : {Array::attributes, Array::events, Array::purchases}) {
    if (name == to_string(array)) return array;
  }
  if (name == "user_identifiers") return Array::whole;
  return std::nullopt;
}

void read_refusals(const json::object& body, std::span<const base::Sensitive> sensitive,
                   Answer& answer) {
  const json::array* errors = json::get_array(body, "errors");
  if (errors == nullptr) return;
  std::set<std::pair<std::optional<Array>, int64_t>> seen;
  for (const json::value& error : *errors) {
    if (answer.refusals.size() == kRefusalsMax) return;
    Refusal refusal;
    if (const json::object* fields = error.if_object()) {
      refusal.array = array_from(json::get_string(*fields, "input_array").value_or(""));
      refusal.index = json::get_integer(*fields, "index").value_or(-1);
      const auto reason = json::get_string(*fields, "type");
      refusal.reason = shown(reason ? *reason : json::serialize(*fields), sensitive);
    } else {
      refusal.index = -1;
      refusal.reason = shown(json::to_text(error), sensitive);
    }
    if (seen.emplace(refusal.array, refusal.index).second) {
      answer.refusals.push_back(std::move(refusal));
    }
  }
}

void read_pacing(const web::Response& response, base::Timestamp now, Answer& answer) {
  const auto moment = [&](std::string_view name) {
    const auto text = header(response, name);
    return text ? read_moment(*text, now) : std::nullopt;
  };
  if (const auto left = header(response, "X-RateLimit-Remaining")) {
    answer.remaining = read_number(*left);
  }
  answer.window_ends_at = moment("X-RateLimit-Reset");
  if (answer.status != 429 && answer.status != 503) return;
  answer.wait_until = moment("X-RateLimit-Retry-After");
  if (!answer.wait_until) answer.wait_until = moment("Retry-After");
  if (!answer.wait_until && answer.status == 429) answer.wait_until = answer.window_ends_at;
}

Answer::Kind kind_of(const Answer& answer, std::string_view message) {
  switch (answer.status) {
    case 401:
    case 403:
    case 404:
    case 405:
    case 415: return Answer::Kind::stopped;
    case 413: return Answer::Kind::too_large;
    case 425:
    case 429: return Answer::Kind::throttled;
    case 408: return Answer::Kind::failed;
    default: break;
  }
  if (answer.status >= 500) return Answer::Kind::failed;
  if (answer.status >= 400) return Answer::Kind::refused;
  if (answer.status >= 300) return Answer::Kind::stopped;
  if (answer.status < 200 || !answer.body) return Answer::Kind::odd;
  const bool is_success = message == "success" || (answer.status == 202 && message == "queued");
  return is_success ? Answer::Kind::accepted : Answer::Kind::odd;
}

}  // namespace

std::optional<base::Timestamp> read_moment(std::string_view text, base::Timestamp now) {
  if (const auto number = read_number(text)) {
    if (*number > kLargestSecond) return std::nullopt;
    return base::Timestamp{*number < kEpochFrom ? now.ms + *number * 1'000 : *number * 1'000};
  }
  return read_http_date(text);
}

Answer classify(const web::Response& response, base::Timestamp now,
                std::span<const base::Sensitive> sensitive) {
  Answer answer;
  answer.status = response.status;
  read_pacing(response, now, answer);
  answer.request_id = token_of(header(response, "X-Request-Id").value_or(""));
  std::string message;
  if (auto body = json::parse(response.body)) {
    answer.body = std::move(*body);
    if (const json::object* fields = answer.body->if_object()) {
      message = json::get_string(*fields, "message").value_or("");
      read_refusals(*fields, sensitive, answer);
      for (const auto& [name, value] : *fields) {
        const auto count = value.if_int64();
        answer.has_counters |= name.ends_with("_processed") && count != nullptr && *count > 0;
      }
    }
  }
  answer.kind = kind_of(answer, message);
  answer.may_have_happened =
      answer.kind == Answer::Kind::failed && answer.status != 503 && answer.status != 408;
  answer.message = shown(message, sensitive);
  return answer;
}

}  // namespace millrace::delivery
