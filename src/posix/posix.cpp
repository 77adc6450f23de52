#include "posix/posix.hpp"

#include <cerrno>
#include <string>
#include <system_error>

namespace millrace::posix {
namespace {

using base::Code;

Code code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Code::not_found;
    case EEXIST: return Code::already_exists;
    case EACCES:
    case EPERM: return Code::permission_denied;
    case EMFILE:
    case ENFILE:
    case ENOMEM: return Code::resource_exhausted;
    default: return Code::unavailable;
  }
}

// Unlike strerror's, the text is safe beside other threads.
std::string words_for(int error) {
  return std::generic_category().message(error);
}

}  // namespace

void Fd::reset() {
  if (fd_ < 0) return;
  const int before = errno;
  ::close(fd_);
  errno = before;
  fd_ = -1;
}

base::Error file_error(const std::filesystem::path& where) {
  const int error = errno;
  return {code_of(error), words_for(error), where.string()};
}

std::unexpected<base::Error> file_failure(const std::filesystem::path& where) {
  return std::unexpected(file_error(where));
}

base::Error call_error(const char* call) {
  const int error = errno;
  return {Code::resource_exhausted, std::string(call) + " failed: " + words_for(error), "posix"};
}

std::unexpected<base::Error> call_failure(const char* call) {
  return std::unexpected(call_error(call));
}

}  // namespace millrace::posix
