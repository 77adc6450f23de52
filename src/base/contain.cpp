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

}  // namespace

ChecksThrow::ChecksThrow() {
  ++standing;
}

ChecksThrow::~ChecksThrow() {
  --standing;
}

void check_failed(const char* condition, const char* file, int line) {
  if (standing > 0) {
    throw BrokenCheck(std::string(file) + ":" + std::to_string(line) + ": " + condition);
  }
  std::fprintf(stderr, "millrace: broken check at %s:%d: %s\n", file, line, condition);
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
