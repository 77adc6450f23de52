// Bytes as the file of a model, with the hash that they should have: what is behind it must be
// refused, or do no harm.
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "nlu/nlu.hpp"

namespace {

using namespace millrace;

// A small model to be mutated, where libFuzzer has none: input is (offset, bytes) over it.
const std::string& whole() {
  static const std::string bytes = [] {
    const nlu::Example examples[] = {{"open", "o", {}}, {"close", "c", {}}, {"joke", "", {}}};
    return nlu::train(examples, {}).value();
  }();
  return bytes;
}

void try_model(std::string bytes) {
  if (bytes.size() >= 64) {
    const std::string hash = base::sha256(std::string_view(bytes).substr(64));
    std::memcpy(bytes.data() + 32, hash.data(), hash.size());
    const uint64_t size = bytes.size();
    std::memcpy(bytes.data() + 16, &size, sizeof size);
  }
  std::vector<uint64_t> aligned(bytes.size() / 8 + 1);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto* begin = reinterpret_cast<const std::byte*>(aligned.data());
  const auto model = nlu::Model::read({begin, bytes.size()});
  if (!model) return;
  (void)model->understand("open the door, please");
  (void)model->explain("close it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const bool is_file = data[0] == 'M';
  if (is_file) {
    try_model(std::string(reinterpret_cast<const char*>(data), size));
    return 0;
  }
  std::string bytes = whole();
  for (size_t i = 1; i + 3 < size; i += 4) {
    // Three bytes say where, one says what; a file is below 16 MB.
    const size_t at = (data[i] | data[i + 1] << 8 | data[i + 2] << 16) % bytes.size();
    bytes[at] = static_cast<char>(data[i + 3]);
  }
  try_model(std::move(bytes));
  return 0;
}
