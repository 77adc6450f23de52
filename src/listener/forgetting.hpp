// Which events go when a person is forgotten. Pure.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::listener {

// Every event goes in which one of these ids stands as a text of its own, wherever; and every event
// of a device that had no other user. The log is read twice: once to learn which devices those are.
class Forgetting {
 public:
  using Ids = std::set<std::string, std::less<>>;
  explicit Forgetting(Ids ids) : ids_(std::move(ids)) {}

  // Error: data_loss, as of read_record.
  base::Result<void> learn(std::string_view record);
  // The record without the lines that go. Error as above.
  base::Result<std::string> without(std::string_view record);
  size_t removed() const { return removed_; }

 private:
  const Ids ids_;
  Ids devices_;  // that were this user's
  Ids shared_;   // that were somebody else's, too
  size_t removed_ = 0;
};

}  // namespace millrace::listener
