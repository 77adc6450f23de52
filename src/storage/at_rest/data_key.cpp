#include "storage/at_rest/data_key.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "posix/files.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr size_t kKeyFileBytesMax = 256;

std::string base64_of(std::string_view text) {
  std::string url(base::trim(text));
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  while (url.ends_with('=')) url.pop_back();
  std::string bytes = base::from_base64url(url);
  sodium_memzero(url.data(), url.size());
  return bytes;
}

bool is_inside(const fs::path& file, const fs::path& folder) {
  const fs::path inner = canonical_of(file);
  const fs::path outer = canonical_of(folder);
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

}  // namespace

base::Result<DataKey> DataKey::read(const fs::path& file, const fs::path& data) {
  if (is_inside(file, data)) {
    return fail(Code::invalid_argument,
                "the key must not lie in the data folder, which it protects; put it elsewhere",
                file.string());
  }
  auto text = posix::read_file(file, {.bytes_max = kKeyFileBytesMax,
                                      .readers = posix::Readers::owner,
                                      .growth = posix::Growth::refused});
  if (!text) return std::unexpected(text.error());
  std::string bytes = text->size() == kKeyBytes ? *text : base64_of(*text);
  sodium_memzero(text->data(), text->size());
  if (bytes.size() != kKeyBytes) {
    return fail(Code::data_loss,
                "this is no key of a data folder: a key has 32 bytes, or their base64. `millrace "
                "data-key FILE` makes one",
                file.string());
  }
  DataKey key(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return key;
}

Key DataKey::of_file(const fs::path& file) const {
  const std::string name = file.filename().string();
  const size_t ending = name.find(".db");
  return key_.derived("file " + name.substr(0, ending == name.npos ? ending : ending + 3));
}

std::string DataKey::check() const {
  const Key check = key_.derived("check");
  return {reinterpret_cast<const char*>(check.data()), kCheckBytes};
}

base::Result<void> make_data_key(const fs::path& file) {
  std::string bytes(kKeyBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  std::string line = base::to_base64url(bytes) + "\n";
  auto written = posix::write_new_file(file, line);
  if (written) written = posix::sync_folder(canonical_of(file).parent_path());
  sodium_memzero(bytes.data(), bytes.size());
  sodium_memzero(line.data(), line.size());
  return written;
}

fs::path canonical_of(const fs::path& path) {
  std::error_code failed;
  fs::path found = fs::weakly_canonical(fs::absolute(path, failed), failed);
  return found.has_filename() ? found : found.parent_path();  // "DIR/"
}

}  // namespace millrace::storage
