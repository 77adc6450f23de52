// Zip and gzip files around what is stored in them uncompressed. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millrace::braze {

struct ArchivedFile {
  std::string name;
  std::string bytes;  // less than 4 GB
};

std::string zipped(std::span<const ArchivedFile> files);
std::string gzipped(std::string_view bytes);

}  // namespace millrace::braze
