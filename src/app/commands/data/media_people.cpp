#include "app/commands/data/media_people.hpp"

#include "media/forgetting.hpp"

namespace millrace::app {

namespace fs = std::filesystem;

base::Result<void> forget_in_media(const fs::path& data, const storage::People& people) {
  const fs::path store = data / "media.db";
  std::error_code error;
  if (!fs::exists(store, error) || people.empty()) return {};
  media::Forgetting forgetting([&](base::Id consumer) { return people.contains(consumer); });
  // Who sent what has to be known as a whole before a file can go.
  const auto senders = storage::forget_pairs(
      store, [&](std::string_view key, std::string_view) { return forgetting.sent(key); });
  if (!senders) return std::unexpected(senders.error());
  const auto files = storage::forget_pairs(
      store, [&](std::string_view key, std::string_view) { return forgetting.goes(key); });
  return files ? base::Result<void>() : std::unexpected(files.error());
}

}  // namespace millrace::app
