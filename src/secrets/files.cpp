#include "secrets/files.hpp"

#include <sodium.h>

#include "posix/files.hpp"

namespace millrace::secrets {

void wipe(std::string& text) {
  text.resize(text.capacity());  // what an earlier, longer content left as well
  sodium_memzero(text.data(), text.size());
  text.clear();
}

base::Result<std::string> read_secret_file(const std::filesystem::path& file, size_t bytes_max,
                                           posix::Readers readers) {
  return posix::read_file(file, {bytes_max, readers, posix::Growth::refused});
}

}  // namespace millrace::secrets
