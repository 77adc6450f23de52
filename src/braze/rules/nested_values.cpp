#include "braze/rules/nested_values.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kKeyLengthMax = 255;
constexpr int kYearMax = 3'000;

bool is_sound_time(const json::value& value) {
  if (!value.is_string()) return false;
  const auto at = base::parse_iso8601(std::string_view(value.get_string()));
  return at && base::utc_date(*at).year <= kYearMax;
}

bool is_sound_key(std::string_view key) {
  return !key.empty() && key.find_first_of(" .$") == key.npos &&
         base::utf8_length(key) <= kKeyLengthMax;
}

bool is_sound(const json::value& value) {
  if (value.is_null()) return false;
  if (const auto* array = value.if_array()) return std::ranges::all_of(*array, is_sound);
  const auto* object = value.if_object();
  if (object == nullptr) return true;
  return std::ranges::all_of(*object, [](const auto& member) {
    return member.key() == "$time" ? is_sound_time(member.value())
                                   : is_sound_key(member.key()) && is_sound(member.value());
  });
}

// The list behind an operator, each of them an object; nullptr when it is anything else.
const json::array* objects_behind(const json::object& edit, std::string_view operation) {
  const auto* items = json::get_array(edit, operation);
  const bool good = items != nullptr && std::ranges::all_of(*items, [](const json::value& item) {
                      return item.is_object();
                    });
  return good ? items : nullptr;
}

bool matches(const json::value& element, const json::object& selector) {
  const auto key = json::get_string(selector, "$identifier_key");
  const auto* wanted = selector.if_contains("$identifier_value");
  const auto* object = element.if_object();
  if (!key || wanted == nullptr || object == nullptr) return false;
  const auto* value = object->if_contains(*key);
  return value != nullptr && *value == *wanted;
}

void update(json::array& elements, const json::object& item, bool merges_objects) {
  const auto* fresh = json::get_object(item, "$new_object");
  for (json::value& element : elements) {
    if (!matches(element, item)) continue;
    if (merges_objects) {
      merge_into(element.get_object(), *fresh);
    } else {
      element = *fresh;
    }
  }
}

}  // namespace

bool is_sound_nested(const json::value& value) {
  return is_sound(value) && json::serialize(value).size() <= kNestedBytesMax;
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

bool is_array_edit(const json::object& given) {
  return !given.empty() && std::ranges::all_of(given, [](const auto& member) {
    return member.key() == "$add" || member.key() == "$remove" || member.key() == "$update";
  });
}

std::optional<json::value> edited_array(const json::value& old, const json::object& edit,
                                        bool merges_objects) {
  if (!old.is_null() && !old.is_array()) return std::nullopt;
  if (json::serialize(edit).size() > kNestedBytesMax) return std::nullopt;
  json::array elements = old.is_array() ? old.get_array() : json::array();
  if (edit.contains("$add")) {
    const auto* added = objects_behind(edit, "$add");
    if (added == nullptr || !std::ranges::all_of(*added, is_sound)) return std::nullopt;
    elements.insert(elements.end(), added->begin(), added->end());
  }
  if (edit.contains("$remove")) {
    const auto* removed = objects_behind(edit, "$remove");
    if (removed == nullptr) return std::nullopt;
    for (const json::value& item : *removed) {
      const auto gone = [&](const json::value& element) {
        return matches(element, item.get_object());
      };
      elements.erase(std::remove_if(elements.begin(), elements.end(), gone), elements.end());
    }
  }
  if (edit.contains("$update")) {
    const auto* updated = objects_behind(edit, "$update");
    if (updated == nullptr) return std::nullopt;
    for (const json::value& item : *updated) {
      const auto* fresh = item.get_object().if_contains("$new_object");
      if (fresh == nullptr || !fresh->is_object() || !is_sound(*fresh)) return std::nullopt;
      update(elements, item.get_object(), merges_objects);
    }
  }
  if (old.is_null() && !edit.contains("$add")) return json::value();
  json::value result(std::move(elements));
  if (json::serialize(result).size() > kNestedBytesMax) return std::nullopt;
  return result;
}

}  // namespace millrace::braze
