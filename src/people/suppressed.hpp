// Identifiers of people who are to be left alone: nothing that carries one of them is taken in.
// What is kept of an identifier is a hash under a key that lies elsewhere, so this list tells
// nobody who is on it.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "people/identifiers.hpp"

namespace millrace::people {

class Suppressed {
 public:
  explicit Suppressed(std::string key) : key_(std::move(key)) {}

  void add(const Identifier& identifier) { hashes_.insert(hash(identifier)); }
  void remove(const Identifier& identifier) { hashes_.erase(hash(identifier)); }
  bool holds(const Identifier& identifier) const { return hashes_.contains(hash(identifier)); }
  // Whether one of its identifiers is on the list, the one that an alias names among them.
  bool holds(const Rules& rules, const Event& event) const;

  // 16 bytes each, as base64url, in their order; and back. What is none is left out.
  std::vector<std::string> keep() const;
  void restore(const std::vector<std::string>& kept);

 private:
  std::string hash(const Identifier& identifier) const;

  std::string key_;
  std::unordered_set<std::string> hashes_;
};

}  // namespace millrace::people
