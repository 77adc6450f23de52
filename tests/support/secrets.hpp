// A data folder and a key file beside it, for the tests of `secrets`.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

#include "secrets/secrets.hpp"
#include "tests/fakes/folder.hpp"

namespace millrace::secrets {

namespace fs = std::filesystem;

inline constexpr std::string_view kPlanted = "planted-value-1d8f";

class Secrets : public ::testing::Test {
 protected:
  Secrets() { fs::create_directories(data()); }

  fs::path data() const { return root_ / "data"; }
  fs::path key() const { return root_ / "config" / "secrets.key"; }
  Store store() const { return *Store::at(data(), key()); }

  fs::path write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    const fs::path file = root_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    ::chmod(file.c_str(), mode);
    return file;
  }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::string everything_kept() const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_regular_file()) all += read(entry.path());
    }
    return all;
  }

  fakes::Folder home_;
  const fs::path& root_ = home_.path;
  const base::Timestamp now_{1'767'323'045'000};
};

}  // namespace millrace::secrets
