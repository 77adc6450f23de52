// What a custom attribute becomes (reference: users-track.md 6.2).
#include <algorithm>

#include "base/text.hpp"
#include "braze/kept.hpp"
#include "braze/rules/attributes.hpp"
#include "braze/rules/nested_values.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kTextLengthMax = 255;

json::value short_text(const CustomChange& change, std::string_view text,
                       Diagnostics& diagnostics) {
  const std::string_view kept = base::utf8_prefix(text, kTextLengthMax);
  if (kept.size() < text.size()) {
    diagnostics.add("BRZ_TEXT_TRUNCATED",
                    "A text in " + quoted_name(change.name) + " was cut at 255 characters.");
  }
  return json::value(kept);
}

// An array is a set: adding what is there moves it to the end, and the oldest go.
void add_to_set(json::array& set, const json::array& more, const CustomChange& change,
                size_t length_max, Diagnostics& diagnostics) {
  for (const json::value& item : more) {
    if (!item.is_string() && !item.is_number()) {
      diagnostics.add("BRZ_ARRAY_ELEMENT_DROPPED",
                      "An array holds texts and numbers, or objects alone; something else in " +
                          quoted_name(change.name) + " was left out.");
      continue;
    }
    const json::value kept =
        item.is_string() ? short_text(change, std::string_view(item.get_string()), diagnostics)
                         : item;
    set.erase(std::remove(set.begin(), set.end(), kept), set.end());
    set.push_back(kept);
    // At once, not at the end: what stays is the same, and a long list takes no long time.
    if (set.size() > length_max) {
      set.erase(set.begin());
      diagnostics.add("BRZ_ARRAY_TRUNCATED", "The array " + quoted_name(change.name) +
                                                 " is longer than " + std::to_string(length_max) +
                                                 "; the oldest elements went.");
    }
  }
}

std::optional<json::value> incremented(const CustomChange& change, const json::object& given,
                                       Diagnostics& diagnostics) {
  const auto by = json::get_integer(given, "inc");
  int64_t sum = 0;
  const bool whole = change.old.is_null() || change.old.is_int64();
  const int64_t start = change.old.is_int64() ? change.old.get_int64() : 0;
  if (!by || !whole || __builtin_add_overflow(start, *by, &sum)) {
    diagnostics.add("BRZ_INC_IGNORED", "'inc' on " + quoted_name(change.name) +
                                           " was ignored: both must be whole numbers.");
    return std::nullopt;
  }
  return json::value(sum);
}

std::optional<json::value> edited_set(const CustomChange& change, const json::object& given,
                                      size_t length_max, Diagnostics& diagnostics) {
  const auto* added = json::get_array(given, "add");
  const auto* removed = json::get_array(given, "remove");
  const bool lists = (added != nullptr) == given.contains("add") &&
                     (removed != nullptr) == given.contains("remove");
  if (!lists || !(change.old.is_null() || change.old.is_array())) {
    diagnostics.add("BRZ_ARRAY_EDIT_IGNORED",
                    "'add' and 'remove' on " + quoted_name(change.name) +
                        " were ignored: they take arrays, and change an array.");
    return std::nullopt;
  }
  if (change.old.is_null() && added == nullptr) return json::value();
  json::array set = change.old.is_array() ? change.old.get_array() : json::array();
  if (added != nullptr) add_to_set(set, *added, change, length_max, diagnostics);
  if (removed != nullptr) {
    for (const json::value& item : *removed) {
      set.erase(std::remove(set.begin(), set.end(), item), set.end());
    }
  }
  return json::value(std::move(set));
}

bool has_only(const json::object& given, std::initializer_list<std::string_view> keys) {
  return !given.empty() && std::ranges::all_of(given, [&](const auto& member) {
    return std::ranges::find(keys, std::string_view(member.key())) != keys.end();
  });
}

std::nullopt_t dropped(const CustomChange& change, Diagnostics& diagnostics) {
  diagnostics.add("BRZ_NESTED_DROPPED",
                  "The change to " + quoted_name(change.name) +
                      " has a bad $time, a null, a bad key, a wrong shape or over 100 KB inside; "
                      "Braze drops such a change silently.");
  return std::nullopt;
}

std::optional<json::value> object_value(const CustomChange& change, const json::object& given,
                                        const SandboxOptions& options, Diagnostics& diagnostics) {
  if (has_only(given, {"inc"})) return incremented(change, given, diagnostics);
  if (has_only(given, {"add", "remove"})) {
    return edited_set(change, given, options.array_length_max, diagnostics);
  }
  if (is_array_edit(given)) {
    auto edited = edited_array(change.old, given, change.merges_objects);
    return edited ? edited : dropped(change, diagnostics);
  }
  if (!is_sound_nested(given)) return dropped(change, diagnostics);
  if (!change.merges_objects || !change.old.is_object()) return json::value(given);
  json::object merged = change.old.get_object();
  merge_into(merged, given);
  if (json::serialize(merged).size() > kNestedBytesMax) return dropped(change, diagnostics);
  return json::value(std::move(merged));
}

}  // namespace

std::optional<json::value> custom_value(const CustomChange& change, const SandboxOptions& options,
                                        Diagnostics& diagnostics) {
  const json::value& given = change.given;
  if (!is_finite(given)) {
    diagnostics.add("BRZ_NUMBER_TOO_LARGE", "The value of ", change.name,
                    " holds a number beyond what a double can be; it was left as it was.");
    return std::nullopt;
  }
  if (given.is_string()) {
    return short_text(change, std::string_view(given.get_string()), diagnostics);
  }
  if (const auto* object = given.if_object()) {
    return object_value(change, *object, options, diagnostics);
  }
  if (const auto* array = given.if_array()) {
    const bool of_objects = !array->empty() && std::ranges::all_of(*array, [](const auto& item) {
      return item.is_object();
    });
    if (of_objects)
      return is_sound_nested(given) ? std::optional(given) : dropped(change, diagnostics);
    json::array set;
    add_to_set(set, *array, change, options.array_length_max, diagnostics);
    return json::value(std::move(set));
  }
  return given;
}

}  // namespace millrace::braze
