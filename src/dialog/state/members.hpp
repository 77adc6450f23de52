// The members of a stored object, read strictly: what is needed and missing, or is of another type,
// is a loss, and the first one is said at the end. For the files that read stored JSON alone.
#pragma once

#include "base/enum_names.hpp"
#include "base/json.hpp"

namespace millrace::dialog {

class Members {
 public:
  // `what` the object is, for the sentence: "state", "timer".
  Members(const json::object& object, std::string_view what) : object_(object), what_(what) {}

  enum class Need { needed, may_lack };

  std::string text(std::string_view name, Need need = Need::may_lack) {
    const json::value* found = find(name, need);
    if (found == nullptr) return {};
    if (found->is_string()) return std::string(found->get_string());
    wrong(name, "is not a text");
    return {};
  }
  int64_t integer(std::string_view name, Need need = Need::may_lack) {
    const json::value* found = find(name, need);
    if (found == nullptr) return 0;
    const auto number = json::get_integer(object_, name);
    if (!number) wrong(name, "is not a whole number");
    return number.value_or(0);
  }
  int small(std::string_view name, Need need = Need::may_lack) {
    const int64_t number = integer(name, need);
    if (number >= INT32_MIN && number <= INT32_MAX) return static_cast<int>(number);
    wrong(name, "is out of range");
    return 0;
  }
  std::optional<double> number(std::string_view name) {
    const json::value* found = find(name, Need::may_lack);
    if (found == nullptr) return std::nullopt;
    if (found->is_number()) return found->to_number<double>();
    wrong(name, "is not a number");
    return std::nullopt;
  }
  bool flag(std::string_view name) {
    const json::value* found = find(name, Need::may_lack);
    if (found == nullptr) return false;
    if (found->is_bool()) return found->get_bool();
    wrong(name, "is neither true nor false");
    return false;
  }
  // nullptr when it is not there, or is something else.
  const json::object* object(std::string_view name, Need need = Need::may_lack) {
    const json::value* found = find(name, need);
    if (found == nullptr) return nullptr;
    if (const auto* object = found->if_object()) return object;
    wrong(name, "is not an object");
    return nullptr;
  }
  const json::array* array(std::string_view name) {
    const json::value* found = find(name, Need::may_lack);
    if (found == nullptr) return nullptr;
    if (const auto* array = found->if_array()) return array;
    wrong(name, "is not a list");
    return nullptr;
  }
  // Calls `each` with every item, which all have to be objects.
  template <typename F>
  void objects(std::string_view name, F each) {
    const json::array* items = array(name);
    if (items == nullptr) return;
    for (const json::value& item : *items) {
      if (const auto* object = item.if_object()) {
        each(*object);
      } else {
        wrong(name, "has what is not an object");
      }
    }
  }
  // The enumerator of a word that has to be there.
  template <typename E, size_t N>
  E one_of(std::string_view name, const base::EnumNames<E, N>& names) {
    const std::string word = text(name, Need::needed);
    if (wrong_) return E{};
    auto found = names.read(word);
    if (found) return *found;
    wrong_ = std::move(found.error());
    return E{};
  }
  // Takes over what another reader of a part found wrong.
  void also(const Members& part) {
    if (!wrong_) wrong_ = part.wrong_;
  }
  void wrong(std::string_view name, std::string_view how) {
    if (wrong_) return;
    wrong_ = base::Error{
        base::Code::data_loss,
        "'" + std::string(name) + "' of the " + std::string(what_) + " " + std::string(how),
        {}};
  }

  // What was wrong first.
  base::Result<void> done() const {
    if (wrong_) return std::unexpected(*wrong_);
    return {};
  }

 private:
  const json::value* find(std::string_view name, Need need) {
    const json::value* found = object_.if_contains(name);
    if (found == nullptr && need == Need::needed) wrong(name, "is missing");
    return found;
  }

  const json::object& object_;
  std::string_view what_;
  std::optional<base::Error> wrong_;
};

}  // namespace millrace::dialog
