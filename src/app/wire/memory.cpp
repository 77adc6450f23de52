#include "app/wire/memory.hpp"
#include "posix/threads.hpp"

#include <malloc.h>

#include <condition_variable>
#include <mutex>

namespace millrace::app {

void MemoryReturn::look() {
  if (::mallinfo2().fordblks >= kWorthBytes) ::malloc_trim(0);
}

MemoryReturn::MemoryReturn() {
  thread_ = posix::named_thread<std::jthread>("memory", [](const std::stop_token& asked_to_stop) {
    std::mutex mutex;
    std::condition_variable_any pause;
    std::unique_lock waiting(mutex);
    while (!pause.wait_for(waiting, asked_to_stop, kEvery,
                           [&] { return asked_to_stop.stop_requested(); })) {
      look();
    }
  });
}

}  // namespace millrace::app
