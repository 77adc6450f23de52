// What everything that belongs to one version shares.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/world.hpp"
#include "python/loop.hpp"
#include "python/pool/shares.hpp"
#include "python/python.hpp"
#include "python/walls/launch.hpp"

namespace millrace::python {

// What the crews of one pool share.
struct Common {
  Shares shares;
  // Gives a call's place to whoever runs the fewest among those that wait.
  std::function<void()> place_is_free;
};

struct VersionSetup {
  const PoolOptions& options;
  base::Clock& clock;
  base::Log& log;
  Loop& loop;
  const Ground& ground;
  Common& common;
  VersionFolder version;
  std::map<std::string, std::string> environment;

  // Printed lines are kept longer than they are shown until they have been redacted.
  size_t raw_line_max() const { return 4 * options.log_line_bytes_max; }
  // A log line may grow sixfold as JSON, and a result comes with a few words around it.
  size_t frame_bytes_max() const {
    return options.result_bytes_max + 32 * options.log_line_bytes_max + (64 << 10);
  }
};

}  // namespace millrace::python
