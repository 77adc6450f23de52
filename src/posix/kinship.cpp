#include "posix/kinship.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>

namespace millrace::posix {

std::optional<pid_t> parent_of(pid_t process) {
  if (process <= 0) return std::nullopt;
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The name stands in brackets and may hold any character, brackets too.
  const size_t end = line.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(end + 1));
  char state = 0;
  pid_t parent = 0;
  if (!(rest >> state >> parent)) return std::nullopt;
  return parent;
}

// The C library's own function is declared without C linkage here.
Fd descriptor_of(pid_t process) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

base::Result<Fd> descriptor_of_child(pid_t process, pid_t parent) {
  const auto refused = [](const char* why) {
    return base::fail(base::Code::permission_denied, why, "posix");
  };
  if (process <= 1 || parent <= 0 || process == ::getpid()) return refused("not a process of ours");
  Fd descriptor = descriptor_of(process);
  if (!descriptor.is_open()) return call_failure("pidfd_open");
  if (parent_of(process) != parent) return refused("not a child of the process it should be of");
  return descriptor;
}

Inside look_inside(pid_t thread) {
  Inside seen;
  std::ifstream file("/proc/" + std::to_string(thread) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Threads:")) {
      std::istringstream(line.substr(8)) >> seen.threads;
    } else if (line.starts_with("NStgid:")) {
      std::istringstream numbers(line.substr(7));
      for (pid_t number = 0; numbers >> number;) seen.group = number;  // the innermost is the last
    }
  }
  return seen;
}

std::optional<size_t> children_of(pid_t process) {
  const std::string number = std::to_string(process);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  if (!file.is_open()) return std::nullopt;
  return static_cast<size_t>(
      std::distance(std::istream_iterator<pid_t>(file), std::istream_iterator<pid_t>()));
}

size_t resident_bytes(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  size_t all = 0;
  size_t resident = 0;
  if (!(file >> all >> resident)) return 0;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

bool name_senders(const Fd& socket) {
  const int on = 1;
  return ::setsockopt(socket.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0;
}

}  // namespace millrace::posix
