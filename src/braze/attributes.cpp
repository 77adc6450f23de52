#include "braze/attributes.hpp"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kTextLengthMax = 255;
constexpr size_t kObjectBytesMax = 100 << 10;

constexpr std::string_view kReserved[] = {"bio",
                                          "country",
                                          "current_location",
                                          "date_of_first_session",
                                          "date_of_last_session",
                                          "dob",
                                          "email",
                                          "email_click_tracking_disabled",
                                          "email_open_tracking_disabled",
                                          "email_subscribe",
                                          "facebook",
                                          "first_name",
                                          "gender",
                                          "home_city",
                                          "image_url",
                                          "language",
                                          "last_name",
                                          "marked_email_as_spam_at",
                                          "phone",
                                          "push_subscribe",
                                          "push_tokens",
                                          "subscription_groups",
                                          "time_zone",
                                          "twitter"};

bool one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, value) != allowed.end();
}

json::value short_text(std::string_view text) {
  return json::value(base::utf8_prefix(text, kTextLengthMax));
}

// "AU" for "au" and for "Australia"; null when it is no country (users-track.md 6.1).
json::value country_of(std::string_view text) {
  std::string wanted(base::trim(text));
  for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
    icu::UnicodeString name;
    icu::Locale("", *code).getDisplayCountry(icu::Locale::getEnglish(), name);
    std::string shown;
    name.toUTF8String(shown);
    if (base::equals_ignoring_case(*code, wanted) || base::equals_ignoring_case(shown, wanted)) {
      return *code;
    }
  }
  return nullptr;
}

bool is_language(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

std::optional<json::value> reserved_text(std::string_view name, std::string_view text) {
  if (name == "dob") {
    return base::parse_iso8601_date(text) ? std::optional<json::value>(text) : std::nullopt;
  }
  if (name == "email") return json::value(base::to_lower(text));
  if (name == "country") return country_of(text);
  if (name == "language") {
    if (!is_language(text)) return std::nullopt;
    return json::value(base::to_ascii_lower(text));
  }
  if (name == "gender") {
    if (!one_of(text, {"M", "F", "O", "N", "P"})) return std::nullopt;
    return json::value(text);
  }
  if (name == "email_subscribe" || name == "push_subscribe") {
    if (!one_of(text, {"opted_in", "unsubscribed", "subscribed"})) return std::nullopt;
    return json::value(text);
  }
  const bool is_moment = name.starts_with("date_of_") || name == "marked_email_as_spam_at";
  if (is_moment && !base::parse_iso8601(text)) return std::nullopt;
  if (one_of(name,
             {"current_location", "facebook", "twitter", "push_tokens", "subscription_groups"})) {
    return std::nullopt;
  }
  return short_text(text);
}

bool is_set_element(const json::value& value) {
  return value.is_string() || value.is_number();
}

// An array is a set; adding what is there moves it to the end, and the oldest go.
void add_to_set(json::array& set, const json::array& more, size_t length_max) {
  for (const json::value& item : more) {
    if (!is_set_element(item)) continue;
    const json::value kept =
        item.is_string() ? short_text(std::string_view(item.get_string())) : item;
    set.erase(std::remove(set.begin(), set.end(), kept), set.end());
    set.push_back(kept);
  }
  while (set.size() > length_max) set.erase(set.begin());
}

void merge_into(json::object& target, const json::object& more) {
  for (const auto& member : more) {
    auto* old = target.if_contains(member.key());
    const auto* object = member.value().if_object();
    if (old != nullptr && old->is_object() && object != nullptr) {
      merge_into(old->get_object(), *object);
    } else {
      target[member.key()] = member.value();
    }
  }
}

// A bad date or a null anywhere inside drops the whole change (users-track.md 6.2).
bool is_sound_object(const json::object& object) {
  for (const auto& member : object) {
    const std::string_view key = member.key();
    if (key == "$time") {
      const auto text = json::get_string(object, "$time");
      if (!text || !base::parse_iso8601(*text)) return false;
    } else if (key.empty() || key.size() > kTextLengthMax || key.find_first_of(" .$") != key.npos) {
      return false;
    }
    if (member.value().is_null()) return false;
    if (const auto* inner = member.value().if_object(); inner && !is_sound_object(*inner)) {
      return false;
    }
  }
  return true;
}

std::optional<json::value> custom_object(const json::value& old, const json::object& given,
                                         bool merges_objects, const SandboxOptions& options,
                                         Diagnostics& diagnostics) {
  if (given.size() == 1 && given.contains("inc")) {
    const auto by = json::get_integer(given, "inc");
    if (!by || !(old.is_null() || old.is_int64())) return std::nullopt;
    return json::value((old.is_null() ? 0 : old.get_int64()) + *by);
  }
  if (given.size() == 1 && (given.contains("add") || given.contains("remove"))) {
    const auto* change = given.begin()->value().if_array();
    if (change == nullptr || !(old.is_null() || old.is_array())) return std::nullopt;
    json::array set = old.is_array() ? old.get_array() : json::array();
    if (given.contains("add")) {
      add_to_set(set, *change, options.array_length_max);
    } else {
      for (const json::value& item : *change) {
        set.erase(std::remove(set.begin(), set.end(), item), set.end());
      }
    }
    return json::value(std::move(set));
  }
  for (const char* operation : {"$add", "$remove", "$update"}) {
    if (!given.contains(operation)) continue;
    diagnostics.add("BRZ_SANDBOX_UNSUPPORTED",
                    "The sandbox does not apply $add, $remove and $update yet; Braze would.");
    return std::nullopt;
  }
  if (!is_sound_object(given) || json::serialize(given).size() > kObjectBytesMax) {
    diagnostics.add("BRZ_NESTED_DROPPED",
                    "A nested attribute has a bad $time, a null, a bad key or is too large; Braze "
                    "drops such a change silently.");
    return std::nullopt;
  }
  if (!merges_objects || !old.is_object()) return json::value(given);
  json::object merged = old.get_object();
  merge_into(merged, given);
  return json::value(std::move(merged));
}

}  // namespace

bool is_reserved_field(std::string_view name) {
  return std::ranges::find(kReserved, name) != std::end(kReserved);
}

std::optional<json::value> reserved_value(std::string_view name, const json::value& given,
                                          Diagnostics& diagnostics) {
  std::optional<json::value> kept;
  if (given.is_null()) {
    kept = given;
  } else if (given.is_string()) {
    kept = reserved_text(name, std::string_view(given.get_string()));
  } else if (one_of(name, {"email_open_tracking_disabled", "email_click_tracking_disabled"})) {
    if (given.is_bool()) kept = given;
  } else if (one_of(name, {"current_location", "facebook", "twitter"})) {
    if (given.is_object()) kept = given;
  } else if (one_of(name, {"push_tokens", "subscription_groups"})) {
    if (given.is_array()) kept = given;
  } else if (name == "phone" && (given.is_int64() || given.is_uint64())) {
    kept = json::value(json::to_text(given));
  }
  if (name == "bio") kept.reset();  // removed from the API, and no custom attribute either
  if (!kept) {
    diagnostics.add("BRZ_FIELD_DROPPED", "The value given for '" + std::string(name) +
                                             "' is not one Braze takes; the field was left as it "
                                             "was.");
  }
  return kept;
}

std::optional<json::value> custom_value(const json::value& old, const json::value& given,
                                        bool merges_objects, const SandboxOptions& options,
                                        Diagnostics& diagnostics) {
  if (given.is_string()) return short_text(std::string_view(given.get_string()));
  if (const auto* object = given.if_object()) {
    return custom_object(old, *object, merges_objects, options, diagnostics);
  }
  if (const auto* array = given.if_array()) {
    const bool of_objects =
        std::ranges::any_of(*array, [](const json::value& item) { return item.is_object(); });
    if (of_objects) return given;
    json::array set;
    add_to_set(set, *array, options.array_length_max);
    return json::value(std::move(set));
  }
  return given;
}

}  // namespace millrace::braze
