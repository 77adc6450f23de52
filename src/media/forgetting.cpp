#include "media/forgetting.hpp"

#include <algorithm>
#include <iterator>

#include "media/keys.hpp"

namespace millrace::media {

bool Forgetting::sent(std::string_view key) {
  if (!key.starts_with(kOwners)) return false;
  key.remove_prefix(kOwners.size());
  const auto slash = key.find('/');
  if (slash == key.npos) return false;
  const auto consumer = base::Id::parse(key.substr(0, slash));
  const bool is_theirs = consumer && is_forgotten_(*consumer);
  (is_theirs ? theirs_ : others_).emplace(key.substr(slash + 1));
  return is_theirs;
}

bool Forgetting::goes(std::string_view key) const {
  if (!key.starts_with(kAbout) && !key.starts_with(kBytes) && !key.starts_with(kSmall))
    return false;
  const auto hash = key.substr(key.find('/') + 1);
  return theirs_.contains(hash) && !others_.contains(hash);
}

std::vector<std::string> Forgetting::files() const {
  std::vector<std::string> only;
  std::ranges::set_difference(theirs_, others_, std::back_inserter(only));
  return only;
}

}  // namespace millrace::media
