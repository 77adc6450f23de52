#include "app/wire/data/death_files.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"
#include "storage/at_rest/at_rest.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

std::optional<calls::DeathRecord> read(const fs::path& file) {
  auto text = posix::read_file(file);
  if (text) text = storage::unsealed_from(file, std::move(*text));
  if (!text) return std::nullopt;
  auto record = calls::death_record_from_json(*text);
  if (!record) return std::nullopt;
  return std::move(*record);
}

}  // namespace

fs::path DeathFiles::file_of(const std::string& id) const {
  return folder_ / (base::to_hex(base::sha256(id)) + ".json");
}

std::optional<calls::DeathRecord> DeathFiles::find(const std::string& id) {
  return read(file_of(id));
}

base::Result<void> DeathFiles::keep(const calls::DeathRecord& record) {
  if (auto made = posix::make_private_folder(folder_); !made) return made;
  const fs::path file = file_of(record.id());
  const auto content = storage::sealed_for(file, calls::to_json(record));
  return content ? posix::replace_file(file, *content) : std::unexpected(content.error());
}

void DeathFiles::forget(const std::string& id) {
  std::error_code ignored;
  fs::remove(file_of(id), ignored);
}

std::vector<calls::DeathRecord> DeathFiles::all() {
  std::vector<calls::DeathRecord> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != ".json") continue;
    if (auto record = read(entry.path())) found.push_back(std::move(*record));
    if (found.size() >= calls::kDeathRecordsMax) break;
  }
  return found;
}

}  // namespace millrace::app
