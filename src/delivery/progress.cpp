#include "delivery/progress.hpp"

#include <algorithm>

namespace millrace::delivery {
namespace {

constexpr std::string_view kFates[] = {"waiting", "delivered", "rejected", "unknown", "dropped"};
constexpr std::string_view kStates[] = {"waiting", "delivered", "rejected", "held", "dropped"};
constexpr std::string_view kParts[] = {"all", "repeatable", "counting"};
constexpr size_t kAnswerBytesMax = 16'384;

template <size_t N>
size_t place_of(const std::string_view (&names)[N], std::string_view name) {
  return static_cast<size_t>(std::ranges::find(names, name) - names) % N;  // 0 when unknown
}

bool has(const Progress& progress, Fate fate) {
  return std::ranges::any_of(progress.objects,
                             [&](const ObjectProgress& object) { return object.fate == fate; });
}

// Whether something of a delivered object had to be left out.
bool lacks_something(const Progress& progress) {
  return std::ranges::any_of(progress.objects,
                             [](const ObjectProgress& object) { return !object.reason.empty(); });
}

int read_count(const json::object& fields, std::string_view name) {
  constexpr int64_t kMost = 1'000'000'000;
  return static_cast<int>(
      std::clamp<int64_t>(json::get_integer(fields, name).value_or(0), 0, kMost));
}

std::string_view outcome(const Progress& progress) {
  switch (progress.state()) {
    case State::waiting: return "later";
    case State::delivered: return lacks_something(progress) ? "partial" : "delivered";
    case State::rejected:
      if (progress.is_config_error) return "config_error";
      return has(progress, Fate::delivered) ? "partial" : "rejected";
    case State::held: return "unknown";
    case State::dropped: return has(progress, Fate::delivered) ? "partial" : "dropped";
  }
  return "unknown";
}

}  // namespace

std::string_view to_string(State state) {
  return kStates[static_cast<size_t>(state)];
}

std::optional<State> state_from(std::string_view name) {
  const auto found = std::ranges::find(kStates, name);
  if (found == std::end(kStates)) return std::nullopt;
  return static_cast<State>(found - kStates);
}

bool Progress::is_settled() const {
  return !has(*this, Fate::waiting);
}

State Progress::state() const {
  if (has(*this, Fate::waiting)) return State::waiting;
  if (has(*this, Fate::unknown)) return State::held;
  if (has(*this, Fate::rejected)) return State::rejected;
  if (has(*this, Fate::dropped)) return State::dropped;
  return State::delivered;
}

Progress read_progress(std::string_view text, size_t objects) {
  Progress out;
  out.objects.resize(objects);
  if (text.empty()) return out;
  const auto parsed = json::parse_object(text);
  if (!parsed) return out;
  out.attempts = read_count(*parsed, "attempts");
  out.status = read_count(*parsed, "status");
  out.request_id = json::get_string(*parsed, "request_id").value_or("");
  out.is_config_error = json::get_bool(*parsed, "config_error").value_or(false);
  if (const json::value* answer = parsed->if_contains("answer")) out.answer = *answer;
  const auto at = [&](const json::value& number) -> ObjectProgress* {
    const int64_t* index = number.if_int64();
    const bool is_there = index != nullptr && *index >= 0 && static_cast<size_t>(*index) < objects;
    return is_there ? &out.objects[static_cast<size_t>(*index)] : nullptr;
  };
  if (const json::array* known = json::get_array(*parsed, "objects")) {
    for (const json::value& one : *known) {
      const json::object* fields = one.if_object();
      if (fields == nullptr || !fields->contains("n")) continue;
      ObjectProgress* object = at(fields->at("n"));
      if (object == nullptr) continue;
      object->fate =
          static_cast<Fate>(place_of(kFates, json::get_string(*fields, "state").value_or("")));
      object->part =
          static_cast<Part>(place_of(kParts, json::get_string(*fields, "part").value_or("")));
      object->counting_unknown = json::get_bool(*fields, "counting_unknown").value_or(false);
      object->times_unknown = read_count(*fields, "unknown");
      object->reason = json::get_string(*fields, "reason").value_or("");
    }
  }
  if (const json::array* twice = json::get_array(*parsed, "twice")) {
    for (const json::value& number : *twice) {
      if (ObjectProgress* object = at(number)) object->may_be_twice = true;
    }
  }
  return out;
}

std::string write_progress(const Progress& progress) {
  const State state = progress.state();
  json::object out;
  json::array objects;
  json::array twice;
  for (size_t i = 0; i < progress.objects.size(); ++i) {
    const ObjectProgress& object = progress.objects[i];
    if (object.may_be_twice) twice.push_back(i);
    const bool is_plain = object.part == Part::all && !object.counting_unknown &&
                          object.times_unknown == 0 && object.reason.empty();
    const bool goes_without_saying = object.fate == Fate::waiting ||
                                     (object.fate == Fate::delivered && state == State::delivered);
    if (is_plain && goes_without_saying) continue;
    json::object one{{"n", i}, {"state", kFates[static_cast<size_t>(object.fate)]}};
    if (object.part != Part::all) one["part"] = kParts[static_cast<size_t>(object.part)];
    if (object.counting_unknown) one["counting_unknown"] = true;
    if (object.times_unknown > 0) one["unknown"] = object.times_unknown;
    if (!object.reason.empty()) one["reason"] = object.reason;
    objects.push_back(std::move(one));
  }
  if (!objects.empty()) out["objects"] = std::move(objects);
  if (!twice.empty()) out["twice"] = std::move(twice);
  if (!progress.answer.is_null() && json::serialize(progress.answer).size() <= kAnswerBytesMax) {
    out["answer"] = progress.answer;
  }
  if (out.empty() && state == State::delivered && progress.attempts <= 1) return "";
  if (progress.attempts > 0) out["attempts"] = progress.attempts;
  if (progress.status != 0) out["status"] = progress.status;
  if (progress.is_config_error) out["config_error"] = true;
  if (!progress.request_id.empty()) out["request_id"] = progress.request_id;
  out["outcome"] = outcome(progress);
  return json::serialize(out);
}

json::object outcome_of(State state, std::string_view progress) {
  constexpr std::string_view kPlain[] = {"later", "delivered", "rejected", "unknown", "dropped"};
  json::object out{{"outcome", kPlain[static_cast<size_t>(state)]}, {"items", json::array()}};
  const auto parsed =
      progress.empty() ? json::object() : json::parse_object(progress).value_or(json::object());
  if (const auto known = json::get_string(parsed, "outcome")) out["outcome"] = *known;
  json::array items;
  if (const json::array* objects = json::get_array(parsed, "objects")) {
    for (const json::value& one : *objects) {
      const json::object* fields = one.if_object();
      if (fields == nullptr) continue;
      items.push_back(json::object{{"index", json::get_integer(*fields, "n").value_or(0)},
                                   {"state", json::get_string(*fields, "state").value_or("")},
                                   {"reason", json::get_string(*fields, "reason").value_or("")}});
    }
  }
  out["items"] = std::move(items);
  if (json::get_array(parsed, "twice") != nullptr) out["possible_duplicates"] = true;
  for (const std::string_view name : {"status", "answer"}) {
    if (const json::value* value = parsed.if_contains(name)) out[name] = *value;
  }
  return out;
}

}  // namespace millrace::delivery
