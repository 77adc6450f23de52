#include "api/chats.hpp"

#include <algorithm>

#include "dialog/state/names.hpp"

namespace millrace::api {
namespace {

std::string_view from_of(const runtime::ChatMessage& message) {
  if (message.side == runtime::Side::consumer) return "consumer";
  return message.agent.empty() ? "bot" : "agent";
}

// Every text of a rich asset, wherever it stands.
void mask_texts(json::value& value, const std::vector<base::Sensitive>& values) {
  if (value.is_string()) {
    value = base::redact(std::string_view(value.get_string()), values);
  } else if (value.is_array()) {
    for (json::value& each : value.get_array()) mask_texts(each, values);
  } else if (value.is_object()) {
    for (auto& member : value.get_object()) mask_texts(member.value(), values);
  }
}

void add_texts(const json::value& value, std::string_view label,
               std::vector<base::Sensitive>& into) {
  if (value.is_object()) {
    for (const auto& member : value.get_object()) add_texts(member.value(), label, into);
  } else if (value.is_array()) {
    for (const json::value& each : value.get_array()) add_texts(each, label, into);
  } else if (!value.is_null() && !value.is_bool()) {
    into.push_back({json::to_text(value), std::string(label)});
  }
}

}  // namespace

std::string solution_of(const runtime::Solutions& solutions, const runtime::ChatEntry& chat) {
  if (!chat.solution.empty()) return chat.solution;
  const auto program = solutions.version(chat.version);
  return program ? program->solution : "";
}

base::Result<std::optional<base::Timestamp>> moment_of(const Call& call, std::string_view name) {
  const std::string text = call.query(name);
  if (text.empty()) return std::nullopt;
  const auto at = base::parse_iso8601(text);
  if (at) return at;
  return base::fail(base::Code::invalid_argument, "a time like 2026-01-31T08:00:00Z is wanted",
                    std::string(name));
}

std::vector<std::string> versions_of(const Call& call, const std::string& solution) {
  std::vector<std::string> versions;
  const auto deployed = call.ports.desk.versions(solution);
  if (!deployed) return versions;  // none was: then no chat is of it
  for (const json::value& version : *deployed) {
    versions.emplace_back(json::get_string(version.as_object(), "hash").value_or(""));
  }
  return versions;
}

json::object cursor_of(const runtime::ChatFilter::After& place) {
  return {{"at", place.last_at.ms}, {"chat", place.chat.to_string()}};
}

std::optional<runtime::ChatFilter::After> after_of(const json::object& cursor) {
  const auto chat = base::Id::parse(json::get_string(cursor, "chat").value_or(""));
  const auto at = json::get_integer(cursor, "at");
  if (!chat || !at) return std::nullopt;
  return runtime::ChatFilter::After{{*at}, *chat};
}

base::Result<int64_t> head_of(runtime::Archive& archive) {
  const auto latest = archive.live({.limit = 16});
  if (!latest) return std::unexpected(latest.error());
  int64_t head = 0;
  for (const runtime::ChatEntry& chat : *latest) head = std::max(head, chat.last);
  return head;
}

base::Result<runtime::ChatEntry> permitted_chat(Call& call, runtime::Archive& archive,
                                                std::string_view id) {
  const auto parsed = base::Id::parse(id);
  auto chat = parsed ? archive.find(*parsed)
                     : base::Result<std::optional<runtime::ChatEntry>>(std::nullopt);
  if (!chat) return std::unexpected(chat.error());
  const std::string solution = *chat ? solution_of(call.ports.solutions, **chat) : std::string();
  const bool may_have = call.may_have(solution, call.options.environment);
  if (*chat && may_have) return std::move(**chat);
  return base::fail(base::Code::not_found, "there is no chat of that id");
}

void Mask::know(const dialog::State& state) {
  if (!hides_) return;
  std::vector<base::Sensitive> found;
  for (const auto& [name, value] : state.variables) found.push_back({value, name});
  add_texts(json::value(state.user_data), "user_data", found);
  add_texts(json::value(state.last_message), "said", found);
  for (base::Sensitive& each : found) {
    if (known_.insert(each.value).second) values_.push_back(std::move(each));
  }
}

json::object Mask::message(const runtime::ChatMessage& message) const {
  json::object out{{"id", message.id.to_string()},
                   {"sequence", message.sequence},
                   {"from", from_of(message)},
                   {"at", base::to_iso8601(message.at)},
                   {"node", message.node}};
  if (!message.agent.empty()) out["agent"] = message.agent;
  if (hides_ && message.side == runtime::Side::consumer) {
    out["text"] = kMasked;
    return out;
  }
  for (auto& member : dialog::to_json(message.content)) {
    json::value& put = out[member.key()] = member.value();
    if (!hides_) continue;
    // An agent's words are about whom they talk with.
    if (!message.agent.empty() && member.key() == "text") {
      put = kMasked;
    } else {
      mask_texts(put, values_);
    }
  }
  return out;
}

json::object Mask::state(const dialog::State& state) const {
  json::object variables;
  for (const auto& [name, value] : state.variables) {
    variables[name] = hides_ ? std::string(kMasked) : value;
  }
  for (const auto& [name, value] : state.secrets) variables[name] = kMasked;
  json::object out{{"phase", dialog::kPhases(state.phase)},
                   {"node", state.node},
                   {"turn", state.turn},
                   {"channel", state.channel},
                   {"variables", std::move(variables)}};
  if (!hides_) {
    out["address"] = state.address;
    out["user_data"] = state.user_data;
  }
  if (state.agent)
    out["agent"] = json::object{{"id", state.agent->id}, {"skill", state.agent->skill}};
  if (!state.end_reason.empty()) out["end_reason"] = state.end_reason;
  return out;
}

}  // namespace millrace::api
