#include "media/forgetting.hpp"

namespace millrace::media {

bool Forgetting::sent(std::string_view key) {
  if (!key.starts_with("o/")) return false;
  const auto slash = key.find('/', 2);
  if (slash == key.npos) return false;
  const auto consumer = base::Id::parse(key.substr(2, slash - 2));
  const bool is_theirs = consumer && is_forgotten_(*consumer);
  (is_theirs ? theirs_ : others_).emplace(key.substr(slash + 1));
  return is_theirs;
}

bool Forgetting::goes(std::string_view key) const {
  if (!key.starts_with("m/") && !key.starts_with("b/")) return false;
  const auto hash = key.substr(2);
  return theirs_.contains(hash) && !others_.contains(hash);
}

}  // namespace millrace::media
