#include "secrets/files.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace::secrets {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

std::unexpected<base::Error> system_failure(const fs::path& where) {
  const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found
                    : errno == EACCES || errno == EPERM ? Code::permission_denied
                                                        : Code::unavailable;
  return fail(code, std::strerror(errno), where.string());
}

class Handle {
 public:
  explicit Handle(int number) : number_(number) {}
  ~Handle() {
    if (number_ >= 0) ::close(number_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

bool write_all(int handle, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(handle, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(handle) == 0;
}

}  // namespace

void wipe(std::string& text) {
  text.resize(text.capacity());  // what an earlier, longer content left as well
  sodium_memzero(text.data(), text.size());
  text.clear();
}

base::Result<std::string> read_secret_file(const fs::path& file, size_t bytes_max,
                                           Readers readers) {
  // Not blocking: a name may turn out to be a pipe.
  const Handle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (handle.get() < 0) return system_failure(file);
  struct stat about{};
  if (::fstat(handle.get(), &about) != 0) return system_failure(file);
  if (!S_ISREG(about.st_mode)) {
    return fail(Code::failed_precondition, "this is no file", file.string());
  }
  const bool is_own = about.st_uid == ::geteuid() || about.st_uid == 0;
  if (readers == Readers::owner && (!is_own || (about.st_mode & 077) != 0)) {
    return fail(
        Code::permission_denied,
        "others may read this file of secrets; it must be yours and of mode 0600: chmod 600 " +
            file.string(),
        file.string());
  }
  if (static_cast<uint64_t>(about.st_size) > bytes_max) {
    return fail(Code::resource_exhausted, "over " + std::to_string(bytes_max) + " bytes",
                file.string());
  }
  // One more, to see a file that grows; the whole room at once, so that no copy is left behind.
  std::string content(static_cast<size_t>(about.st_size) + 1, '\0');
  size_t length = 0;
  while (length < content.size()) {
    const auto count = ::read(handle.get(), content.data() + length, content.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      wipe(content);
      return system_failure(file);
    }
    if (count == 0) break;
    length += static_cast<size_t>(count);
  }
  if (length == content.size()) {
    wipe(content);
    return fail(Code::unavailable, "it grows while it is read", file.string());
  }
  content.resize(length);
  return content;
}

namespace {

// What was begun goes; the error is that of the step before.
std::unexpected<base::Error> given_up(const fs::path& fresh) {
  auto failure = system_failure(fresh);
  ::unlink(fresh.c_str());
  return failure;
}

}  // namespace

base::Result<void> replace_secret_file(const fs::path& file, std::string_view content) {
  const fs::path fresh = file.string() + ".new";
  ::unlink(fresh.c_str());
  {
    const Handle handle(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (handle.get() < 0 || !write_all(handle.get(), content)) return given_up(fresh);
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) return given_up(fresh);
  const Handle folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return system_failure(file.parent_path());
  return {};
}

base::Result<StoreLock> StoreLock::acquire(const fs::path& file) {
  const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (handle < 0) return system_failure(file);
  StoreLock lock(handle);
  while (::flock(handle, LOCK_EX) != 0) {
    if (errno != EINTR) return system_failure(file);
  }
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

StoreLock::~StoreLock() {
  if (handle_ >= 0) ::close(handle_);
}

}  // namespace millrace::secrets
