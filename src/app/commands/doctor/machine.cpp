#include <sys/timex.h>
#include <sys/utsname.h>

#include "app/commands/doctor/finding.hpp"
#include "app/wire/log/log.hpp"
#include "app/wire/system.hpp"
#include "posix/limits.hpp"
#include "python/python.hpp"

namespace millrace::app {
namespace {

constexpr size_t kDescriptorsWanted = 65'536;
constexpr int64_t kBuiltMs = 1'735'689'600'000;  // 2025-01-01: no machine's clock is before that

class Silence final : public base::Log {
  void line(base::Level, std::string_view, std::string_view) override {}
};

Finding look_at_kernel() {
  utsname about{};
  if (::uname(&about) != 0) return {"kernel", State::doubtful, "cannot be told", ""};
  return judge_kernel(about.release);
}

// Tries what a worker would need, as the server does when it starts.
Finding look_at_walls(const DoctorOptions& options) {
  if (options.world.unsafe_no_sandbox) {
    return {"sandbox", State::doubtful, "not used (--unsafe-no-sandbox)",
            "a script may then do whatever the server's user may"};
  }
  SystemClock clock;
  Silence log;
  python::PoolOptions pool;
  pool.allow_unbounded = options.world.allow_unbounded;
  const auto started = python::Pool::start(pool, clock, log);
  if (!started) return {"sandbox", State::wrong, started.error().message, ""};
  return {"sandbox", State::right, "action nodes run in namespaces of their own (bubblewrap)", ""};
}

Finding look_at_time() {
  SystemClock clock;
  const std::string now = base::to_iso8601(clock.now());
  if (clock.now().ms < kBuiltMs) {
    return {"time", State::wrong, now, "set the machine's clock: certificates are refused with it"};
  }
  timex about{};
  if (::adjtimex(&about) == TIME_ERROR || (about.status & STA_UNSYNC) != 0) {
    return {"time", State::doubtful, now + ", kept by no time service",
            "install one, such as systemd-timesyncd or chrony: timers and signatures go by it"};
  }
  return {"time", State::right, now + ", kept by a time service", ""};
}

}  // namespace

std::vector<Finding> look_at_machine(const DoctorOptions& options) {
  return {look_at_kernel(), look_at_walls(options),
          judge_descriptors(posix::raise_descriptor_limit(kDescriptorsWanted)), look_at_time()};
}

}  // namespace millrace::app
