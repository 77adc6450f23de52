#include "base/contain.hpp"

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "base/result.hpp"

namespace millrace::base {
namespace {

thread_local int standing = 0;

// From the repository's folder on, wherever that was when this was compiled.
std::string_view within_repository(std::string_view file) {
  const size_t found = file.rfind("/src/");
  return found == std::string_view::npos ? file : file.substr(found + 1);
}

}  // namespace

ChecksThrow::ChecksThrow() {
  ++standing;
}

ChecksThrow::~ChecksThrow() {
  --standing;
}

void check_failed(const char* condition, const char* file, int line) {
  if (standing > 0) {
    throw BrokenCheck(std::string(within_repository(file)) + ":" + std::to_string(line) + ": " +
                      condition);
  }
  std::fprintf(stderr, "millrace: broken check at %s:%d: %s\n",
               std::string(within_repository(file)).c_str(), line, condition);
  std::abort();
}

std::string name_of(const std::exception& thrown) {
  if (const auto* check = dynamic_cast<const BrokenCheck*>(&thrown)) {
    return "broken check at " + std::string(check->what());
  }
  const char* const raw = typeid(thrown).name();
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(raw, nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : raw;
}

}  // namespace millrace::base
