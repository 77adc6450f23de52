// Control groups for one version's processes, where this process may make them: a bound on their
// memory together and on their number. Made beside the server's own group, in version 2 or 1 of the
// kernel's interface; where neither can be written there is none, and the limits that every process
// has by itself are all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "posix/posix.hpp"

namespace millrace::python {

class Groups {
 public:
  struct Limits {
    size_t memory_bytes_max = 0;
    size_t processes_max = 0;
  };

  Groups() = default;
  static Groups make(const Limits& limits);
  // Removes what servers that were killed have left.
  static void remove_leftovers();
  Groups(Groups&& other) noexcept = default;
  Groups& operator=(Groups&& other) noexcept;
  // Removes them; their processes must have ended by then, or nearly.
  ~Groups();

  // Where a process writes "0" to be in them.
  std::vector<int> entrances() const;
  // "memory", "pids": what is bounded.
  std::vector<std::string> bounded() const;

 private:
  struct Group {
    std::filesystem::path folder;
    std::string controller;
    posix::Fd entrance;
  };
  std::vector<Group> groups_;
};

}  // namespace millrace::python
