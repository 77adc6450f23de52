#include "python/groups.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

#include "base/text.hpp"

namespace millrace::python {
namespace {

namespace fs = std::filesystem;

// How long a group may take to become empty after its last process was killed.
constexpr auto kRemoveLimit = std::chrono::milliseconds(500);

bool write_to(const fs::path& file, const std::string& text) {
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
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

Groups Groups::make(const std::string& name, const Limits& limits) {
  Groups made;
  const auto add = [&](const std::string& controller, const fs::path& parent,
                       const std::vector<Bound>& bounds) {
    const fs::path folder = parent / name;
    if (!enter_bounds(folder, bounds)) return false;
    Fd entrance(::open((folder / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (!entrance.is_open()) {
      ::rmdir(folder.c_str());
      return false;
    }
    made.groups_.push_back({folder, controller, std::move(entrance)});
    return true;
  };
  const std::string memory = std::to_string(limits.memory_bytes_max);
  const std::string processes = std::to_string(limits.processes_max);
  const fs::path root = "/sys/fs/cgroup";
  if (const auto own = own_group("")) {
    if (add("memory pids", root / *own, {{"memory.max", memory}, {"pids.max", processes}})) {
      return made;
    }
  }
  if (const auto own = own_group("memory")) {
    add("memory", root / "memory" / *own, {{"memory.limit_in_bytes", memory}});
  }
  if (const auto own = own_group("pids")) {
    add("pids", root / "pids" / *own, {{"pids.max", processes}});
  }
  return made;
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
