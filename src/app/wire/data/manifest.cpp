#include "app/wire/data/manifest.hpp"

#include "app/wire/system.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"
#include "posix/locks.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr int64_t kFormat = 1;
constexpr size_t kIdBytes = 16;

std::string new_id() {
  std::string bytes(kIdBytes, '\0');
  SystemRandom().fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return base::to_hex(bytes);
}

}  // namespace

fs::path Manifest::file_in(const fs::path& data) {
  return data / "millrace.json";
}

base::Result<Manifest> Manifest::read(const fs::path& data) {
  Manifest manifest;
  manifest.data_ = data;
  if (auto loaded = manifest.load(); !loaded) return std::unexpected(loaded.error());
  return manifest;
}

base::Result<void> Manifest::load() {
  const fs::path file = file_in(data_);
  names_.clear();
  std::error_code failed;
  if (!fs::exists(file, failed)) return {};
  const auto text = posix::read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto parsed = json::parse_object(*text);
  const auto format = parsed ? json::get_integer(*parsed, "format") : std::nullopt;
  const auto* names = parsed ? json::get_array(*parsed, "holds") : nullptr;
  if (format && *format > kFormat) {
    return fail(Code::failed_precondition,
                "a later version of Millrace made this folder; serve it with that one",
                file.string());
  }
  if (!format || names == nullptr) {
    return fail(
        Code::data_loss,
        "this is not the list of what the folder holds. Put it back from a backup; if every "
        "other file is there and right, remove this one",
        file.string());
  }
  id_ = json::get_string(*parsed, "id").value_or("");
  for (const json::value& name : *names) names_.insert(json::to_text(name));
  return {};
}

base::Result<void> Manifest::save() const {
  return posix::replace_file(
      file_in(data_),
      json::serialize(json::object{{"format", kFormat},
                                   {"id", id_.empty() ? new_id() : id_},
                                   {"holds", json::array(names_.begin(), names_.end())}}) +
          "\n");
}

base::Result<void> Manifest::add(const std::vector<std::string>& names) {
  const auto lock = posix::FileLock::wait_for(data_ / "millrace.lock");
  if (!lock) return std::unexpected(lock.error());
  if (auto loaded = load(); !loaded) return loaded;
  const size_t before = names_.size();
  names_.insert(names.begin(), names.end());
  return names_.size() == before ? base::Result<void>() : save();
}

base::Result<bool> ManifestHoldings::holds(std::string_view file) {
  const auto manifest = Manifest::read(data_);
  if (!manifest) return std::unexpected(manifest.error());
  return manifest->holds(file);
}

base::Result<void> ManifestHoldings::note(std::string_view file) {
  auto manifest = Manifest::read(data_);
  if (!manifest) return std::unexpected(manifest.error());
  return manifest->add({std::string(file)});
}

base::Result<void> Manifest::strike(const std::vector<std::string>& names) {
  const auto lock = posix::FileLock::wait_for(data_ / "millrace.lock");
  if (!lock) return std::unexpected(lock.error());
  if (auto loaded = load(); !loaded) return loaded;
  size_t struck = 0;
  for (const std::string& name : names) struck += names_.erase(name);
  return struck == 0 ? base::Result<void>() : save();
}

}  // namespace millrace::app
