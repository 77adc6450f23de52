#include <charconv>

#include "dialog/state/members.hpp"
#include "dialog/state/names.hpp"
#include "dialog/state/state_parts.hpp"

namespace millrace::dialog {
namespace parts {

json::object answer(const Answered& answered) {
  json::object item{{"node", answered.node}};
  if (!answered.text.empty()) item["text"] = answered.text;
  if (answered.before) item["before"] = *answered.before;
  if (answered.frames != 0) item["frames"] = answered.frames;
  return item;
}

json::array answers(const std::vector<Answered>& answers) {
  json::array out;
  out.reserve(answers.size());
  for (const Answered& answered : answers) out.push_back(answer(answered));
  return out;
}

json::object texts(const std::map<std::string, std::string, std::less<>>& texts) {
  json::object out;
  out.reserve(texts.size());
  for (const auto& [name, text] : texts) out.emplace(name, text);
  return out;
}

json::object kept(const std::map<flow::NodeNumber, json::value>& kept) {
  json::object out;
  for (const auto& [node, value] : kept) out.emplace(std::to_string(node), value);
  return out;
}

json::object call(const PendingCall& call) {
  json::object out{{"key", call.key}, {"node", call.node}, {"at", call.made_at.ms}};
  if (call.left_pending) out["pending"] = true;
  if (call.told) out["told"] = true;
  return out;
}

json::object known(const KnownAs& known_as) {
  json::object out;
  for (const auto& [receiver, known] : known_as) out[receiver] = known;
  return out;
}

json::object agent(const Seat& seat) {
  json::object out{{"node", seat.node}, {"asked", seat.asked_at.ms}};
  if (!seat.skill.empty()) out["skill"] = seat.skill;
  if (seat.back) out["back"] = *seat.back;
  if (seat.id.empty()) return out;
  out["id"] = seat.id;
  out["name"] = seat.name;
  out["joined"] = seat.joined_at.ms;
  return out;
}

json::array frames(const State& state) {
  json::array out;
  for (const Frame& frame : state.frames) {
    out.push_back(json::object{{"kind", kFrameKinds(frame.kind)}, {"node", frame.node}});
  }
  return out;
}

json::object ahead(const std::map<flow::NodeNumber, std::string>& ahead) {
  json::object out;
  for (const auto& [node, text] : ahead) out.emplace(std::to_string(node), text);
  return out;
}

json::array readings(const std::vector<ask::Candidate>& readings) {
  json::array out;
  for (const ask::Candidate& reading : readings) {
    out.push_back(json::object{{"value", reading.value}, {"label", reading.label}});
  }
  return out;
}

json::object timer(const Timer& timer) {
  return {{"kind", kTimerKinds(timer.kind)}, {"due", timer.due.ms}};
}

}  // namespace parts

namespace {

void write_talk(const State& state, json::object& out) {
  if (!state.frames.empty()) out["frames"] = parts::frames(state);
  if (!state.history.empty()) out["history"] = parts::answers(state.history);
  if (!state.again.empty()) out["again"] = parts::answers(state.again);
  if (!state.ahead.empty()) out["ahead"] = parts::ahead(state.ahead);
  if (!state.candidates.empty()) out["which"] = parts::readings(state.candidates);
  if (!state.meant.empty()) out["meant"] = parts::readings(state.meant);
  if (state.tries != 0) out["tries"] = state.tries;
  if (state.reminders != 0) out["reminders"] = state.reminders;
  if (state.streak != 0) out["streak"] = state.streak;
  if (!state.events.empty()) out["events"] = state.events;
  if (!state.global_props.empty()) out["props"] = state.global_props;
  if (state.timer) out["timer"] = parts::timer(*state.timer);
}

using Need = Members::Need;

base::Timestamp moment(Members& members, std::string_view name, Need need = Need::may_lack) {
  return base::Timestamp{members.integer(name, need)};
}

base::Id id(Members& members, std::string_view name) {
  const auto read = base::Id::parse(members.text(name, Need::needed));
  if (!read) members.wrong(name, "is not an id");
  return read.value_or(base::Id{});
}

std::vector<Answered> answers(Members& members, std::string_view name) {
  std::vector<Answered> out;
  members.objects(name, [&](const json::object& object) {
    Members item(object, "answer");
    Answered answered{item.small("node", Need::needed), item.text("text"), std::nullopt,
                      static_cast<size_t>(item.small("frames"))};
    if (object.contains("before")) answered.before = item.text("before");
    out.push_back(std::move(answered));
    members.also(item);
  });
  return out;
}

// Calls `each` with every node's number and what is there for it.
template <typename F>
void by_node(Members& members, std::string_view name, F each) {
  const auto* object = members.object(name);
  if (object == nullptr) return;
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    flow::NodeNumber node = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), node);
    if (error != std::errc() || end != key.data() + key.size()) {
      members.wrong(name, "has what is not a node's number");
    }
    each(node, member.value());
  }
}

std::vector<ask::Candidate> readings(Members& members, std::string_view name) {
  std::vector<ask::Candidate> out;
  members.objects(name, [&](const json::object& object) {
    Members reading(object, "reading");
    out.push_back({reading.text("value"), reading.text("label")});
    members.also(reading);
  });
  return out;
}

void read_talk(Members& members, State& state) {
  members.objects("frames", [&](const json::object& object) {
    Members frame(object, "frame");
    state.frames.push_back({frame.one_of("kind", kFrameKinds), frame.small("node", Need::needed)});
    members.also(frame);
  });
  state.history = answers(members, "history");
  state.again = answers(members, "again");
  by_node(members, "ahead", [&](flow::NodeNumber node, const json::value& text) {
    if (!text.is_string()) members.wrong("ahead", "has what is not a text");
    state.ahead.emplace(node, json::to_text(text));
  });
  state.candidates = readings(members, "which");
  state.meant = readings(members, "meant");
  state.tries = members.small("tries");
  state.reminders = members.small("reminders");
  state.streak = members.small("streak");
  if (const auto* events = members.array("events")) state.events = *events;
  if (const auto* props = members.object("props")) state.global_props = *props;
  if (const auto* object = members.object("timer")) {
    Members timer(*object, "timer");
    state.timer = Timer{timer.one_of("kind", kTimerKinds), moment(timer, "due", Need::needed)};
    members.also(timer);
  }
}

void read_collections(Members& members, State& state) {
  parts::read_texts(members, "vars", state.variables);
  by_node(members, "kept", [&](flow::NodeNumber node, const json::value& value) {
    state.kept.emplace(node, value);
  });
  if (const auto* user_data = members.object("user")) state.user_data = *user_data;
  if (const auto* error = members.object("error")) state.error = *error;
  if (const auto* object = members.object("call")) {
    Members call(*object, "call");
    state.call = PendingCall{call.text("key", Need::needed), call.small("node", Need::needed),
                             moment(call, "at"), call.flag("pending"), call.flag("told")};
    members.also(call);
  }
  if (const auto* object = members.object("agent")) {
    Members seat(*object, "agent");
    state.agent =
        Seat{seat.small("node"), seat.text("skill"),     moment(seat, "asked"), seat.text("id"),
             seat.text("name"),  moment(seat, "joined"), std::nullopt};
    if (object->contains("back")) state.agent->back = seat.small("back");
    members.also(seat);
  }
  if (const auto* known = members.object("known")) {
    for (const auto& member : *known) state.known_as[member.key()] = member.value();
  }
}

}  // namespace

std::string_view to_string(Phase phase) {
  return kPhases(phase);
}

json::object to_json(const State& state) {
  json::object out;
  out.reserve(24);
  out["v"] = kStateVersion;
  out["program"] = state.program;
  out["chat"] = state.chat.to_string();
  out["consumer"] = state.consumer.to_string();
  out["env"] = state.environment;
  if (!state.channel.empty()) out["channel"] = state.channel;
  if (!state.address.empty()) out["address"] = state.address;
  out["phase"] = to_string(state.phase);
  out["node"] = state.node;
  out["turn"] = state.turn;
  out["seq"] = state.sequence;
  out["born"] = state.created_at.ms;
  if (state.locale != 0) out["locale"] = state.locale;
  out["region"] = state.region;
  if (!state.variables.empty()) out["vars"] = parts::texts(state.variables);
  if (!state.kept.empty()) out["kept"] = parts::kept(state.kept);
  if (!state.user_data.empty()) out["user"] = state.user_data;
  if (!state.last_message.empty()) out["last"] = state.last_message;
  if (!state.answering.empty()) out["answering"] = state.answering;
  if (state.call) out["call"] = parts::call(*state.call);
  if (state.agent) out["agent"] = parts::agent(*state.agent);
  if (!state.known_as.empty()) out["known"] = parts::known(state.known_as);
  write_talk(state, out);
  if (state.surveyed) out["surveyed"] = true;
  if (!state.error.empty()) out["error"] = state.error;
  if (!state.end_reason.empty()) out["ended"] = state.end_reason;
  return out;
}

base::Result<State> state_from_json(const json::object& object) {
  Members members(object, "state");
  const int64_t version = members.integer("v", Need::needed);
  if (auto read = members.done(); !read) return std::unexpected(read.error());
  if (version != kStateVersion) {
    return base::fail(base::Code::data_loss, "a state of version " + std::to_string(version) +
                                                 ", which this build does not know");
  }
  State state;
  state.program = members.text("program", Need::needed);
  state.chat = id(members, "chat");
  state.consumer = id(members, "consumer");
  state.environment = members.text("env", Need::needed);
  state.phase = members.one_of("phase", kPhases);
  state.node = members.small("node", Need::needed);
  state.turn = members.integer("turn", Need::needed);
  state.sequence = members.integer("seq", Need::needed);
  state.created_at = moment(members, "born", Need::needed);
  state.locale = static_cast<size_t>(members.integer("locale"));
  state.region = members.text("region", Need::needed);
  state.channel = members.text("channel");
  state.address = members.text("address");
  state.last_message = members.text("last");
  state.answering = members.text("answering");
  state.end_reason = members.text("ended");
  state.surveyed = members.flag("surveyed");
  read_collections(members, state);
  read_talk(members, state);
  if (auto read = members.done(); !read) return std::unexpected(read.error());
  return state;
}

}  // namespace millrace::dialog
