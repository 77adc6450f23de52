// The reserved fields of a profile (reference: users-track.md 6.1).
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"
#include "braze/rules/attributes.hpp"
#include "braze/rules/time_zones.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kTextLengthMax = 255;
constexpr size_t kListedMax = 100;  // push tokens or subscription groups of one profile

// What a field takes. `text` is any text, cut at 255 characters.
enum class Kind {
  boolean,
  country,
  date,
  email,
  gender,
  gone,
  language,
  location,
  moment,
  phone,
  push_tokens,
  social,
  subscription,
  subscription_groups,
  text,
  time_zone,
};

struct Field {
  std::string_view name;
  Kind kind;
};

constexpr Field kFields[] = {{"bio", Kind::gone},
                             {"country", Kind::country},
                             {"current_location", Kind::location},
                             {"date_of_first_session", Kind::moment},
                             {"date_of_last_session", Kind::moment},
                             {"dob", Kind::date},
                             {"email", Kind::email},
                             {"email_click_tracking_disabled", Kind::boolean},
                             {"email_open_tracking_disabled", Kind::boolean},
                             {"email_subscribe", Kind::subscription},
                             {"facebook", Kind::social},
                             {"first_name", Kind::text},
                             {"gender", Kind::gender},
                             {"home_city", Kind::text},
                             {"image_url", Kind::text},
                             {"language", Kind::language},
                             {"last_name", Kind::text},
                             {"marked_email_as_spam_at", Kind::moment},
                             {"phone", Kind::phone},
                             {"push_subscribe", Kind::subscription},
                             {"push_tokens", Kind::push_tokens},
                             {"subscription_groups", Kind::subscription_groups},
                             {"time_zone", Kind::time_zone},
                             {"twitter", Kind::social}};

using Kept = std::optional<json::value>;

Kept keep_if(bool good, const json::value& given) {
  return good ? Kept(given) : std::nullopt;
}

bool one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, value) != allowed.end();
}

// "AU" for "au", for "AUS" and for "Australia"; null when it is no country.
json::value country_of(std::string_view text) {
  const std::string_view wanted = base::trim(text);
  for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
    if (base::equals_ignoring_case(*code, wanted)) return *code;
  }
  if (wanted.size() == 2) return nullptr;
  for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
    const icu::Locale country("", *code);
    if (base::equals_ignoring_case(country.getISO3Country(), wanted)) return *code;
    icu::UnicodeString name;
    country.getDisplayCountry(icu::Locale::getEnglish(), name);
    std::string shown;
    name.toUTF8String(shown);
    if (base::equals_ignoring_case(shown, wanted)) return *code;
  }
  return nullptr;
}

bool is_language(std::string_view text) {
  if (text.size() != 2) return false;
  for (const char* const* code = icu::Locale::getISOLanguages(); *code != nullptr; ++code) {
    if (base::equals_ignoring_case(*code, text)) return true;
  }
  return false;
}

Kept text_value(Kind kind, std::string_view text) {
  const json::value as_sent(text);
  switch (kind) {
    case Kind::country: return country_of(text);
    case Kind::date: return keep_if(base::parse_iso8601_date(text).has_value(), as_sent);
    case Kind::email: return json::value(base::to_lower(text));
    case Kind::gender: return keep_if(one_of(text, {"M", "F", "O", "N", "P"}), as_sent);
    case Kind::language: return is_language(text) ? Kept(base::to_ascii_lower(text)) : std::nullopt;
    case Kind::moment: return keep_if(base::parse_iso8601(text).has_value(), as_sent);
    case Kind::subscription:
      return keep_if(one_of(text, {"opted_in", "unsubscribed", "subscribed"}), as_sent);
    case Kind::phone:
    case Kind::text: return json::value(base::utf8_prefix(text, kTextLengthMax));
    case Kind::time_zone: return keep_if(is_time_zone(text), as_sent);
    case Kind::boolean:
    case Kind::gone:
    case Kind::location:
    case Kind::push_tokens:
    case Kind::social:
    case Kind::subscription_groups: return std::nullopt;
  }
  return std::nullopt;
}

Kept location_value(const json::object& given) {
  const auto within = [&](const char* key, double bound) {
    const auto* value = given.if_contains(key);
    return value != nullptr && value->is_number() && std::abs(value->to_number<double>()) <= bound;
  };
  if (!within("longitude", 180) || !within("latitude", 90)) return std::nullopt;
  return json::object{{"longitude", given.at("longitude")}, {"latitude", given.at("latitude")}};
}

// What Braze names of a Facebook or Twitter account, where it has a plain type; the rest goes.
Kept social_value(const json::object& given) {
  json::object kept;
  for (const char* key :
       {"id", "screen_name", "num_friends", "followers_count", "friends_count", "statuses_count"}) {
    const auto* value = given.if_contains(key);
    if (value != nullptr && (value->is_string() || value->is_int64())) kept[key] = *value;
  }
  if (const auto* likes = json::get_array(given, "likes")) {
    json::array names;
    for (const json::value& like : *likes) {
      if (like.is_string() && names.size() < kListedMax) names.push_back(like);
    }
    kept["likes"] = std::move(names);
  }
  return keep_if(!kept.empty(), kept);
}

Kept push_tokens_value(const json::array& given) {
  json::array kept;
  for (const json::value& item : given) {
    const auto* token = item.if_object();
    if (token == nullptr || !json::get_string(*token, "app_id") ||
        !json::get_string(*token, "token") || kept.size() == kListedMax) {
      return std::nullopt;
    }
    kept.push_back(item);
  }
  return kept;
}

// Sets the state of each group named and leaves the others as they were.
Kept subscription_groups_value(const json::value& old, const json::array& given) {
  json::array kept = old.is_array() ? old.get_array() : json::array();
  for (const json::value& item : given) {
    const auto* group = item.if_object();
    const auto id =
        group == nullptr ? std::nullopt : json::get_string(*group, "subscription_group_id");
    const auto state = id ? json::get_string(*group, "subscription_state") : std::nullopt;
    if (!state || !one_of(*state, {"subscribed", "unsubscribed"})) return std::nullopt;
    const auto same = std::ranges::find_if(kept, [&](const json::value& other) {
      return other.is_object() &&
             json::get_string(other.get_object(), "subscription_group_id") == id;
    });
    const json::object entry{{"subscription_group_id", *id}, {"subscription_state", *state}};
    if (same != kept.end()) {
      *same = entry;
    } else if (kept.size() < kListedMax) {
      kept.push_back(entry);
    } else {
      return std::nullopt;
    }
  }
  return kept;
}

Kept value_of(Kind kind, const json::value& old, const json::value& given) {
  if (kind == Kind::gone) return std::nullopt;
  if (given.is_null()) return given;
  if (given.is_string()) return text_value(kind, std::string_view(given.get_string()));
  if (kind == Kind::boolean) return keep_if(given.is_bool(), given);
  if (kind == Kind::phone && (given.is_int64() || given.is_uint64())) {
    return json::value(json::to_text(given));
  }
  if (const auto* object = given.if_object()) {
    if (kind == Kind::location) return location_value(*object);
    if (kind == Kind::social) return social_value(*object);
  }
  if (const auto* array = given.if_array()) {
    if (kind == Kind::push_tokens) return push_tokens_value(*array);
    if (kind == Kind::subscription_groups) return subscription_groups_value(old, *array);
  }
  return std::nullopt;
}

const Field* field_named(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &Field::name);
  return found == std::end(kFields) ? nullptr : found;
}

}  // namespace

bool is_reserved_field(std::string_view name) {
  return field_named(name) != nullptr;
}

std::optional<json::value> reserved_value(std::string_view name, const json::value& old,
                                          const json::value& given, Diagnostics& diagnostics) {
  const Field* field = field_named(name);
  if (field == nullptr) return std::nullopt;
  auto kept = value_of(field->kind, old, given);
  if (kept) {
    if (kept->is_null() && !given.is_null()) {
      diagnostics.add("BRZ_COUNTRY_UNKNOWN",
                      "'country' is no country Braze would know; it is stored as null.");
    }
    return kept;
  }
  if (field->kind == Kind::gone) {
    diagnostics.add("BRZ_FIELD_DROPPED",
                    "'bio' is no longer taken by Braze, not even as a custom attribute.");
  } else if (field->kind == Kind::date) {
    diagnostics.add("BRZ_FIELD_DROPPED", "'dob' must be YYYY-MM-DD; the field was left as it was.");
  } else {
    diagnostics.add("BRZ_FIELD_DROPPED", "The value given for " + quoted_name(name) +
                                             " is not one Braze takes; the field was left as it "
                                             "was.");
  }
  return std::nullopt;
}

}  // namespace millrace::braze
