// Random edits of a solution's files, as somebody makes them who types: texts, jumps, variables,
// names, nodes that come and go, broken syntax, and back again. The same for the same seed.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "flow/flow.hpp"

namespace millrace::testing_support {

class Edits {
 public:
  Edits(uint64_t seed, flow::Files files, flow::AppFacts facts)
      : random_(seed), first_(files), files_(std::move(files)), facts_(std::move(facts)) {
    for (const auto& [path, text] : files_) paths_.push_back(path);
  }

  const flow::Files& files() const { return files_; }
  const flow::AppFacts& facts() const { return facts_; }
  const std::string& last() const { return last_; }

  void edit() {
    const std::string path = pick_path();
    std::string& text = files_[path];
    // Somebody who has broken something mends it sooner or later.
    if (one_in(4)) {
      last_ = path + ": back";
      text = one_in(2) ? first_[path] : before_[path].empty() ? first_[path] : before_[path];
      return;
    }
    before_[path] = text;
    switch (below(16)) {
      case 0:
      case 1: swap_words(path, text); break;
      case 2:
      case 3: swap_one_word(path, text); break;
      case 4: remove_lines(path, text, 1); break;
      case 5: remove_entry(path, text); break;
      case 6: repeat_entry(path, text); break;
      case 7: move_entry(path, text); break;
      case 8: put(path, text, "\n"); break;
      case 9: put(path, text, pick_sign()); break;
      case 10: cut(path, text); break;
      case 11: put_line(path, text, one_in(2) ? "" : "  # a comment"); break;
      case 12:
        put_line(path, text, "  new" + std::to_string(below(3)) + ": {say: 'New', next: new1}");
        break;
      case 13: toggle_script(); break;
      case 14: toggle_file(path); break;
      default: put(path, text, "x"); break;
    }
  }

 private:
  size_t below(size_t limit) {
    return limit == 0 ? 0 : std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }
  bool one_in(size_t count) { return below(count) == 0; }

  // Flows are what is edited most.
  std::string pick_path() {
    const std::string& path = paths_[below(paths_.size())];
    const bool is_flow = path.starts_with("flows/") || path == "templates/bot.csv";
    return is_flow || one_in(3) ? path : paths_[below(paths_.size())];
  }

  std::string pick_sign() {
    constexpr std::string_view kSigns = "\"'{}[]:#-|>&*!%,~ \t\r=";
    return std::string(1, kSigns[below(kSigns.size())]);
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  // Where a word of the text begins and ends.
  std::pair<size_t, size_t> pick_word(const std::string& text) {
    size_t begin = below(text.size());
    while (begin < text.size() && !is_word(text[begin])) ++begin;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    size_t end = begin;
    while (end < text.size() && is_word(text[end])) ++end;
    return {begin, end};
  }

  void swap_one_word(const std::string& path, std::string& text) {
    const auto [begin, end] = pick_word(text);
    const auto [other, other_end] = pick_word(text);
    const std::string word = one_in(5) ? "else" : text.substr(other, other_end - other);
    last_ = path + ": '" + text.substr(begin, end - begin) + "' becomes '" + word + "'";
    text.replace(begin, end - begin, word);
  }

  // Everywhere, as somebody renames something.
  void swap_words(const std::string& path, std::string& text) {
    const auto [begin, end] = pick_word(text);
    const std::string from = text.substr(begin, end - begin);
    const std::string to = from + (one_in(2) ? "x" : "2");
    if (from.empty()) return;
    last_ = path + ": every '" + from + "' becomes '" + to + "'";
    std::string out;
    for (size_t i = 0; i < text.size();) {
      const bool is_here = text.compare(i, from.size(), from) == 0 &&
                           (i == 0 || !is_word(text[i - 1])) &&
                           (i + from.size() == text.size() || !is_word(text[i + from.size()]));
      out += is_here ? to : text.substr(i, 1);
      i += is_here ? from.size() : 1;
    }
    text = std::move(out);
  }

  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (const std::string_view line : base::split(text, '\n')) out.emplace_back(line);
    return out;
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? "" : "\n") + lines[i];
    return out;
  }

  void remove_lines(const std::string& path, std::string& text, size_t count) {
    auto lines = lines_of(text);
    const size_t at = below(lines.size());
    last_ = path + ": line " + std::to_string(at + 1) + " goes";
    lines.erase(lines.begin() + static_cast<ptrdiff_t>(at),
                lines.begin() + static_cast<ptrdiff_t>(std::min(at + count, lines.size())));
    text = joined(lines);
  }

  // A node of a flow, or a row: from a line that is indented by two, or not at all, to the next.
  std::pair<size_t, size_t> pick_entry(const std::vector<std::string>& lines) {
    const auto begins = [](const std::string& line) {
      return !line.empty() && (line.size() < 3 || line.compare(0, 3, "   ") != 0) &&
             !base::trim(line).starts_with('#');
    };
    size_t begin = below(lines.size());
    while (begin > 0 && !begins(lines[begin])) --begin;
    size_t end = begin + 1;
    while (end < lines.size() && !begins(lines[end])) ++end;
    return {begin, end};
  }

  void remove_entry(const std::string& path, std::string& text) {
    auto lines = lines_of(text);
    const auto [begin, end] = pick_entry(lines);
    last_ = path + ": the entry of line " + std::to_string(begin + 1) + " goes";
    lines.erase(lines.begin() + static_cast<ptrdiff_t>(begin),
                lines.begin() + static_cast<ptrdiff_t>(end));
    text = joined(lines);
  }

  void repeat_entry(const std::string& path, std::string& text) {
    auto lines = lines_of(text);
    const auto [begin, end] = pick_entry(lines);
    const auto [to, unused] = pick_entry(lines);
    const std::vector<std::string> entry(lines.begin() + static_cast<ptrdiff_t>(begin),
                                         lines.begin() + static_cast<ptrdiff_t>(end));
    last_ = path + ": the entry of line " + std::to_string(begin + 1) + " is repeated at " +
            std::to_string(to + 1);
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(to), entry.begin(), entry.end());
    text = joined(lines);
  }

  void move_entry(const std::string& path, std::string& text) {
    auto lines = lines_of(text);
    const auto [begin, end] = pick_entry(lines);
    const std::vector<std::string> entry(lines.begin() + static_cast<ptrdiff_t>(begin),
                                         lines.begin() + static_cast<ptrdiff_t>(end));
    lines.erase(lines.begin() + static_cast<ptrdiff_t>(begin),
                lines.begin() + static_cast<ptrdiff_t>(end));
    if (lines.empty()) return;
    const auto [to, unused] = pick_entry(lines);
    last_ = path + ": the entry of line " + std::to_string(begin + 1) + " goes to " +
            std::to_string(to + 1);
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(to), entry.begin(), entry.end());
    text = joined(lines);
  }

  void put(const std::string& path, std::string& text, const std::string& what) {
    const size_t at = below(text.size() + 1);
    last_ = path + ": '" + what + "' at byte " + std::to_string(at);
    text.insert(at, what);
  }

  void put_line(const std::string& path, std::string& text, const std::string& line) {
    auto lines = lines_of(text);
    const size_t at = below(lines.size() + 1);
    last_ = path + ": a line '" + line + "' before line " + std::to_string(at + 1);
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(at), line);
    text = joined(lines);
  }

  void cut(const std::string& path, std::string& text) {
    if (text.empty()) return;
    const size_t at = below(text.size());
    last_ = path + ": byte " + std::to_string(at) + " goes";
    text.erase(at, 1);
  }

  void toggle_script() {
    const std::string name = one_in(2) ? "SendIt" : "Another";
    last_ = "the script " + name + " comes or goes";
    if (facts_.scripts.erase(name) == 0) facts_.scripts.insert(name);
  }

  void toggle_file(const std::string& path) {
    last_ = path + " comes or goes";
    if (!one_in(3)) {
      files_[path] = first_[path];
    } else {
      files_.erase(path);
    }
  }

  std::mt19937_64 random_;
  flow::Files first_, before_;
  flow::Files files_;
  flow::AppFacts facts_;
  std::vector<std::string> paths_;
  std::string last_;
};

}  // namespace millrace::testing_support
