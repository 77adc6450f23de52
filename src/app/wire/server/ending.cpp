// How the server ends: what is under way is finished, what waits is refused, and what others may
// still touch goes last.
#include <condition_variable>
#include <mutex>
#include <utility>

#include "app/wire/server/server_parts.hpp"

namespace millrace::app {
namespace {

constexpr std::chrono::seconds kDrainMax{8};

}  // namespace

void Server::Parts::drain() {
  if (!runtime || !listeners) return;
  // Shared with the last lane to finish, which may do so after the patience here has ended.
  struct Idle {
    std::mutex mutex;
    std::condition_variable changed;
    bool reached = false;
  };
  auto idle = std::make_shared<Idle>();
  runtime->drain([idle] {
    const std::lock_guard guard(idle->mutex);
    idle->reached = true;
    idle->changed.notify_all();
  });
  std::unique_lock waiting(idle->mutex);
  idle->changed.wait_for(waiting, kDrainMax, [&] { return idle->reached; });
}

void Server::Parts::stop() {
  if (std::exchange(stopped, true)) return;
  if (served) served->stop_watching();
  if (retention) retention->stop();
  if (listeners) listeners->stop_accepting();
  if (health) health->stop();
  drain();
  if (deliveries) deliveries->stop();
  if (listeners) listeners->drain(std::chrono::seconds(1));
  if (metrics_server) metrics_server->drain(std::chrono::seconds(1));
  if (operators) operators->stop();
  if (actions) actions->stop();
  // What the lanes' threads may still touch goes only after they have ended.
  if (lanes) lanes->stop();
  listeners.reset();
  metrics_server.reset();
  if (sandbox) sandbox->stop();
  deliveries.reset();
  events.reset();
  journal.reset();
}

}  // namespace millrace::app
