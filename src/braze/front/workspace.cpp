#include "braze/front/workspace.hpp"

#include <algorithm>
#include <array>

namespace millrace::braze {
namespace {

const std::string kZero(1, '\0');
constexpr std::array<std::string_view, 6> kDashboardKinds{
    "campaigns", "canvases", "segments", "subscription_groups", "cards", "tags"};

std::string row_key(std::string_view kind, std::string_view id) {
  return "w/" + std::string(kind) + kZero + std::string(id);
}

}  // namespace

std::span<const std::string_view> dashboard_kinds() {
  return kDashboardKinds;
}

bool is_dashboard_kind(std::string_view kind) {
  return std::ranges::find(kDashboardKinds, kind) != kDashboardKinds.end();
}

base::Result<void> Workspace::load(const json::object& seed) {
  kinds_.clear();
  for (const std::string_view kind : kDashboardKinds) {
    const auto* objects = json::get_object(seed, kind);
    if (objects == nullptr) continue;
    for (const auto& member : *objects) {
      if (const auto* object = member.value().if_object()) {
        kinds_[std::string(kind)][std::string(member.key())] = *object;
      }
    }
  }
  const auto rows = store_.rows("w/");
  if (!rows) return std::unexpected(rows.error());
  for (const auto& [key, text] : *rows) {
    const auto zero = key.find('\0');
    auto object = json::parse_object(text);
    if (zero == std::string::npos || !object) continue;
    kinds_[key.substr(2, zero - 2)][key.substr(zero + 1)] = std::move(*object);
  }
  return {};
}

const json::object* Workspace::find(std::string_view kind, std::string_view id) const {
  const Objects& objects = all(kind);
  const auto found = objects.find(id);
  return found == objects.end() ? nullptr : &found->second;
}

const Workspace::Objects& Workspace::all(std::string_view kind) const {
  static const Objects kNone;
  const auto found = kinds_.find(kind);
  return found == kinds_.end() ? kNone : found->second;
}

bool Workspace::put(std::string_view kind, std::string_view id, json::object object) {
  Objects& objects = kinds_[std::string(kind)];
  if (!objects.contains(id) && objects.size() >= kObjectsMax) return false;
  store_.write(row_key(kind, id), json::serialize(object));
  objects[std::string(id)] = std::move(object);
  return true;
}

bool Workspace::erase(std::string_view kind, std::string_view id) {
  const auto objects = kinds_.find(kind);
  if (objects == kinds_.end()) return false;
  const auto found = objects->second.find(id);
  if (found == objects->second.end()) return false;
  store_.write(row_key(kind, id), std::nullopt);
  objects->second.erase(found);
  return true;
}

}  // namespace millrace::braze
