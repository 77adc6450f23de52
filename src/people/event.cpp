#include "people/event.hpp"

#include <utility>

namespace millrace::people {

namespace {

constexpr int64_t kVersion = 1;

// The members that are texts, each under its own name.
struct TextMember {
  std::string_view name;
  std::string Event::* where;
};
constexpr TextMember kTexts[] = {
    {"source", &Event::source},
    {"id", &Event::message_id},
    {"name", &Event::name},
    {"anonymous_id", &Event::anonymous_id},
    {"user_id", &Event::user_id},
    {"previous_id", &Event::previous_id},
    {"group_id", &Event::group_id},
    {"session_id", &Event::session_id},
    {"user_agent", &Event::user_agent},
    {"locale", &Event::locale},
    {"address", &Event::address},
    {"library", &Event::library},
};
struct ObjectMember {
  std::string_view name;
  json::object Event::* where;
};
constexpr ObjectMember kObjects[] = {{"properties", &Event::properties},
                                     {"traits", &Event::traits},
                                     {"traits_once", &Event::traits_once}};
struct PageMember {
  std::string_view name;
  std::string Page::* where;
};
constexpr PageMember kPageTexts[] = {{"url", &Page::url},
                                     {"path", &Page::path},
                                     {"search", &Page::search},
                                     {"title", &Page::title},
                                     {"referrer", &Page::referrer}};

std::unexpected<base::Error> not_understood(std::string_view member) {
  return base::fail(base::Code::data_loss,
                    "a kept event's '" + std::string(member) + "' is not understood");
}

json::object write_page(const Page& page) {
  json::object out;
  for (const PageMember& member : kPageTexts) {
    const std::string& text = page.*member.where;
    if (!text.empty()) out[member.name] = text;
  }
  return out;
}

Page read_page(const json::object& kept) {
  Page page;
  for (const PageMember& member : kPageTexts) {
    page.*member.where = json::get_string(kept, member.name).value_or("");
  }
  return page;
}

json::array write_external_ids(const std::vector<ExternalId>& ids) {
  json::array out;
  for (const ExternalId& id : ids) out.push_back(json::array{id.type, id.value});
  return out;
}

base::Result<std::vector<ExternalId>> read_external_ids(const json::array& kept) {
  std::vector<ExternalId> ids;
  for (const json::value& pair : kept) {
    if (!pair.is_array() || pair.get_array().size() != 2 || !pair.get_array()[0].is_string() ||
        !pair.get_array()[1].is_string()) {
      return not_understood("external_ids");
    }
    ids.push_back({std::string(pair.get_array()[0].get_string()),
                   std::string(pair.get_array()[1].get_string())});
  }
  return ids;
}

base::Result<void> read_who_and_what(const json::object& kept, Event& event) {
  for (const TextMember& member : kTexts) {
    const json::value* found = kept.if_contains(member.name);
    if (!found) continue;
    if (!found->is_string()) return not_understood(member.name);
    event.*member.where = std::string(found->get_string());
  }
  for (const ObjectMember& member : kObjects) {
    const json::value* found = kept.if_contains(member.name);
    if (!found) continue;
    if (!found->is_object()) return not_understood(member.name);
    event.*member.where = found->get_object();
  }
  if (const json::value* ids = kept.if_contains("external_ids")) {
    if (!ids->is_array()) return not_understood("external_ids");
    auto read = read_external_ids(ids->get_array());
    if (!read) return std::unexpected(std::move(read.error()));
    event.external_ids = std::move(*read);
  }
  return {};
}

// The member if it is there; null otherwise. Error: it is no object.
base::Result<const json::object*> object_of(const json::object& kept, std::string_view name) {
  const json::value* found = kept.if_contains(name);
  if (!found) return nullptr;
  if (!found->is_object()) return not_understood(name);
  return &found->get_object();
}

base::Result<void> read_surroundings(const json::object& kept, Event& event) {
  const auto page = object_of(kept, "page");
  const auto campaign = object_of(kept, "campaign");
  const auto consent = object_of(kept, "consent");
  if (!page) return std::unexpected(page.error());
  if (!campaign) return std::unexpected(campaign.error());
  if (!consent) return std::unexpected(consent.error());
  if (*page) event.page = read_page(**page);
  for (const auto& [key, value] : *campaign ? **campaign : json::object()) {
    if (!value.is_string()) return not_understood("campaign");
    event.campaign.emplace(key, value.get_string());
  }
  for (const auto& [purpose, agreed] : *consent ? **consent : json::object()) {
    if (!agreed.is_bool()) return not_understood("consent");
    event.consent.emplace(purpose, agreed.get_bool());
  }
  event.is_bot = json::get_bool(kept, "bot").value_or(false);
  event.is_late = json::get_bool(kept, "late").value_or(false);
  return {};
}

}  // namespace

json::object write_event(const Event& event) {
  json::object out;
  out["v"] = kVersion;
  out["kind"] = kEventKinds(event.kind);
  out["at"] = event.at.ms;
  out["received"] = event.received.ms;
  for (const TextMember& member : kTexts) {
    const std::string& text = event.*member.where;
    if (!text.empty()) out[member.name] = text;
  }
  for (const ObjectMember& member : kObjects) {
    const json::object& object = event.*member.where;
    if (!object.empty()) out[member.name] = object;
  }
  if (!event.external_ids.empty()) out["external_ids"] = write_external_ids(event.external_ids);
  if (event.page) out["page"] = write_page(*event.page);
  if (!event.campaign.empty()) {
    json::object& campaign = out["campaign"].emplace_object();
    for (const auto& [key, value] : event.campaign) campaign[key] = value;
  }
  if (!event.consent.empty()) {
    json::object& consent = out["consent"].emplace_object();
    for (const auto& [purpose, agreed] : event.consent) consent[purpose] = agreed;
  }
  if (event.is_bot) out["bot"] = true;
  if (event.is_late) out["late"] = true;
  return out;
}

base::Result<Event> read_event(const json::object& kept) {
  if (json::get_integer(kept, "v") != kVersion) return not_understood("v");
  Event event;
  auto kind = kEventKinds.read(json::get_string(kept, "kind").value_or(""));
  if (!kind) return std::unexpected(std::move(kind.error()));
  event.kind = *kind;
  const auto at = json::get_integer(kept, "at");
  const auto received = json::get_integer(kept, "received");
  if (!at || !received) return not_understood(at ? "received" : "at");
  event.at.ms = *at;
  event.received.ms = *received;
  if (auto read = read_who_and_what(kept, event); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (auto read = read_surroundings(kept, event); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return event;
}

}  // namespace millrace::people
