// What the tests of `calls` share beside the fakes of the world.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "calls/calls.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/lanes.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/meter.hpp"
#include "tests/fakes/runner.hpp"
#include "tests/fakes/stores.hpp"

namespace millrace::calls::testing {

using Kind = runtime::CallOutcome;

// The traces that a store holds, under that prefix.
inline std::vector<CallTrace> traces_in(base::KeyValueStore& store,
                                        std::string_view prefix = traces_of_all()) {
  std::vector<CallTrace> found;
  for (const auto& [key, value] : *store.scan(prefix, "", SIZE_MAX)) {
    found.push_back(*trace_from_json(value));
  }
  return found;
}

}  // namespace millrace::calls::testing
