#include "app/wire/descriptors.hpp"

#include <algorithm>

#include "posix/limits.hpp"

namespace millrace::app {
namespace {

constexpr size_t kReservedMin = 64;
constexpr size_t kReservedMax = 2'048;

}  // namespace

DescriptorShares share_descriptors(size_t limit) {
  const size_t reserved = std::clamp(limit / 4, kReservedMin, kReservedMax);
  const size_t free = limit > reserved ? limit - reserved : 1;
  const size_t beside = std::clamp<size_t>(free / 16, 1, 1'024);
  const size_t serving = free > 2 * beside ? free - 2 * beside : 1;
  return {limit, std::min(serving, kConnectionsMax), beside};
}

DescriptorShares raise_descriptors() {
  return share_descriptors(posix::raise_descriptor_limit(kDescriptorsMax));
}

}  // namespace millrace::app
