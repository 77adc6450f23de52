#include "base/web/routes.hpp"

#include <algorithm>
#include <tuple>

#include "base/result.hpp"
#include "base/text.hpp"

namespace millrace::web {
namespace {

constexpr std::string_view kAll = "*";
constexpr std::string_view kRest = "...";

bool is_asked_for(std::string_view route, std::string_view method) {
  return route == kAll || route == method || (route == "GET" && method == "HEAD");
}

// "/a/b" -> "a", leaving "/b". The path begins with a slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::string join_methods(std::vector<std::string_view> methods) {
  if (std::ranges::find(methods, "GET") != methods.end()) methods.push_back("HEAD");
  std::ranges::sort(methods);
  const auto twice = std::ranges::unique(methods);
  methods.erase(twice.begin(), twice.end());
  std::string out;
  for (const std::string_view method : methods) {
    out += (out.empty() ? "" : ", ") + std::string(method);
  }
  return out;
}

}  // namespace

std::string_view PathValues::operator[](std::string_view name) const {
  const auto found = std::ranges::find(values_, name, &std::pair<std::string, std::string>::first);
  MILLRACE_CHECK(found != values_.end());
  return found->second;
}

std::vector<PathTable::Segment> PathTable::read(std::string_view pattern) {
  MILLRACE_CHECK(pattern.starts_with('/'));
  std::vector<Segment> segments;
  while (!pattern.empty()) {
    // What stands for the rest is the last.
    MILLRACE_CHECK(segments.empty() || segments.back().kind != Segment::Kind::rest);
    std::string_view text = take_segment(pattern);
    Segment::Kind kind = Segment::Kind::word;
    if (text.starts_with('{')) {
      MILLRACE_CHECK(text.ends_with('}'));
      text = text.substr(1, text.size() - 2);
      kind = Segment::Kind::one;
      if (text.ends_with(kRest)) {
        text.remove_suffix(kRest.size());
        kind = Segment::Kind::rest;
      }
      MILLRACE_CHECK(!text.empty());
    }
    MILLRACE_CHECK(text.find_first_of("{}") == std::string_view::npos);
    segments.push_back({kind, std::string(text)});
  }
  return segments;
}

// Names do not matter: what is said otherwise but means the same stands twice.
bool PathTable::is_before(const Pattern& one, const Pattern& other) {
  const auto less = [](const Segment& left, const Segment& right) {
    if (left.kind != right.kind) return left.kind < right.kind;
    return left.kind == Segment::Kind::word && left.text < right.text;
  };
  if (std::ranges::lexicographical_compare(one.segments, other.segments, less)) return true;
  if (std::ranges::lexicographical_compare(other.segments, one.segments, less)) return false;
  // "*" is what is left over.
  return std::tuple(one.method == kAll, one.method) <
         std::tuple(other.method == kAll, other.method);
}

PathTable::PathTable(std::span<const Entry> entries) {
  for (size_t i = 0; i < entries.size(); ++i) {
    patterns_.push_back({std::string(entries[i].method), read(entries[i].pattern), i});
  }
  std::ranges::sort(patterns_, is_before);
  for (size_t i = 1; i < patterns_.size(); ++i) {
    MILLRACE_CHECK(is_before(patterns_[i - 1], patterns_[i]));
  }
}

bool PathTable::fits(const Pattern& pattern, std::string_view path, PathValues& values) {
  for (const Segment& segment : pattern.segments) {
    if (path.empty()) return false;
    if (segment.kind == Segment::Kind::rest) {
      values.add(segment.text, path.substr(1));
      return true;
    }
    const std::string_view text = take_segment(path);
    if (segment.kind == Segment::Kind::word ? text != segment.text : text.empty()) return false;
    if (segment.kind == Segment::Kind::one) values.add(segment.text, text);
  }
  return path.empty();
}

std::expected<PathTable::Found, NoRoute> PathTable::find(std::string_view method,
                                                         std::string_view path) const {
  std::vector<std::string_view> others;
  if (!path.starts_with('/')) return std::unexpected(NoRoute{});
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  for (const Pattern& pattern : patterns_) {
    const Segment& begins = pattern.segments.front();
    if (begins.kind == Segment::Kind::word && begins.text != first) continue;
    Found found{pattern.index, {}};
    if (!fits(pattern, path, found.values)) continue;
    if (is_asked_for(pattern.method, method)) return found;
    others.push_back(pattern.method);
  }
  return std::unexpected(NoRoute{join_methods(std::move(others))});
}

}  // namespace millrace::web
