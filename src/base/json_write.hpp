// JSON written straight onto the end of a text, without making values of it first; byte for byte
// what json::serialize gives. For what is written in every turn. Pure.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace millrace::json {

void append(std::string& out, const value& v);
void append(std::string& out, const object& o);
void append(std::string& out, const array& a);
// In quotes, escaped.
void append_text(std::string& out, std::string_view text);
template <std::integral Number>
void append_integer(std::string& out, Number number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// The members of an object, in the order in which they are written. Whoever makes one writes the
// braces around them.
class MembersText {
 public:
  explicit MembersText(std::string& out) : out_(out) {}

  // Begins a member; its value is to be written onto what is returned.
  std::string& named(std::string_view name) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    append_text(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view text) { append_text(named(name), text); }
  void flag(std::string_view name, bool flag) { named(name) += flag ? "true" : "false"; }
  template <std::integral Number>
  void integer(std::string_view name, Number number) {
    append_integer(named(name), number);
  }
  template <typename Value>
  void put(std::string_view name, const Value& value) {
    append(named(name), value);
  }
  // `write(MembersText&)` writes the members of the object.
  template <typename Write>
  void object(std::string_view name, Write write) {
    named(name) += '{';
    MembersText members(out_);
    write(members);
    out_ += '}';
  }
  // A list of objects, one for each item: `write(MembersText&, item)` writes its members.
  template <typename Items, typename Write>
  void objects(std::string_view name, const Items& items, Write write) {
    named(name) += '[';
    bool is_first = true;
    for (const auto& item : items) {
      out_ += is_first ? "{" : ",{";
      is_first = false;
      MembersText members(out_);
      write(members, item);
      out_ += '}';
    }
    out_ += ']';
  }

 private:
  std::string& out_;
  bool is_first_ = true;
};

}  // namespace millrace::json
