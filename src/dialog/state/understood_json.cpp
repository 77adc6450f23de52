#include "dialog/state/understood_json.hpp"

namespace millrace::dialog {

json::object to_json(const Understood& understood) {
  json::object out;
  json::array guesses;
  for (const Guess& guess : understood.guesses) {
    guesses.push_back(json::object{{"intent", guess.intent}, {"permille", guess.permille}});
  }
  out["guesses"] = std::move(guesses);
  if (understood.is_in_scope) out["in_scope"] = true;
  if (understood.is_close) out["close"] = true;
  out["known"] = understood.known_permille;
  if (understood.entities.empty()) return out;
  json::array entities;
  for (const Entity& entity : understood.entities) {
    json::array values;
    for (const std::string& value : entity.values) values.emplace_back(value);
    entities.push_back(json::object{{"name", entity.name}, {"values", std::move(values)}});
  }
  out["entities"] = std::move(entities);
  return out;
}

std::optional<Understood> understood_in(Members& members, std::string_view name) {
  const auto* object = members.object(name);
  if (object == nullptr) return std::nullopt;
  Members read(*object, name);
  Understood out;
  read.objects("guesses", [&](const json::object& item) {
    Members guess(item, "guess");
    out.guesses.push_back({guess.text("intent", Members::Need::needed), guess.small("permille")});
    read.also(guess);
  });
  out.is_in_scope = read.flag("in_scope");
  out.is_close = read.flag("close");
  out.known_permille = read.small("known");
  read.objects("entities", [&](const json::object& item) {
    Members entity(item, "entity");
    Entity one{entity.text("name", Members::Need::needed), {}};
    if (const auto* values = entity.array("values")) {
      for (const json::value& value : *values) {
        if (!value.is_string()) read.wrong("entities", "has what is not a text");
        one.values.push_back(json::to_text(value));
      }
    }
    read.also(entity);
    out.entities.push_back(std::move(one));
  });
  members.also(read);
  return out;
}

size_t weight(const Understood& understood) {
  constexpr size_t kMemberBytes = 16;
  size_t bytes = kMemberBytes;
  for (const Guess& guess : understood.guesses) bytes += kMemberBytes + guess.intent.size();
  for (const Entity& entity : understood.entities) {
    bytes += kMemberBytes + entity.name.size();
    for (const std::string& value : entity.values) bytes += kMemberBytes + value.size();
  }
  return bytes;
}

}  // namespace millrace::dialog
