#include "delivery/braze/memory.hpp"

#include "delivery/braze/parcel.hpp"

namespace millrace::delivery::braze {
namespace {

// Values that only we set, wholly.
bool is_remembered(std::string_view name, const json::value& value) {
  return is_plain(name, value) && name != "email_subscribe" && name != "push_subscribe";
}

}  // namespace

json::object Memory::changed(std::string_view user, const json::object& attributes,
                             base::Timestamp now) {
  const auto known = users_.find(std::string(user));
  if (known == users_.end() || attributes.contains("_merge_objects")) return attributes;
  json::object out;
  for (const auto& [name, value] : attributes) {
    const auto before = known->second.values.find(std::string(name));
    const bool is_as_before = before != known->second.values.end() &&
                              now.ms - before->second.at.ms < limits_.unchanged_for_ms &&
                              is_remembered(name, value) &&
                              before->second.text == json::serialize(value);
    if (!is_as_before) out[name] = value;
  }
  return out;
}

void Memory::accepted(std::string_view user, const json::object& attributes, base::Timestamp now) {
  const std::string name_of_user(user);
  auto [known, is_new] = users_.try_emplace(name_of_user);
  if (is_new) {
    by_use_.push_front(name_of_user);
    known->second.place = by_use_.begin();
    if (users_.size() > limits_.remembered_users_max) {
      users_.erase(by_use_.back());
      by_use_.pop_back();
      if (limits_.remembered_users_max == 0) return;
    }
  } else {
    by_use_.splice(by_use_.begin(), by_use_, known->second.place);
  }
  auto& values = known->second.values;
  const bool is_merging = attributes.contains("_merge_objects");
  for (const auto& [name, value] : attributes) {
    std::string text = json::serialize(value);
    const bool fits = text.size() <= limits_.remembered_bytes_max &&
                      (values.size() < limits_.remembered_attributes_max || values.contains(name));
    if (is_merging || !fits || !is_remembered(name, value)) {
      values.erase(std::string(name));
    } else {
      values[std::string(name)] = {std::move(text), now};
    }
  }
}

void Memory::forget(std::string_view user) {
  const auto known = users_.find(std::string(user));
  if (known == users_.end()) return;
  by_use_.erase(known->second.place);
  users_.erase(known);
}

void Memory::forget_all() {
  users_.clear();
  by_use_.clear();
}

}  // namespace millrace::delivery::braze
