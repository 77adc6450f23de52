#include "python/pool/machine.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include "python/walls/groups.hpp"

namespace millrace::python {
namespace {

// What the server itself, its files in memory and others on the machine are left with.
constexpr size_t kShareOfMemory = 4;  // a quarter
// A call seldom needs its whole address space: as many as this fit a bounded whole.
constexpr size_t kUsualCallBytes = 64 << 20;

size_t for_scripts(const Machine& machine) {
  return machine.available - machine.available / kShareOfMemory;
}

std::string mib(size_t bytes) {
  return std::to_string(bytes >> 20U) + " MiB";
}

}  // namespace

Machine find_machine() {
  Machine machine;
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("MemAvailable:")) {
      machine.available = std::stoull("0" + line.substr(line.find_first_of("0123456789"))) << 10U;
    }
  }
  const Groups tried = Groups::make({size_t{64} << 20U, 64});
  machine.bounds_memory = std::ranges::any_of(
      tried.bounded(), [](const std::string& what) { return what.contains("memory"); });
  return machine;
}

base::Result<void> fit(PoolOptions& options, const Machine& machine) {
  const size_t room = for_scripts(machine);
  if (machine.bounds_memory) {
    if (options.memory_bytes_max == 0) options.memory_bytes_max = room;
    if (options.workers_max == 0) {
      options.workers_max = std::clamp(room / kUsualCallBytes, kCallsAtOnceMin, kCallsAtOnceMax);
    }
    return {};
  }
  const size_t each = options.worker_memory_bytes_max + options.tmp_bytes_max;
  const size_t fitting = room / std::max<size_t>(1, each);
  const size_t wanted = options.workers_max == 0 ? kCallsAtOnceLeast : options.workers_max;
  if (fitting < wanted && !options.allow_unbounded) {
    return base::fail(
        base::Code::failed_precondition,
        "nothing bounds the memory of scripts here: " + std::to_string(wanted) +
            " calls at once of " + mib(each) + " are more than three quarters of the " +
            mib(machine.available) +
            " that are free, and no control group can be made. Let the server make one (systemd: " +
            "Delegate=yes, or run it under `systemd-run --user --scope -p Delegate=yes`), take " +
            "fewer --action-workers, or say --allow-unbounded",
        "python");
  }
  if (options.workers_max == 0) {
    options.workers_max = std::clamp(fitting, kCallsAtOnceLeast, kCallsAtOnceMax);
  }
  return {};
}

base::Result<void> fit_to_machine(PoolOptions& options) {
  Machine machine = find_machine();
  if (options.sandbox == Sandbox::none) {
    // Nothing is bounded then, as it was asked for.
    machine.bounds_memory = false;
    options.allow_unbounded = true;
  }
  return fit(options, machine);
}

}  // namespace millrace::python
