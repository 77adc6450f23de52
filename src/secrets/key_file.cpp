#include "secrets/key_file.hpp"

#include <sodium.h>

#include "secrets/files.hpp"

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

base::Result<std::string> make_key(const fs::path& file) {
  std::string fresh(kKeyFileBytes, '\0');
  randombytes_buf(fresh.data(), fresh.size());
  if (auto written = posix::replace_file(file, fresh); !written) {
    wipe(fresh);
    return std::unexpected(written.error());
  }
  return fresh;
}

std::string remedy(const KeyFile& key) {
  return "Put it back from a backup. If there is none, accept the loss: without it " + key.loss +
         "; then start once with --make-anew " + key.file.filename().string();
}

base::Result<std::string> remake_key(const KeyFile& key) {
  std::error_code failed;
  if (fs::exists(key.file, failed)) {
    fs::rename(key.file, key.file.string() + ".damaged", failed);
    if (failed) return fail(Code::unavailable, failed.message(), key.file.string());
  }
  return make_key(key.file);
}

}  // namespace

base::Result<std::string> load_or_make_key(const KeyFile& key) {
  auto content = read_secret_file(key.file, kKeyFileBytes, posix::Readers::owner);
  if (content && content->size() == kKeyFileBytes) return content;
  if (content && content->size() < kKeyFileBytes && !key.has_data) return make_key(key.file);
  const bool is_missing = !content && content.error().code == Code::not_found;
  const bool is_long = !content && content.error().code == Code::resource_exhausted;
  if (!content && !is_missing && !is_long) return content;
  if (is_missing && !key.has_data) return make_key(key.file);
  if (key.may_be_remade) return remake_key(key);
  if (is_missing) {
    return fail(Code::failed_precondition,
                "this key is missing beside the data that needs it. " + remedy(key),
                key.file.string());
  }
  return fail(Code::data_loss, "this is not a key of 32 bytes. " + remedy(key), key.file.string());
}

}  // namespace millrace::secrets
