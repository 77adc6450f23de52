#include "app/commands/listing.hpp"

#include <algorithm>
#include <iostream>

#include "base/json_plain.hpp"
#include "base/text.hpp"

namespace millrace::app {
namespace {

std::string shown(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_string()) return value.get_string().empty() ? "-" : std::string(value.get_string());
  if (!value.is_array()) return json::serialize_plain(value);
  std::string out;
  for (const json::value& each : value.get_array()) out += (out.empty() ? "" : ", ") + shown(each);
  return out.empty() ? "-" : out;
}

std::string heading(const std::string& column) {
  std::string out;
  for (const char c : column) {
    out += c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

}  // namespace

std::string Listing::as_table() const {
  if (rows_.empty()) return {};
  std::vector<std::vector<std::string>> lines(1);
  for (const std::string& column : columns_) lines.front().push_back(heading(column));
  for (const auto& row : rows_) {
    auto& line = lines.emplace_back();
    for (const json::value& value : row) line.push_back(shown(value));
  }
  std::vector<size_t> widths(columns_.size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], base::utf8_length(line[i]));
    }
  }
  std::string out;
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      out += line[i];
      const bool is_last = i + 1 == line.size();
      if (!is_last) out.append(widths[i] - base::utf8_length(line[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

json::array Listing::as_json() const {
  json::array all;
  for (const auto& row : rows_) {
    json::object object;
    for (size_t i = 0; i < columns_.size(); ++i) object[columns_[i]] = row[i];
    all.push_back(std::move(object));
  }
  return all;
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

void Listing::print(bool as_json) const {
  if (as_json) return print_json(this->as_json());
  std::cout << as_table();
}

void print_done(bool as_json, const json::object& done, std::string_view words) {
  if (as_json) return print_json(done);
  std::cout << words;
}

void print_json(const json::value& value) {
  std::cout << json::serialize_plain(value) << "\n";
}

}  // namespace millrace::app
