// A profile as it is kept: whole, or what has changed, and read back.
#include <algorithm>

#include "profiles/json_text.hpp"
#include "profiles/profile.hpp"

namespace millrace::profiles {
namespace {

void append_tally(std::string& out, const Tally& tally) {
  out += '[';
  append_json(out, std::string_view(tally.name));
  for (const int64_t number : {tally.first.ms, tally.last.ms, tally.count}) {
    out += ',';
    append_json(out, number);
  }
  out += ']';
}

void append_tallies(std::string& out, const std::vector<Tally>& tallies) {
  out += '[';
  for (const Tally& tally : tallies) {
    if (&tally != tallies.data()) out += ',';
    append_tally(out, tally);
  }
  out += ']';
}

void append_some(std::string& out, const std::vector<Tally>& tallies,
                 const std::vector<size_t>& places) {
  out += '[';
  for (const size_t& place : places) {
    if (&place != places.data()) out += ',';
    append_tally(out, tallies[place]);
  }
  out += ']';
}

void put_tallies(std::vector<Tally>& into, const std::vector<Tally>& tallies) {
  for (const Tally& tally : tallies) {
    const auto found = std::ranges::find(into, tally.name, &Tally::name);
    if (found == into.end()) {
      into.push_back(tally);
    } else {
      *found = tally;
    }
  }
}

// Sets each member of `given`, and removes those that are null.
void put_members(json::object& into, const json::object* given) {
  if (given == nullptr) return;
  for (const auto& member : *given) {
    if (member.value().is_null()) {
      into.erase(member.key());
    } else {
      into[member.key()] = member.value();
    }
  }
}

std::vector<Tally> tallies_from(const json::object& object, std::string_view key) {
  std::vector<Tally> tallies;
  const auto* items = json::get_array(object, key);
  if (items == nullptr) return tallies;
  for (const json::value& item : *items) {
    const auto* parts = item.if_array();
    if (parts == nullptr || parts->size() != 4 || !(*parts)[0].is_string()) continue;
    const auto* first = (*parts)[1].if_int64();
    const auto* last = (*parts)[2].if_int64();
    const auto* times = (*parts)[3].if_int64();
    if (first == nullptr || last == nullptr || times == nullptr) continue;
    tallies.push_back({json::to_text((*parts)[0]), {*first}, {*last}, *times});
  }
  return tallies;
}

}  // namespace

void Profile::append_to(std::string& out) const {
  out += R"({"braze_id":)";
  append_json(out, std::string_view(braze_id));
  out += R"(,"external_id":)";
  append_json(out, std::string_view(external_id));
  const auto part = [&](const char* name, const json::value& value) {
    out += name;
    append_json(out, value);
  };
  if (!deprecated_ids.empty()) {
    part(R"(,"deprecated":)", json::array(deprecated_ids.begin(), deprecated_ids.end()));
  }
  if (!aliases.empty()) part(R"(,"aliases":)", aliases_json(aliases));
  part(R"(,"created":)", created_at.ms);
  part(R"(,"updated":)", updated_at.ms);
  part(R"(,"bucket":)", random_bucket);
  out += R"(,"fields":)";
  append_json(out, fields);
  out += R"(,"custom":)";
  append_json(out, custom);
  out += R"(,"events":)";
  append_tallies(out, events);
  out += R"(,"purchases":)";
  append_tallies(out, purchases);
  part(R"(,"revenue":)", total_revenue);
  if (!campaigns.empty()) part(R"(,"campaigns":)", campaigns);
  if (!canvases.empty()) part(R"(,"canvases":)", canvases);
  part(R"(,"occurrences":)", occurrences);
  out += '}';
}

void Profile::append_changes(std::string& out, std::string_view history) const {
  out += R"({"id":)";
  append_json(out, std::string_view(braze_id));
  if (changes.whole) {
    out += R"(,"whole":)";
    append_to(out);
  }
  out += R"(,"u":)";
  append_json(out, updated_at.ms);
  out += R"(,"n":)";
  append_json(out, occurrences);
  if (!changes.events.empty()) {
    out += R"(,"e":)";
    append_some(out, events, changes.events);
  }
  if (!changes.purchases.empty()) {
    out += R"(,"p":)";
    append_some(out, purchases, changes.purchases);
    out += R"(,"r":)";
    append_json(out, json::value(total_revenue));
  }
  if (!history.empty()) {
    out += R"(,"h":[)";
    out += history;
    out += ']';
  }
  out += '}';
}

void Profile::redo(const json::object& given) {
  if (const auto* whole = json::get_object(given, "whole")) {
    if (auto read = from_json(*whole)) *this = std::move(*read);
  }
  updated_at.ms = json::get_integer(given, "u").value_or(updated_at.ms);
  occurrences = json::get_integer(given, "n").value_or(occurrences);
  put_tallies(events, tallies_from(given, "e"));
  put_tallies(purchases, tallies_from(given, "p"));
  if (const auto* revenue = given.if_contains("r"); revenue != nullptr && revenue->is_number()) {
    total_revenue = revenue->to_number<double>();
  }
  const auto* history = json::get_array(given, "h");
  if (history == nullptr || given.contains("whole")) return;
  for (const json::value& item : *history) {
    const auto* line = item.if_object();
    if (line == nullptr || json::get_string(*line, "kind") != "attributes") continue;
    put_members(fields, json::get_object(*line, "fields"));
    put_members(custom, json::get_object(*line, "custom"));
  }
}

base::Result<Profile> Profile::from_text(std::string_view text) {
  const auto object = json::parse_object(text);
  if (!object) return std::unexpected(object.error());
  return from_json(*object);
}

base::Result<Profile> Profile::from_json(const json::object& object) {
  Profile profile;
  profile.braze_id = text_in(object, "braze_id");
  if (profile.braze_id.empty()) {
    return base::fail(base::Code::data_loss, "a stored profile has no id", "braze sandbox");
  }
  profile.external_id = text_in(object, "external_id");
  if (const auto* aliases = json::get_array(object, "aliases")) {
    for (const json::value& item : *aliases) {
      if (const auto* alias = item.if_object()) {
        profile.aliases.push_back({text_in(*alias, "alias_name"), text_in(*alias, "alias_label")});
      }
    }
  }
  if (const auto* old_ids = json::get_array(object, "deprecated")) {
    for (const json::value& id : *old_ids) profile.deprecated_ids.push_back(json::to_text(id));
  }
  profile.created_at.ms = json::get_integer(object, "created").value_or(0);
  profile.updated_at.ms = json::get_integer(object, "updated").value_or(0);
  profile.random_bucket = json::get_integer(object, "bucket").value_or(0);
  if (const auto* fields = json::get_object(object, "fields")) profile.fields = *fields;
  if (const auto* custom = json::get_object(object, "custom")) profile.custom = *custom;
  profile.events = tallies_from(object, "events");
  profile.purchases = tallies_from(object, "purchases");
  if (const auto* revenue = object.if_contains("revenue"); revenue && revenue->is_number()) {
    profile.total_revenue = revenue->to_number<double>();
  }
  if (const auto* received = json::get_array(object, "campaigns")) profile.campaigns = *received;
  if (const auto* received = json::get_array(object, "canvases")) profile.canvases = *received;
  profile.occurrences = json::get_integer(object, "occurrences").value_or(0);
  return profile;
}

namespace {

// What events and purchases have in common, and the end of the line.
template <typename Item>
void append_rest(std::string& line, const Item& item) {
  line += R"(,"time":")";
  append_time(line, item.at);
  line += R"(","properties":)";
  if (item.properties) {
    append_json(line, *item.properties);
  } else {
    line += "{}";
  }
  if (!item.app_id.empty()) {
    line += R"(,"app_id":)";
    append_json(line, std::string_view(item.app_id));
  }
  line += '}';
}

}  // namespace

std::string history_line(const EventItem& item) {
  std::string line;
  line.reserve(256);
  line += R"({"kind":"event","name":)";
  append_json(line, std::string_view(item.name));
  append_rest(line, item);
  return line;
}

std::string history_line(const PurchaseItem& item) {
  std::string line;
  line.reserve(256);
  line += R"({"kind":"purchase","name":)";
  append_json(line, std::string_view(item.product_id));
  line += R"(,"currency":)";
  append_json(line, std::string_view(item.currency));
  line += R"(,"price":)";
  append_json(line, json::value(item.price));
  line += R"(,"quantity":)";
  append_json(line, item.quantity);
  append_rest(line, item);
  return line;
}

std::string history_line(std::string_view kind, base::Timestamp at, json::object more) {
  json::object line{{"kind", kind}, {"time", base::to_iso8601(at)}};
  for (auto& member : more) line[member.key()] = std::move(member.value());
  std::string text;
  append_json(text, line);
  return text;
}

}  // namespace millrace::profiles
