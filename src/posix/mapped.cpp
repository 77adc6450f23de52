#include "posix/mapped.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "posix/posix.hpp"

namespace millrace::posix {

base::Result<std::unique_ptr<MappedFile>> MappedFile::open(const std::filesystem::path& file) {
  const Fd open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  if (!open.is_open() || ::fstat(open.get(), &about) != 0) return file_failure(file);
  if (!S_ISREG(about.st_mode)) {
    return base::fail(base::Code::failed_precondition, "it is not a file", file.string());
  }
  const auto size = static_cast<size_t>(about.st_size);
  if (size == 0) return std::unique_ptr<MappedFile>(new MappedFile(nullptr, 0));
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, open.get(), 0);
  if (at == MAP_FAILED) return file_failure(file);
  return std::unique_ptr<MappedFile>(new MappedFile(at, size));
}

MappedFile::~MappedFile() {
  if (at_ != nullptr) ::munmap(at_, size_);
}

}  // namespace millrace::posix
