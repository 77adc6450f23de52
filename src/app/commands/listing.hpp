// What a command lists: a table with a header for people, an array of objects for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace millrace::app {

class Listing {
 public:
  // The columns by the names that JSON has: "last_at" is headed LAST AT.
  explicit Listing(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  // A value for each column, or null where there is none.
  void add(json::array row) { rows_.push_back(std::move(row)); }
  size_t size() const { return rows_.size(); }

  // "" where nothing is listed; "-" stands for nothing, "yes" and "no" for what is true or not.
  std::string as_table() const;
  json::array as_json() const;

  // On standard output.
  void print(bool as_json) const;

 private:
  std::vector<std::string> columns_;
  std::vector<json::array> rows_;
};

// Null where there is no text.
json::value or_null(const std::string& text);

// The help of --json where a command gives one.
inline constexpr const char* kOneJsonObject = "Print one JSON object";
// What a command did: an object for programs, or `words` for people, which end their own lines.
void print_done(bool as_json, const json::object& done, std::string_view words);

// An object, or whatever else a command has to say, on a line of standard output.
void print_json(const json::value& value);

}  // namespace millrace::app
