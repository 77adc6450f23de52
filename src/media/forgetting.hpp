// Which pairs of the store of files go when people are forgotten. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"

namespace millrace::media {

// Each pair is shown to sent() first, and then, in another pass, to goes().
class Forgetting {
 public:
  explicit Forgetting(std::function<bool(base::Id)> is_forgotten)
      : is_forgotten_(std::move(is_forgotten)) {}

  // Whether it says that one of them sent a file.
  bool sent(std::string_view key);
  // Whether it belongs to a file that only they have sent.
  bool goes(std::string_view key) const;
  // The hashes of those files.
  std::vector<std::string> files() const;

 private:
  const std::function<bool(base::Id)> is_forgotten_;
  std::set<std::string, std::less<>> theirs_;
  std::set<std::string, std::less<>> others_;
};

}  // namespace millrace::media
