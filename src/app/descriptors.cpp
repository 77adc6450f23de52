#include "app/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

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
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return share_descriptors(1'024);
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, kDescriptorsMax);
  if (limit.rlim_cur < wanted) {
    const rlimit raised{wanted, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit.rlim_cur = wanted;
  }
  return share_descriptors(std::min<rlim_t>(limit.rlim_cur, kDescriptorsMax));
}

}  // namespace millrace::app
