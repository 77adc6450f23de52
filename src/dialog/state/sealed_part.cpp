// What of a state must not be kept in clear: answers to secure questions, and what is held, which
// may answer one.
#include "dialog/state/members.hpp"
#include "dialog/state/state_parts.hpp"
#include "dialog/state/understood_json.hpp"

namespace millrace::dialog {

void parts::read_texts(Members& members, std::string_view name,
                       std::map<std::string, std::string, std::less<>>& into) {
  const auto* texts = members.object(name);
  if (texts == nullptr) return;
  for (const auto& member : *texts) {
    if (!member.value().is_string()) members.wrong(name, "has what is not a text");
    into.emplace(member.key(), json::to_text(member.value()));
  }
}

json::object sealed_part(const State& state) {
  json::object out;
  if (!state.secrets.empty()) out["secrets"] = parts::texts(state.secrets);
  if (!state.held.empty()) {
    json::array held;
    for (const HeldMessage& message : state.held) {
      json::object one{{"id", message.input_id}, {"text", message.text}};
      if (message.understood) one["understood"] = to_json(*message.understood);
      held.push_back(std::move(one));
    }
    out["held"] = std::move(held);
  }
  return out;
}

base::Result<void> restore_sealed(State& state, const json::object& part) {
  Members members(part, "sealed part");
  parts::read_texts(members, "secrets", state.secrets);
  members.objects("held", [&](const json::object& object) {
    Members message(object, "message held");
    state.held.push_back(
        {message.text("id"), message.text("text"), understood_in(message, "understood")});
    members.also(message);
  });
  return members.done();
}

}  // namespace millrace::dialog
