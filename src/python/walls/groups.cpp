#include "python/walls/groups.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

#include "base/text.hpp"

namespace millrace::python {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = "/sys/fs/cgroup";
constexpr std::string_view kPrefix = "millrace-";

// How long a group may take to become empty after its last process was killed.
constexpr auto kRemoveLimit = std::chrono::milliseconds(500);

bool write_to(const fs::path& file, const std::string& text) {
  const posix::Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd.is_open() &&
         ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// This process's group of that controller, "" for version 2's one hierarchy: /proc/self/cgroup has
// lines such as "4:memory:/system.slice" and "0::/".
std::optional<std::string> own_group(std::string_view controller) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto parts = base::split(line, ':');
    if (parts.size() < 3) continue;
    const auto names = base::split(parts[1], ',');
    if (std::ranges::find(names, controller) == names.end()) continue;
    return line.substr(parts[0].size() + parts[1].size() + 3);  // the path without its first '/'
  }
  return std::nullopt;
}

// In a container the number of the process may be the same every time, so that is not enough.
const std::string& own_prefix() {
  static const std::string prefix =
      std::string(kPrefix) + std::to_string(::getpid()) + "-" +
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count()) + "-";
  return prefix;
}

// Where groups of ours may be.
std::vector<fs::path> parents() {
  std::vector<fs::path> all;
  for (const char* const controller : {"", "memory", "pids"}) {
    if (const auto own = own_group(controller)) all.push_back(kRoot / controller / *own);
  }
  return all;
}

// The bounds of one controller; in version 2 all lie in one folder.
struct Bound {
  std::string file;
  std::string value;
};

bool enter_bounds(const fs::path& folder, const std::vector<Bound>& bounds) {
  std::error_code error;
  if (!fs::create_directory(folder, error) || error) return false;
  if (std::ranges::all_of(
          bounds, [&](const Bound& bound) { return write_to(folder / bound.file, bound.value); })) {
    return true;
  }
  ::rmdir(folder.c_str());
  return false;
}

}  // namespace

Groups Groups::make(const Limits& limits) {
  static std::atomic<uint64_t> last = 0;
  const std::string name = own_prefix() + std::to_string(++last);
  Groups made;
  const auto add = [&](const std::string& controller, const fs::path& parent,
                       const std::vector<Bound>& bounds) {
    const fs::path folder = parent / name;
    if (!enter_bounds(folder, bounds)) return false;
    posix::Fd entrance(::open((folder / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (!entrance.is_open()) {
      ::rmdir(folder.c_str());
      return false;
    }
    made.groups_.push_back({folder, controller, std::move(entrance)});
    return true;
  };
  const std::string memory = std::to_string(limits.memory_bytes_max);
  const std::string processes = std::to_string(limits.processes_max);
  if (const auto own = own_group("")) {
    if (add("memory pids", kRoot / *own, {{"memory.max", memory}, {"pids.max", processes}})) {
      return made;
    }
  }
  if (const auto own = own_group("memory")) {
    add("memory", kRoot / "memory" / *own, {{"memory.limit_in_bytes", memory}});
  }
  if (const auto own = own_group("pids")) {
    add("pids", kRoot / "pids" / *own, {{"pids.max", processes}});
  }
  return made;
}

void Groups::remove_leftovers() {
  for (const fs::path& parent : parents()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(kPrefix) || name.starts_with(own_prefix())) continue;
      pid_t owner = 0;
      std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), owner);
      const bool is_dead = owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH;
      if (is_dead || owner == ::getpid()) ::rmdir(entry.path().c_str());
    }
  }
}

Groups& Groups::operator=(Groups&& other) noexcept {
  std::swap(groups_, other.groups_);
  return *this;
}

Groups::~Groups() {
  const auto until = std::chrono::steady_clock::now() + kRemoveLimit;
  for (const Group& group : groups_) {
    while (::rmdir(group.folder.c_str()) != 0 && errno == EBUSY &&
           std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
}

std::vector<int> Groups::entrances() const {
  std::vector<int> all;
  for (const Group& group : groups_) all.push_back(group.entrance.get());
  return all;
}

std::vector<std::string> Groups::bounded() const {
  std::vector<std::string> all;
  for (const Group& group : groups_) all.push_back(group.controller);
  return all;
}

}  // namespace millrace::python
