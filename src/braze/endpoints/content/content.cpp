#include "braze/endpoints/content/content.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/id.hpp"

namespace millrace::braze {
namespace {

constexpr std::string_view kBlockBegin = "content_blocks.${";

// A whole number of the query; nullopt when it is given and is none.
std::optional<int64_t> whole_number(const Call& call, std::string_view name, int64_t otherwise) {
  const std::string text = call.query_value(name);
  if (text.empty()) return otherwise;
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Between {
  std::optional<base::Timestamp> after;
  std::optional<base::Timestamp> before;
};

std::expected<Between, std::string> times_of(const Call& call) {
  Between between;
  for (const auto& [name, said, time] :
       {std::tuple("modified_after", "Modified after", &between.after),
        std::tuple("modified_before", "Modified before", &between.before)}) {
    const std::string text = call.query_value(name);
    if (text.empty()) continue;
    // Without a zone, as the page's own example has it, it is UTC's.
    *time = base::parse_iso8601(text);
    if (!*time) *time = base::parse_iso8601(text + "Z");
    if (!*time) return std::unexpected(std::string(said) + " time is invalid.");
  }
  if (between.after && between.before && *between.before < *between.after) {
    return std::unexpected(
        "Modified after time must be earlier than or the same as modified before time.");
  }
  return between;
}

std::set<std::string> known_tags(const Workspace& workspace) {
  std::set<std::string> tags;
  for (const auto& [name, tag] : workspace.all("tags")) tags.insert(name);
  for (const char* kind : {"campaigns", "canvases", "segments", "cards"}) {
    for (const auto& [id, object] : workspace.all(kind)) {
      for (const json::value& tag : items_in(object, "tags")) {
        if (tag.is_string()) tags.emplace(std::string_view(tag.get_string()));
      }
    }
  }
  return tags;
}

}  // namespace

std::string new_api_id(Call& call) {
  std::array<uint8_t, 10> random{};
  call.world.random.fill(random);
  return base::Id::version7(call.now, random).to_string();
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

std::string block_tag(std::string_view name) {
  return "{{" + std::string(kBlockBegin) + std::string(name) + "}}}";
}

std::vector<std::string> included_blocks(std::string_view text) {
  std::vector<std::string> names;
  for (size_t at = text.find(kBlockBegin); at != text.npos; at = text.find(kBlockBegin, at)) {
    at += kBlockBegin.size();
    names.emplace_back(text.substr(at, text.find('}', at) - at));
  }
  return names;
}

bool is_liquid(std::string_view text) {
  for (size_t at = text.find('{'); at + 1 < text.size() && at != text.npos;
       at = text.find('{', at)) {
    const std::string_view end = text[at + 1] == '{'   ? "}}"
                                 : text[at + 1] == '%' ? "%}"
                                                       : std::string_view();
    if (end.empty()) {
      ++at;
      continue;
    }
    const size_t closed = text.find(end, at + 2);
    const size_t opened = std::min(text.find("{{", at + 2), text.find("{%", at + 2));
    if (closed == text.npos || opened < closed) return false;
    at = closed + 2;
  }
  return true;
}

std::string wrong_with_tags(const json::object& body, const Workspace& workspace) {
  const auto* given = body.if_contains("tags");
  if (given == nullptr || given->is_null()) return "";
  const auto* tags = given->if_array();
  if (tags == nullptr) return "Tags must be an array.";
  if (!std::ranges::all_of(*tags, [](const json::value& tag) { return tag.is_string(); })) {
    return "All Tags must be Strings.";
  }
  if (tags->empty()) return "";
  const auto known = known_tags(workspace);
  const bool all = std::ranges::all_of(
      *tags, [&](const json::value& tag) { return known.contains(std::string(tag.get_string())); });
  return all ? "" : "Some Tags could not be found.";
}

std::expected<std::vector<Found>, std::string> changed_between(const Call& call,
                                                               std::string_view kind,
                                                               const std::string& noun) {
  constexpr int64_t kLimitMax = 1'000;
  const auto between = times_of(call);
  if (!between) return std::unexpected(between.error());
  const auto limit = whole_number(call, "limit", 100);
  if (!limit) return std::unexpected(noun + " number limit is invalid.");
  if (*limit <= 0) return std::unexpected(noun + " number limit must be greater than 0.");
  if (*limit > kLimitMax) return std::unexpected(noun + " number limit exceeds maximum of 1000.");
  const auto offset = whole_number(call, "offset", 0);
  if (!offset) return std::unexpected("Offset is invalid.");
  if (*offset < 0) return std::unexpected("Offset must be greater than 0.");
  std::vector<Found> all;
  for (const auto& [id, object] : call.world.workspace.all(kind)) {
    const auto at = base::parse_iso8601(text_in(object, "updated_at"));
    if (at && between->after && *at < *between->after) continue;
    if (at && between->before && *between->before < *at) continue;
    all.push_back({id, &object});
  }
  std::ranges::stable_sort(all, {},
                           [](const Found& one) { return text_in(*one.object, "created_at"); });
  const auto size = static_cast<int64_t>(all.size());
  const auto from = all.begin() + std::min(*offset, size);
  return std::vector<Found>(from, from + std::min(*limit, all.end() - from));
}

}  // namespace millrace::braze
