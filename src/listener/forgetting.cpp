#include "listener/forgetting.hpp"

#include <algorithm>

#include "listener/event_log.hpp"

namespace millrace::listener {
namespace {

bool names(const json::value& value, const Forgetting::Ids& ids) {
  if (value.is_string()) return ids.contains(std::string_view(value.get_string()));
  if (value.is_array()) {
    return std::ranges::any_of(value.get_array(),
                               [&](const json::value& one) { return names(one, ids); });
  }
  return value.is_object() && std::ranges::any_of(value.get_object(), [&](const auto& member) {
           return names(member.value(), ids);
         });
}

// What somebody sent: an event, or what it was before it was refused.
base::Result<json::value> said_in(const LoggedLine& line) {
  if (line.is_event) return json::parse(line.json);
  auto kept = read_quarantined(line.json);
  if (!kept) return std::unexpected(std::move(kept.error()));
  return std::move(kept->raw);
}

std::string_view device_of(const json::value& said) {
  if (!said.is_object()) return {};
  const auto kept = json::get_string(said.get_object(), "anonymous_id");
  return kept ? *kept : json::get_string(said.get_object(), "anonymousId").value_or("");
}

}  // namespace

base::Result<void> Forgetting::learn(std::string_view record) {
  const auto read = read_record(record);
  if (!read) return std::unexpected(read.error());
  for (const LoggedLine& line : read->lines) {
    if (!line.is_event) continue;
    const auto event = json::parse_object(line.json);
    if (!event) return std::unexpected(event.error());
    const auto device = json::get_string(*event, "anonymous_id");
    const auto user = json::get_string(*event, "user_id");
    if (device && user) (ids_.contains(*user) ? devices_ : shared_).emplace(*device);
  }
  return {};
}

base::Result<std::string> Forgetting::without(std::string_view record) {
  const auto read = read_record(record);
  if (!read) return std::unexpected(read.error());
  std::string out(record.substr(0, record.find('\n') + 1));
  for (const LoggedLine& line : read->lines) {
    const auto said = said_in(line);
    if (!said) return std::unexpected(said.error());
    const std::string_view device = device_of(*said);
    if (names(*said, ids_) || (devices_.contains(device) && !shared_.contains(device))) {
      ++removed_;
      continue;
    }
    append_line(out, line);
  }
  return out;
}

}  // namespace millrace::listener
