// A table of routes: a method, a pattern, who may ask, and what answers. An edge writes its
// addresses down in one place; the table finds the one that a request means, or says that there is
// none, or under which methods there is one. It calls nobody and checks nobody's rights: `who` is
// for the edge to hold. Pure, and immutable once made, so any thread may ask.
//
// A pattern is a path of segments. "/chats/{chat}/end": {chat} stands for one segment that is not
// empty. "/assets/{file...}", at the end alone: whatever follows, slashes too, which may be
// nothing. Where several patterns fit, the first segment in which they differ decides: words before
// {name} before {name...}. Paths are as web::Request has them, decoded: "%2F" is a slash already.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::web {

// What the names of a pattern stood for.
class PathValues {
 public:
  // A name that the pattern does not have is a broken check.
  std::string_view operator[](std::string_view name) const;
  void add(std::string_view name, std::string_view value) { values_.emplace_back(name, value); }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

// Nothing answers. `allowed` is for the header Allow of a 405; empty: the path is unknown, 404.
struct NoRoute {
  std::string allowed;  // "GET, HEAD, POST"
};

// The paths of a table. A broken check: a pattern that cannot be read, or one that stands twice
// under one method.
class PathTable {
 public:
  struct Entry {
    std::string_view method;  // "GET", also for HEAD; "*": all
    std::string_view pattern;
  };
  struct Found {
    size_t index = 0;  // of the entry, as given
    PathValues values;
  };

  explicit PathTable(std::span<const Entry> entries);
  std::expected<Found, NoRoute> find(std::string_view method, std::string_view path) const;

 private:
  struct Segment {
    enum class Kind { word, one, rest } kind = Kind::word;  // in the order in which they are tried
    std::string text;                                       // the word, or the name
  };
  struct Pattern {
    std::string method;
    std::vector<Segment> segments;
    size_t index = 0;
  };
  static std::vector<Segment> read(std::string_view pattern);
  static bool is_before(const Pattern& one, const Pattern& other);
  static bool fits(const Pattern& pattern, std::string_view path, PathValues& values);

  std::vector<Pattern> patterns_;  // in the order in which they are tried
};

// `Who` and `Serve` are the edge's own: a right and a function, say.
template <typename Who, typename Serve>
class Routes {
 public:
  struct Route {
    std::string_view method;
    std::string_view pattern;
    Who who;
    Serve serve;
  };
  struct Found {
    const Route& route;  // lives as long as the table
    PathValues values;
  };

  explicit Routes(std::vector<Route> routes) : routes_(std::move(routes)), paths_(entries()) {}

  std::expected<Found, NoRoute> find(std::string_view method, std::string_view path) const {
    auto found = paths_.find(method, path);
    if (!found) return std::unexpected(std::move(found.error()));
    return Found{routes_[found->index], std::move(found->values)};
  }
  // As they were given: what documents and tests are made from.
  std::span<const Route> all() const { return routes_; }

 private:
  std::vector<PathTable::Entry> entries() const {
    std::vector<PathTable::Entry> out;
    for (const Route& route : routes_) out.push_back({route.method, route.pattern});
    return out;
  }

  std::vector<Route> routes_;
  PathTable paths_;
};

}  // namespace millrace::web
