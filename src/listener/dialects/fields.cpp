#include "listener/dialects/fields.hpp"

#include <algorithm>
#include <charconv>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/web/web.hpp"

namespace millrace::listener {
namespace {

constexpr int64_t kLateMs = 24LL * 3'600'000;
constexpr int64_t kEarliestMs = 946'684'800'000;  // 2000: nothing that anybody tracks is older
constexpr size_t kNameBytesMax = 500;
constexpr int kLevelsMax = 24;  // less than what is read back may have

std::string_view cut(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

bool says_robot(std::string_view user_agent) {
  const std::string lower = base::to_ascii_lower(user_agent);
  return lower.contains("bot") || lower.contains("crawler") || lower.contains("spider");
}

std::optional<int64_t> digits(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What is missing of it; "" when nothing is.
std::string_view lacks(const people::Event& event) {
  using people::EventKind;
  if (event.anonymous_id.empty() && event.user_id.empty()) {
    return "it says neither who did it (userId) nor from which device (anonymousId)";
  }
  if (event.kind == EventKind::track && event.name.empty()) return "it does not say what was done";
  if (event.kind == EventKind::group && event.group_id.empty())
    return "it does not say which group";
  if (event.kind == EventKind::alias && (event.previous_id.empty() || event.user_id.empty())) {
    return "it does not say both who somebody is and who they were";
  }
  return {};
}

// Text may hold JSON of its own, so an event can be deeper than what was parsed.
bool is_deeper(const json::value& value, int levels) {
  const auto inner = [levels](const json::value& one) { return is_deeper(one, levels - 1); };
  if (value.is_array()) return levels == 0 || std::ranges::any_of(value.get_array(), inner);
  if (!value.is_object()) return false;
  return levels == 0 || std::ranges::any_of(value.get_object(), [&](const auto& member) {
           return inner(member.value());
         });
}

// Two events without an id are two events, though they say the same.
std::string made_id(const json::value& raw, const Batch& batch, const Arrival& arrival) {
  const std::string said = json::serialize(raw) + std::to_string(arrival.received.ms) + "/" +
                           std::to_string(batch.events.size());
  return "made-" + base::to_hex(base::sha256(said).substr(0, 16));
}

}  // namespace

std::string id_of(const json::object& o, std::string_view key) {
  const json::value* found = o.if_contains(key);
  if (!found) return {};
  if (found->is_string()) return std::string(cut(base::trim(found->get_string()), kIdBytesMax));
  if (found->is_number()) return json::to_text(*found);
  return {};
}

std::string text_of(const json::object& o, std::string_view key) {
  return std::string(json::get_string(o, key).value_or(""));
}

std::optional<base::Timestamp> moment_of(const json::object& o, std::string_view key) {
  const json::value* found = o.if_contains(key);
  if (!found) return std::nullopt;
  std::optional<base::Timestamp> at;
  if (found->is_string()) {
    const std::string_view text = found->get_string();
    if (const auto ms = digits(text)) {
      at = base::Timestamp{*ms};
    } else {
      at = base::parse_iso8601(text);
    }
  } else if (found->is_int64()) {
    at = base::Timestamp{found->get_int64()};
  } else if (found->is_double() && std::abs(found->get_double()) < 1e15) {
    at = base::Timestamp{static_cast<int64_t>(found->get_double())};
  }
  return at;
}

void set_times(people::Event& event, const Arrival& arrival,
               std::optional<base::Timestamp> happened, std::optional<base::Timestamp> sent) {
  event.received = arrival.received;
  event.at = arrival.received;
  // What nobody's clock shows would overflow below, and says nothing.
  const auto is_sane = [](const std::optional<base::Timestamp>& at) {
    return at && at->ms >= kEarliestMs && at->ms < 2 * (int64_t{1} << 42);
  };
  if (!is_sane(happened)) return;
  const int64_t ago_ms =
      is_sane(sent) ? sent->ms - happened->ms : arrival.received.ms - happened->ms;
  event.at.ms = std::max(arrival.received.ms - std::max<int64_t>(ago_ms, 0), kEarliestMs);
  event.at.ms = std::min(event.at.ms, arrival.received.ms);
  event.is_late = arrival.received.ms - event.at.ms > kLateMs;
}

std::string kept_address(std::string_view address, Addresses kept) {
  if (kept == Addresses::keep) return std::string(cut(address, kIdBytesMax));
  if (kept == Addresses::drop) return {};
  if (const size_t dot = address.rfind('.'); dot != address.npos && !address.contains(':')) {
    return std::string(address.substr(0, dot)) + ".0";
  }
  // The first three groups of an IPv6 address at most: a /48.
  if (!address.contains(':')) return {};
  const auto groups = base::split(address.substr(0, address.find("::")), ':');
  std::string network;
  for (size_t i = 0; i < groups.size() && i < 3; ++i) {
    if (!groups[i].empty()) network += (network.empty() ? "" : ":") + std::string(groups[i]);
  }
  return network.empty() ? network : network + "::";
}

std::string_view search_of(std::string_view url) {
  const std::string_view before = url.substr(0, url.find('#'));
  const size_t mark = before.find('?');
  return mark == before.npos ? std::string_view() : before.substr(mark);
}

void read_campaign(people::Event& event, std::string_view search) {
  static constexpr std::string_view kClicks[] = {"gclid", "fbclid", "msclkid", "ttclid"};
  if (!event.campaign.empty() || search.empty()) return;
  if (search.starts_with('?')) search.remove_prefix(1);
  for (const std::string_view pair : base::split(search, '&')) {
    const std::string_view key = pair.substr(0, pair.find('='));
    const bool is_of_campaign =
        key.starts_with("utm_") || std::ranges::find(kClicks, key) != std::end(kClicks);
    if (!is_of_campaign || key.size() == pair.size() || event.campaign.size() >= 20) continue;
    const std::string value = web::percent_decode(pair.substr(key.size() + 1), true);
    if (base::is_valid_utf8(value)) {
      event.campaign.emplace(cut(key, 50), cut(value, kIdBytesMax));
    }
  }
}

base::Result<Batch> read_calls(const json::array& calls, const ReadCall& read) {
  if (calls.size() > kEventsMax) {
    return base::fail(base::Code::invalid_argument,
                      "a request has at most " + std::to_string(kEventsMax) + " events");
  }
  Batch batch;
  batch.events.reserve(calls.size());
  for (const json::value& call : calls) read(call, batch);
  return batch;
}

void refuse(const json::value& raw, std::string message_id, std::string reason, Batch& batch) {
  batch.refused.push_back({std::move(message_id), std::move(reason), raw});
}

void finish(people::Event event, const json::value& raw, Batch& batch, const Arrival& arrival) {
  if (const std::string_view missing = lacks(event); !missing.empty()) {
    return refuse(raw, std::move(event.message_id), std::string(missing), batch);
  }
  if (json::serialize(raw).size() > kEventBytesMax) {
    return refuse(raw, std::move(event.message_id),
                  "it is longer than " + std::to_string(kEventBytesMax) + " bytes", batch);
  }
  if (is_deeper(event.properties, kLevelsMax) || is_deeper(event.traits, kLevelsMax) ||
      is_deeper(event.traits_once, kLevelsMax)) {
    return refuse(raw, std::move(event.message_id), "it is nested too deeply", batch);
  }
  event.source = arrival.source.name;
  event.name = std::string(cut(event.name, kNameBytesMax));
  if (event.message_id.empty()) event.message_id = made_id(raw, batch, arrival);
  if (event.user_agent.empty()) event.user_agent = std::string(cut(arrival.user_agent, 500));
  event.address = kept_address(event.address.empty() ? arrival.address : event.address,
                               arrival.source.addresses);
  event.is_bot = says_robot(event.user_agent);
  if (event.page && event.page->search.empty()) {
    event.page->search = std::string(search_of(event.page->url));
  }
  if (event.page) read_campaign(event, event.page->search);
  batch.events.push_back(std::move(event));
}

}  // namespace millrace::listener
