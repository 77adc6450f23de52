// What a user's attributes were when they were last accepted, so that those which have not changed
// need not be sent. Bounded in users, attributes, bytes and time; forgetting is always safe.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/json.hpp"
#include "base/time.hpp"
#include "delivery/braze/limits.hpp"

namespace millrace::delivery::braze {

class Memory {
 public:
  explicit Memory(const Limits& limits) : limits_(limits) {}

  // The attributes without those that are as remembered. Operations, and whatever people change by
  // other ways (subscriptions, push tokens), are never left out.
  json::object changed(std::string_view user, const json::object& attributes, base::Timestamp now);
  // These were accepted.
  void accepted(std::string_view user, const json::object& attributes, base::Timestamp now);
  void forget(std::string_view user);
  void forget_all();
  size_t users() const { return users_.size(); }

 private:
  struct Value {
    std::string text;
    base::Timestamp at;
  };
  struct User {
    std::unordered_map<std::string, Value> values;
    std::list<std::string>::iterator place;
  };

  Limits limits_;
  std::unordered_map<std::string, User> users_;
  std::list<std::string> by_use_;  // the most recently used first
};

}  // namespace millrace::delivery::braze
