// Threads that can be told apart: in `top -H`, in a debugger and in a core file each has the name
// of what it does.
#pragma once

#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace millrace::posix {

// What the kernel keeps of a thread's name.
inline constexpr size_t kThreadNameBytesMax = 15;

// Names the thread that calls; longer names are cut.
void name_thread(std::string_view name);
// The name of the thread that calls.
std::string thread_name();

// A thread of that name: `Thread` is std::thread or std::jthread. A jthread's work may take the
// stop token, as if it were given to the thread itself.
template <typename Thread = std::thread, typename Work>
Thread named_thread(std::string name, Work work) {
  if constexpr (requires(std::stop_token token) { work(token); }) {
    return Thread(
        [name = std::move(name), work = std::move(work)](const std::stop_token& token) mutable {
          name_thread(name);
          work(token);
        });
  } else {
    return Thread([name = std::move(name), work = std::move(work)]() mutable {
      name_thread(name);
      work();
    });
  }
}

}  // namespace millrace::posix
