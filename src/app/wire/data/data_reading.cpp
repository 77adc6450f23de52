#include "app/wire/data/data_reading.hpp"

#include "app/wire/data/manifest.hpp"
#include "app/wire/receivers.hpp"
#include "posix/files.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

namespace fs = std::filesystem;

base::Result<std::unique_ptr<runtime::Archive>> archive_of(const fs::path& data) {
  return storage::open_archive(data / "journal.db");
}

base::Result<std::unique_ptr<runtime::Archive>> archive_if_any(const fs::path& data) {
  std::error_code failed;
  if (!fs::exists(data / "journal.db", failed)) return nullptr;
  return archive_of(data);
}

std::optional<fs::path> file_put_aside(const fs::path& data) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data, error)) {
    if (entry.path().filename().string().contains(".damaged")) return entry.path();
  }
  return std::nullopt;
}

std::string seal_key_of(const fs::path& data) {
  auto key = posix::read_file(data / "journal.key");
  return key ? std::move(*key) : std::string();
}

base::Result<solutions::Deployments> deployments_of(const fs::path& data) {
  return solutions::Deployments::open(data, std::make_shared<ManifestHoldings>(data));
}

solutions::Versions versions_in(const fs::path& data) {
  return {data / "versions", receivers()};
}

base::Result<StoredChat> stored_chat(const std::filesystem::path& data, const std::string& id) {
  const auto chat = base::Id::parse(id);
  if (!chat) {
    return base::fail(base::Code::invalid_argument, "'" + id + "' is not a chat's id");
  }
  auto key = posix::read_file(data / "journal.key");
  if (!key) return std::unexpected(key.error());
  auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  return StoredChat{std::move(*archive), *chat, std::move(*key), versions_in(data)};
}

}  // namespace millrace::app
