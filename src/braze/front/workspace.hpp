// What a workspace holds besides profiles: campaigns, Canvases, segments, subscription groups, News
// Feed cards and tags, which Braze's dashboard makes and `/_sandbox/workspace` makes here;
// catalogs, schedules, sends, templates and address lists, which the API makes. Everything is a
// JSON object under a kind and an id.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {

class Workspace {
 public:
  static constexpr size_t kObjectsMax = 20'000;  // of each kind

  using Objects = std::map<std::string, json::object, std::less<>>;

  explicit Workspace(ProfileStore& store) : store_(store) {}

  // Reads back what was kept; `seed` stands behind it.
  base::Result<void> load(const json::object& seed);

  const json::object* find(std::string_view kind, std::string_view id) const;
  const Objects& all(std::string_view kind) const;
  // Kept with the next commit of the store. False when there are too many of the kind.
  bool put(std::string_view kind, std::string_view id, json::object object);
  bool erase(std::string_view kind, std::string_view id);

 private:
  ProfileStore& store_;
  std::map<std::string, Objects, std::less<>> kinds_;
};

// The kinds that people manage, rather than the API.
std::span<const std::string_view> dashboard_kinds();
bool is_dashboard_kind(std::string_view kind);

}  // namespace millrace::braze
