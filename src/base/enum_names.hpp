// The words under which an enum's values are kept and shown: one table for both directions, checked
// where it is compiled. A table with a name too few, too many, empty or twice does not compile, and
// neither does one whose enum has got a further enumerator. Enums without gaps, from 0 on.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::base {

namespace enum_names_detail {

// The compiler writes a value that no enumerator has as a cast: "(E)7".
template <typename E, E value>
consteval bool is_enumerator() {
  constexpr std::string_view kSignature = __PRETTY_FUNCTION__;
  constexpr std::string_view kBefore = "value = ";
  constexpr size_t kAt = kSignature.rfind(kBefore);
  static_assert(kAt != std::string_view::npos);
  return kSignature[kAt + kBefore.size()] != '(';
}

template <size_t N>
consteval bool are_distinct(const std::array<std::string_view, N>& names) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i].empty()) return false;
    for (size_t j = 0; j < i; ++j) {
      if (names[i] == names[j]) return false;
    }
  }
  return true;
}

}  // namespace enum_names_detail

template <typename E, size_t N>
class EnumNames {
  static_assert(enum_names_detail::is_enumerator<E, static_cast<E>(N - 1)>(),
                "more names than enumerators");
  static_assert(!enum_names_detail::is_enumerator<E, static_cast<E>(N)>(),
                "an enumerator has no name");

 public:
  // Use enum_names().
  consteval EnumNames(std::string_view what, std::array<std::string_view, N> names)
      : what_(what), names_(names) {
    if (!enum_names_detail::are_distinct(names)) throw "a name is empty, or stands twice";
  }

  // "" for what is no enumerator.
  constexpr std::string_view operator()(E value) const {
    const auto at = static_cast<size_t>(value);
    return at < N ? names_[at] : std::string_view();
  }
  constexpr std::optional<E> find(std::string_view name) const {
    for (size_t i = 0; i < N; ++i) {
      if (names_[i] == name) return static_cast<E>(i);
    }
    return std::nullopt;
  }
  // data_loss when it is none of the names: what is stored is not understood.
  Result<E> read(std::string_view name) const {
    if (const auto found = find(name)) return *found;
    return fail(Code::data_loss, "unknown " + std::string(what_) + " '" + std::string(name) + "'");
  }
  // The enumerator of that number, for what was stored as one.
  constexpr std::optional<E> numbered(int64_t number) const {
    if (number < 0 || static_cast<uint64_t>(number) >= N) return std::nullopt;
    return static_cast<E>(number);
  }
  static constexpr size_t size() { return N; }
  constexpr const std::array<std::string_view, N>& all() const { return names_; }

 private:
  std::string_view what_;
  std::array<std::string_view, N> names_;
};

// enum_names<Colour>("colour", "red", "green"): the names in the order of the enumerators; what the
// enum is, for the sentence about a word that is not among them.
template <typename E, typename... Names>
consteval EnumNames<E, sizeof...(Names)> enum_names(std::string_view what, Names... names) {
  return {what, {std::string_view(names)...}};
}

}  // namespace millrace::base
