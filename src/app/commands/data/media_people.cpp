#include "app/commands/data/media_people.hpp"

#include "media/forgetting.hpp"

namespace millrace::app {

namespace fs = std::filesystem;

base::Result<void> forget_in_media(const fs::path& data, const storage::People& people) {
  const fs::path store = data / "media.db";
  std::error_code error;
  if (!fs::exists(store, error) || people.empty()) return {};
  media::Forgetting forgetting([&](base::Id consumer) { return people.contains(consumer); });
  // Who sent what has to be known as a whole before a file can go, and both go together: cut short,
  // it is done again.
  const auto gone = storage::forget_pairs(
      store,
      [&](std::string_view key, std::string_view) {
        return forgetting.sent(key) || forgetting.goes(key);
      },
      [&](std::string_view key) { (void)forgetting.sent(key); });
  return gone ? base::Result<void>() : std::unexpected(gone.error());
}

}  // namespace millrace::app
