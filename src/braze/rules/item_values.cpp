#include "braze/rules/item_values.hpp"

#include <unicode/ucurr.h>
#include <unicode/uenum.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/text.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kTextLengthMax = 255;
constexpr size_t kPropertiesMax = 256;
constexpr int64_t kQuantityMax = 100;

// ISO 8601, or "yyyy-MM-dd'T'HH:mm:ss:SSSZ", whose last colon stands before the milliseconds.
std::optional<base::Timestamp> parse_moment(std::string_view text) {
  if (const auto at = base::parse_iso8601(text)) return at;
  constexpr size_t kColonAt = std::string_view("2026-01-02T03:04:05").size();
  if (text.size() <= kColonAt || text[kColonAt] != ':') return std::nullopt;
  std::string with_point(text);
  with_point[kColonAt] = '.';
  return base::parse_iso8601(with_point);
}

bool is_property_key(std::string_view key) {
  return !key.empty() && !key.starts_with('$') && key != "time" && key != "event_name" &&
         base::utf8_length(key) <= kTextLengthMax;
}

// Whether it is kept just as it came: a short text, a number a double holds, a boolean.
bool is_plain_property(const json::value& value) {
  if (value.is_string()) return value.get_string().size() <= kTextLengthMax;
  return value.is_bool() || (value.is_number() && is_finite(value));
}

// The value as it is kept; nullopt when the property is left out.
std::optional<json::value> property_value(std::string_view key, const json::value& given,
                                          Diagnostics& diagnostics) {
  if (given.is_null()) return std::nullopt;
  if (!is_finite(given)) {
    diagnostics.add("BRZ_NUMBER_TOO_LARGE", "The property ", key,
                    " holds a number beyond what a double can be; it was left out.");
    return std::nullopt;
  }
  if (given.is_string()) {
    const std::string_view text(given.get_string());
    const std::string_view kept = base::utf8_prefix(text, kTextLengthMax);
    if (kept.size() < text.size()) {
      diagnostics.add("BRZ_TEXT_TRUNCATED",
                      "The property " + quoted_name(key) + " was cut at 255 characters.");
    }
    return json::value(kept);
  }
  const auto* object = given.if_object();
  if (object != nullptr && object->contains("$time")) {
    const auto text = json::get_string(*object, "$time");
    if (!text || !parse_moment(*text)) {
      diagnostics.add("BRZ_PROPERTY_DROPPED", "The property " + quoted_name(key) +
                                                  " has a $time that is no ISO 8601 time; it was "
                                                  "left out.");
      return std::nullopt;
    }
  }
  return given;
}

// The codes of all that have ever been money, sorted.
const std::vector<std::string>& currencies() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> codes;
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration* known = ucurr_openISOCurrencies(UCURR_ALL, &status);
    while (U_SUCCESS(status)) {
      const char* code = uenum_next(known, nullptr, &status);
      if (code == nullptr) break;
      codes.emplace_back(code);
    }
    uenum_close(known);
    std::ranges::sort(codes);
    return codes;
  }();
  return all;
}

}  // namespace

std::optional<std::string> text_or_integer(const json::object& item, std::string_view key) {
  const auto* given = item.if_contains(key);
  if (given == nullptr) return std::nullopt;
  if (given->is_int64() || given->is_uint64()) return json::to_text(*given);
  if (!given->is_string() || given->get_string().empty()) return std::nullopt;
  // A NUL parts the halves of our own look-up keys.
  if (given->get_string().find('\0') != std::string_view::npos) return std::nullopt;
  return json::to_text(*given);
}

Complaint read_time(const json::object& item, base::Timestamp now, base::Timestamp& at,
                    Diagnostics& diagnostics) {
  const auto* given = item.if_contains("time");
  if (given == nullptr || given->is_null()) return "'time' is required";
  const auto text = json::get_string(item, "time");
  const auto parsed = text ? parse_moment(*text) : std::nullopt;
  if (!parsed) {
    diagnostics.add("BRZ_TIME_NOT_ISO8601",
                    "'time' must be ISO 8601, for example 2026-01-02T03:04:05Z. In Python: "
                    "datetime.now(timezone.utc).isoformat().");
    return "'time' is not valid";
  }
  if (*parsed > now) {
    diagnostics.add("BRZ_TIME_IN_FUTURE", "A time in the future is stored as now.");
  }
  at = std::min(*parsed, now);
  return std::nullopt;
}

Complaint read_properties(json::object& item, const SandboxOptions& options,
                          std::optional<json::object>& properties, Diagnostics& diagnostics) {
  auto* given = item.if_contains("properties");
  if (given == nullptr || given->is_null()) return std::nullopt;
  auto* object = given->if_object();
  if (object == nullptr) return "'properties' is not valid";
  if (!std::ranges::all_of(*object, is_property_key,
                           [](const auto& member) { return std::string_view(member.key()); })) {
    diagnostics.add("BRZ_PROPERTY_KEY",
                    "A property's key may not be empty, begin with $, or be time or event_name.");
    return "'properties' is not valid";
  }
  if (bytes_at_most(*given) > options.properties_bytes_max &&
      json::serialize(*object).size() > options.properties_bytes_max) {
    return "'properties' is too large";
  }
  const bool is_plain =
      object->size() <= kPropertiesMax && std::ranges::all_of(*object, [](const auto& member) {
        return is_plain_property(member.value());
      });
  if (is_plain) {
    properties.emplace(std::move(*object));
    return std::nullopt;
  }
  properties.emplace();
  for (const auto& member : *object) {
    if (properties->size() == kPropertiesMax) {
      diagnostics.add("BRZ_PROPERTIES_TRUNCATED", "Only the first 256 properties are kept.");
      break;
    }
    if (auto kept = property_value(member.key(), member.value(), diagnostics)) {
      properties->emplace(member.key(), std::move(*kept));
    }
  }
  return std::nullopt;
}

bool is_currency(std::string_view text) {
  const bool letters = std::ranges::all_of(
      text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
  if (text.size() != 3 || !letters) return false;
  std::array<char, 3> code{};
  std::ranges::transform(text, code.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
  return std::ranges::binary_search(currencies(), std::string_view(code.data(), code.size()));
}

Complaint read_currency(const json::object& item, std::string& currency) {
  const auto given = json::get_string(item, "currency");
  if (!given || given->empty()) return "'currency' is required";
  if (!is_currency(*given)) return "'currency' is not valid";
  currency = *given;
  for (char& c : currency) c = static_cast<char>(c & ~0x20);
  return std::nullopt;
}

Complaint read_price(const json::object& item, double& price) {
  const auto* given = item.if_contains("price");
  if (given == nullptr || given->is_null()) return "'price' is required";
  if (!given->is_number()) return "'price' is not valid";
  price = given->to_number<double>();
  if (!std::isfinite(price)) return "'price' is not valid";
  return std::nullopt;
}

Complaint read_quantity(const json::object& item, int64_t& quantity) {
  if (!item.contains("quantity")) return std::nullopt;
  quantity = json::get_integer(item, "quantity").value_or(0);
  if (quantity < 1 || quantity > kQuantityMax) return "'quantity' is not valid";
  return std::nullopt;
}

}  // namespace millrace::braze
