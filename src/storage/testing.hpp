// What this room's tests stand on: a log that keeps nothing, and a folder that goes with the test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/world.hpp"

namespace millrace::storage {

class NoLog final : public base::Log {
 public:
  void line(base::Level, std::string_view, std::string_view) override {}
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

}  // namespace millrace::storage
