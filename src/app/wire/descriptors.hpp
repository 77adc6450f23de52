// How many files and connections this process may hold open: the soft limit is raised to the hard
// one, some are kept for the journal and the workers, and the listeners share the rest.
#pragma once

#include <cstddef>

namespace millrace::app {

struct DescriptorShares {
  size_t limit = 0;    // of the process
  size_t serving = 0;  // connections of the main listener
  size_t beside = 0;   // of each other listener
};

inline constexpr size_t kDescriptorsMax = 262'144;
inline constexpr size_t kConnectionsMax = 50'000;

// Pure: how a limit is shared out.
DescriptorShares share_descriptors(size_t limit);
// Raises the limit, at most to kDescriptorsMax, and shares it out.
DescriptorShares raise_descriptors();

}  // namespace millrace::app
