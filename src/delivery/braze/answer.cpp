#include "delivery/braze/answer.hpp"

#include <algorithm>
#include <set>

#include "delivery/headers.hpp"

namespace millrace::delivery::braze {
namespace {

constexpr size_t kRefusalsMax = 10'000;

std::optional<Array> array_from(std::string_view name) {
  for (const Array array : {Array::attributes, Array::events, Array::purchases}) {
    if (name == to_string(array)) return array;
  }
  if (name == "user_identifiers") return Array::whole;
  return std::nullopt;
}

void read_refusals(const json::object& body, std::span<const base::Sensitive> sensitive,
                   Reading& answer) {
  const json::array* errors = json::get_array(body, "errors");
  if (errors == nullptr) return;
  std::set<std::pair<std::optional<Array>, int64_t>> seen;
  for (const json::value& error : *errors) {
    if (answer.named.size() == kRefusalsMax) return;
    Named refusal;
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
      answer.named.push_back(std::move(refusal));
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

Reading classify(const web::Response& response, base::Timestamp now,
                 std::span<const base::Sensitive> sensitive) {
  Reading answer;
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
        answer.is_partly_done |= name.ends_with("_processed") && count != nullptr && *count > 0;
      }
    }
  }
  answer.kind = kind_of(answer, message);
  answer.may_have_happened =
      answer.kind == Answer::Kind::failed && answer.status != 503 && answer.status != 408;
  answer.message = shown(message, sensitive);
  return answer;
}

}  // namespace millrace::delivery::braze
