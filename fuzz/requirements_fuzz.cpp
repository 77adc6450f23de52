// Bytes as a requirements.txt: what is accepted is accepted again, and never looks like an option,
// an address or a path.
#include <cstdlib>

#include "python/requirements.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace::python;
  const auto read = read_requirements({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  for (const std::string& line : *read) {
    if (line.starts_with('-') || line.contains('/') || line.contains(':')) std::abort();
    const auto again = read_requirements(line);
    if (!again || again->size() != 1 || again->front() != line) std::abort();
  }
  return 0;
}
