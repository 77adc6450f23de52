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

}  // namespace millrace::app
