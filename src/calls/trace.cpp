// A trace as JSON, and back.
#include <algorithm>

#include "base/json_plain.hpp"
#include "base/text.hpp"
#include "calls/calls.hpp"
#include "calls/trace_keys.hpp"
#include "runtime/call_outcomes.hpp"

namespace millrace::calls {
namespace {

constexpr size_t kExchangesMax = 100;
constexpr size_t kAttemptsMax = 100;
constexpr size_t kWordMax = 300;

std::string word(std::string_view text) {
  return std::string(base::utf8_prefix(text, kWordMax));
}

json::object to_object(const web::Exchange& exchange) {
  json::object object{{"host", word(exchange.host)},
                      {"port", exchange.port},
                      {"method", word(exchange.method)},
                      {"status", exchange.status},
                      {"took_ms", exchange.took_ms}};
  if (!exchange.refused.empty()) object["refused"] = word(exchange.refused);
  return object;
}

// Takes lines while there is room for them.
json::object to_object(const AttemptRecord& attempt, size_t& room) {
  const runtime::AttemptTrace& trace = attempt.trace;
  json::object object{{"number", attempt.number},
                      {"at", attempt.at.ms},
                      {"paused_ms", attempt.paused_ms},
                      {"gate_ms", attempt.gate_ms},
                      {"uncertain", attempt.uncertain},
                      {"outcome", runtime::to_string(attempt.outcome)},
                      {"message", attempt.message},
                      {"began_at", trace.began_at.ms},
                      {"queued_us", trace.queued.count()},
                      {"ran_us", trace.ran.count()},
                      {"worker", trace.worker}};
  json::array lines;
  for (const std::string& line : trace.lines) {
    if (line.size() > room) break;
    room -= line.size();
    lines.emplace_back(base::is_valid_utf8(line) ? line : "(a line that is not UTF-8)");
  }
  const size_t left_out = trace.lines.size() - lines.size();
  json::array exchanges;
  for (const web::Exchange& exchange : trace.exchanges) {
    if (exchanges.size() == kExchangesMax) break;
    exchanges.push_back(to_object(exchange));
  }
  object["lines"] = std::move(lines);
  if (left_out > 0) object["lines_left_out"] = left_out;
  const size_t exchanges_left_out = trace.exchanges.size() - exchanges.size();
  object["exchanges"] = std::move(exchanges);
  if (exchanges_left_out > 0) object["exchanges_left_out"] = exchanges_left_out;
  return object;
}

std::string string_of(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

int64_t number_of(const json::object& object, std::string_view key) {
  return json::get_integer(object, key).value_or(0);
}

runtime::CallOutcome outcome_of(const json::object& object) {
  return runtime::kCallOutcomes.find(string_of(object, "outcome"))
      .value_or(runtime::CallOutcome::unknown);
}

web::Exchange exchange_from(const json::object& object) {
  return {.host = string_of(object, "host"),
          .port = static_cast<uint16_t>(number_of(object, "port")),
          .method = string_of(object, "method"),
          .status = static_cast<int>(number_of(object, "status")),
          .took_ms = number_of(object, "took_ms"),
          .refused = string_of(object, "refused")};
}

AttemptRecord attempt_from(const json::object& object) {
  AttemptRecord attempt{.number = static_cast<int>(number_of(object, "number")),
                        .at = {number_of(object, "at")},
                        .paused_ms = number_of(object, "paused_ms"),
                        .gate_ms = number_of(object, "gate_ms"),
                        .uncertain = json::get_bool(object, "uncertain").value_or(false),
                        .outcome = outcome_of(object),
                        .message = string_of(object, "message")};
  attempt.trace.began_at = {number_of(object, "began_at")};
  attempt.trace.queued = std::chrono::microseconds(number_of(object, "queued_us"));
  attempt.trace.ran = std::chrono::microseconds(number_of(object, "ran_us"));
  attempt.trace.worker = static_cast<uint64_t>(number_of(object, "worker"));
  if (const auto* lines = json::get_array(object, "lines")) {
    for (const json::value& line : *lines) attempt.trace.lines.push_back(json::to_text(line));
  }
  if (const int64_t left_out = number_of(object, "lines_left_out"); left_out > 0) {
    attempt.trace.lines.push_back("(" + std::to_string(left_out) + " more lines are left out)");
  }
  if (const auto* exchanges = json::get_array(object, "exchanges")) {
    for (const json::value& exchange : *exchanges) {
      if (exchange.is_object()) {
        attempt.trace.exchanges.push_back(exchange_from(exchange.get_object()));
      }
    }
  }
  return attempt;
}

std::string hex16(uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (size_t i = 16; i-- > 0; number >>= 4U) text[i] = kDigits[number & 15U];
  return text;
}

json::object to_object(const CallTrace& trace) {
  size_t room = kTraceBytesMax / 2;
  json::array attempts;
  for (const AttemptRecord& attempt : trace.attempts) {
    if (attempts.size() == kAttemptsMax) break;
    attempts.push_back(to_object(attempt, room));
  }
  return {{"solution", word(trace.solution)}, {"version", word(trace.version)},
          {"chat", word(trace.chat_id)},      {"node", word(trace.node)},
          {"command", word(trace.command)},   {"key", word(trace.key)},
          {"began_at", trace.began_at.ms},    {"ended_at", trace.ended_at.ms},
          {"uncertain", trace.uncertain},     {"outcome", runtime::to_string(trace.outcome)},
          {"message", trace.message},         {"effect_unknown", trace.effect_unknown},
          {"attempts", std::move(attempts)}};
}

}  // namespace

std::string to_json(const CallTrace& trace) {
  return json::serialize_plain(to_object(trace));
}

json::object shown(const CallTrace& trace) {
  const auto with_times = [](json::object& object, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const int64_t ms = number_of(object, name);
      object[name] =
          ms == 0 ? json::value(nullptr) : json::value(base::to_iso8601(base::Timestamp{ms}));
    }
  };
  json::object object = to_object(trace);
  with_times(object, {"began_at", "ended_at"});
  for (json::value& attempt : object["attempts"].as_array()) {
    with_times(attempt.as_object(), {"at", "began_at"});
  }
  return object;
}

base::Result<CallTrace> trace_from_json(std::string_view text) {
  const auto parsed = json::parse_object(text);
  if (!parsed) return std::unexpected(parsed.error());
  CallTrace trace{.solution = string_of(*parsed, "solution"),
                  .version = string_of(*parsed, "version"),
                  .chat_id = string_of(*parsed, "chat"),
                  .node = string_of(*parsed, "node"),
                  .command = string_of(*parsed, "command"),
                  .key = string_of(*parsed, "key"),
                  .began_at = {number_of(*parsed, "began_at")},
                  .ended_at = {number_of(*parsed, "ended_at")},
                  .uncertain = json::get_bool(*parsed, "uncertain").value_or(false),
                  .outcome = outcome_of(*parsed),
                  .message = string_of(*parsed, "message"),
                  .effect_unknown = json::get_bool(*parsed, "effect_unknown").value_or(false)};
  if (const auto* attempts = json::get_array(*parsed, "attempts")) {
    for (const json::value& attempt : *attempts) {
      if (attempt.is_object()) trace.attempts.push_back(attempt_from(attempt.get_object()));
    }
  }
  return trace;
}

std::string traces_of_chat(std::string_view chat_id) {
  return "t/" + word(chat_id) + "/";
}

std::string_view traces_of_all() {
  return "t/";
}

std::string_view unknown_calls() {
  return shelf_prefix(Shelf::unknown);
}

std::string traces_beside(std::string_view entry) {
  // "<size> t/<chat>/<time>/<number>"
  entry.remove_prefix(std::min(entry.find(' ') + 1, entry.size()));
  const size_t chat_ends = entry.rfind('/', entry.rfind('/') - 1);
  if (!entry.starts_with(traces_of_all()) || chat_ends <= traces_of_all().size()) return "";
  return chat_ends == entry.npos ? "" : std::string(entry.substr(0, chat_ends + 1));
}

std::string trace_key(const CallTrace& trace, uint64_t number) {
  return traces_of_chat(trace.chat_id) + hex16(static_cast<uint64_t>(trace.began_at.ms)) + "/" +
         hex16(number);
}

std::string shelf_key(Shelf shelf, base::Timestamp at, uint64_t number) {
  return std::string(shelf_prefix(shelf)) + hex16(static_cast<uint64_t>(at.ms)) + "/" +
         hex16(number);
}

std::string_view shelf_prefix(Shelf shelf) {
  return shelf == Shelf::ordinary ? "o/" : "u/";
}

int64_t time_of_shelf_key(std::string_view key) {
  int64_t ms = 0;
  if (key.size() < 18) return ms;
  for (const char digit : key.substr(2, 16)) {
    ms = ms * 16 + (digit >= 'a' ? digit - 'a' + 10 : digit - '0');
  }
  return ms;
}

}  // namespace millrace::calls
