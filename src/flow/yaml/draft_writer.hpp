// A node of a YAML flow written out of its typed model. For the files of this room only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/language/reading.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {

// The entry of `nodes` that is read as this piece, which has no errors: every key that says
// something, in the order of the table of keys, whichever way its author wrote it.
std::string entry_from_model(const Piece& piece);

// Its parts, as keys that stand at `indent`: what is shown to choose from or to use, and what is
// asked for.
std::string asset_from_model(const Draft& draft, size_t indent);
std::string ask_from_model(const Draft& draft, size_t indent);

// Keys and values, each on a line of its own.
class DraftLines {
 protected:
  explicit DraftLines(size_t indent) : indent_(indent) {}

  void line(std::string_view key, const std::string& value) {
    out_ += std::string(indent_, ' ') + std::string(key) + ": " + value + "\n";
  }
  void item(const std::string& value) {
    out_ += std::string(indent_ + 2, ' ') + "- " + value + "\n";
  }
  void head(std::string_view key) { out_ += std::string(indent_, ' ') + std::string(key) + ":\n"; }
  std::string scalar(const Text& text) const { return yaml_scalar(text.value, indent_); }
  void text(std::string_view key, const Text& text) {
    if (text.given()) line(key, scalar(text));
  }

  void texts(std::string_view key, const std::vector<Text>& all) {
    if (all.size() == 1) return line(key, scalar(all.front()));
    head(key);
    for (const Text& each : all) item(yaml_scalar(each.value, indent_ + 2));
  }
  static std::string inlined(const std::vector<Text>& all) {
    std::string items;
    for (const Text& each : all) items += (items.empty() ? "" : ", ") + yaml_inline(each.value);
    return "[" + items + "]";
  }

  const size_t indent_;
  std::string out_;
};

// As a duration is written: "90s", "5m", "2h".
std::string duration_in_yaml(int64_t ms);

}  // namespace millrace::flow
