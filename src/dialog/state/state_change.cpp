#include "dialog/state/state_change.hpp"

#include <algorithm>
#include <functional>

#include "base/json_change.hpp"
#include "dialog/state/state_parts.hpp"

namespace millrace::dialog {
namespace {

// A change under the names of base/json_change.hpp, member by member in to_json()'s order.
class Writer {
 public:
  Writer(const State& before, const State& after) : before_(before), after_(after) {}

  // A member that is always there.
  template <typename T>
  void always(std::string_view name, T State::* member) {
    if (before_.*member != after_.*member) set(name, json::value(after_.*member));
  }
  // A member that is left out while it is 0, false or "".
  template <typename T>
  void unless_empty(std::string_view name, T State::* member) {
    if (before_.*member == after_.*member) return;
    if (after_.*member == T()) {
      removed_.emplace_back(name);
    } else {
      set(name, json::value(after_.*member));
    }
  }
  // A member that is there where `is_there(state)`, as `write(state)`.
  void part(std::string_view name, auto is_there, auto write) {
    const bool was = is_there(before_);
    const bool is = is_there(after_);
    if (was && is) {
      take(json::change_of({{name, write(before_)}}, {{name, write(after_)}}));
    } else if (is) {
      set(name, write(after_));
    } else if (was) {
      removed_.emplace_back(name);
    }
  }

  template <typename Table, typename NameOf, typename Write>
  void table(std::string_view name, const Table& before, const Table& after, NameOf name_of,
             Write write);
  void answers(std::string_view name, const std::vector<Answered>& before,
               const std::vector<Answered>& after);
  void set(std::string_view name, json::value what) { note("=", name, std::move(what)); }

  json::object done() && {
    if (!removed_.empty()) change_["-"] = std::move(removed_);
    return std::move(change_);
  }

 private:
  void note(std::string_view kind, std::string_view name, json::value what) {
    json::value& group = change_[kind];
    if (!group.is_object()) group.emplace_object();
    group.get_object().emplace(name, std::move(what));
  }
  // The change of one member.
  void take(json::object change) {
    for (auto& group : change) {
      for (auto& member : group.value().get_object()) {
        note(group.key(), member.key(), std::move(member.value()));
      }
    }
  }

  const State& before_;
  const State& after_;
  json::object change_;
  json::array removed_;
};

// What was added, changed or taken away of a table, however its names sort: a state holds a table
// that is sorted anyway.
template <typename Table, typename NameOf, typename Write>
void Writer::table(std::string_view name, const Table& before, const Table& after, NameOf name_of,
                   Write write) {
  if (before == after) return;
  if (after.empty()) {
    removed_.emplace_back(name);
  } else if (before.empty()) {
    set(name, write(after));
  } else {
    json::object inner;
    json::object changed;
    for (const auto& [key, value] : after) {
      const auto was = before.find(key);
      if (was == before.end() || was->second != value) changed.emplace(name_of(key), value);
    }
    if (!changed.empty()) inner.emplace("=", std::move(changed));
    json::array gone;
    for (const auto& [key, value] : before) {
      if (!after.contains(key)) gone.emplace_back(name_of(key));
    }
    if (!gone.empty()) inner.emplace("-", std::move(gone));
    note("/", name, std::move(inner));
  }
}

void Writer::answers(std::string_view name, const std::vector<Answered>& before,
                     const std::vector<Answered>& after) {
  if (before == after) return;
  if (after.empty()) {
    removed_.emplace_back(name);
    return;
  }
  const auto first = std::ranges::find(before, after.front());
  if (first == before.end()) {
    set(name, parts::answers(after));
    return;
  }
  const auto [left, right] = std::mismatch(first, before.end(), after.begin(), after.end());
  json::array added;
  for (auto at = right; at != after.end(); ++at) added.push_back(parts::answer(*at));
  note("+", name,
       json::object{
           {"drop", first - before.begin()}, {"keep", left - first}, {"add", std::move(added)}});
}

void change_of_readings(Writer& writer, const State& before, const State& after) {
  if (before.candidates != after.candidates) {
    writer.part(
        "which", [](const State& s) { return !s.candidates.empty(); },
        [](const State& s) { return parts::readings(s.candidates); });
  }
  if (before.meant != after.meant) {
    writer.part(
        "meant", [](const State& s) { return !s.meant.empty(); },
        [](const State& s) { return parts::readings(s.meant); });
  }
}

void change_of_talk(Writer& writer, const State& before, const State& after) {
  if (before.frames != after.frames) {
    writer.part("frames", [](const State& s) { return !s.frames.empty(); }, parts::frames);
  }
  writer.answers("history", before.history, after.history);
  writer.answers("again", before.again, after.again);
  writer.table(
      "ahead", before.ahead, after.ahead,
      [](flow::NodeNumber node) { return std::to_string(node); }, parts::ahead);
  change_of_readings(writer, before, after);
  writer.unless_empty("tries", &State::tries);
  writer.unless_empty("reminders", &State::reminders);
  writer.unless_empty("streak", &State::streak);
  if (before.events != after.events) {
    writer.part(
        "events", [](const State& s) { return !s.events.empty(); },
        [](const State& s) { return s.events; });
  }
  if (before.global_props != after.global_props) {
    writer.part(
        "props", [](const State& s) { return !s.global_props.empty(); },
        [](const State& s) { return s.global_props; });
  }
  if (before.timer != after.timer) {
    writer.part(
        "timer", [](const State& s) { return s.timer.has_value(); },
        [](const State& s) { return parts::timer(*s.timer); });
  }
}

}  // namespace

json::object change_of(const State& before, const State& after) {
  Writer writer(before, after);
  writer.always("program", &State::program);
  if (before.chat != after.chat) writer.set("chat", json::value(after.chat.to_string()));
  if (before.consumer != after.consumer)
    writer.set("consumer", json::value(after.consumer.to_string()));
  writer.always("env", &State::environment);
  writer.unless_empty("channel", &State::channel);
  writer.unless_empty("address", &State::address);
  if (before.phase != after.phase) writer.set("phase", json::value(to_string(after.phase)));
  writer.always("node", &State::node);
  writer.always("turn", &State::turn);
  writer.always("seq", &State::sequence);
  if (before.created_at != after.created_at) writer.set("born", after.created_at.ms);
  writer.unless_empty("locale", &State::locale);
  writer.always("region", &State::region);
  writer.table("vars", before.variables, after.variables, std::identity(), parts::texts);
  writer.table(
      "kept", before.kept, after.kept, [](flow::NodeNumber node) { return std::to_string(node); },
      parts::kept);
  if (before.user_data != after.user_data) {
    writer.part(
        "user", [](const State& s) { return !s.user_data.empty(); },
        [](const State& s) { return s.user_data; });
  }
  writer.unless_empty("last", &State::last_message);
  writer.unless_empty("answering", &State::answering);
  if (before.call != after.call) {
    writer.part(
        "call", [](const State& s) { return s.call.has_value(); },
        [](const State& s) { return parts::call(*s.call); });
  }
  if (before.agent != after.agent) {
    writer.part(
        "agent", [](const State& s) { return s.agent.has_value(); },
        [](const State& s) { return parts::agent(*s.agent); });
  }
  writer.table("known", before.known_as, after.known_as, std::identity(), parts::known);
  change_of_talk(writer, before, after);
  writer.unless_empty("surveyed", &State::surveyed);
  if (before.error != after.error) {
    writer.part(
        "error", [](const State& s) { return !s.error.empty(); },
        [](const State& s) { return s.error; });
  }
  writer.unless_empty("ended", &State::end_reason);
  return std::move(writer).done();
}

bool same_sealed_part(const State& before, const State& after) {
  return before.secrets == after.secrets && before.held == after.held;
}

}  // namespace millrace::dialog
