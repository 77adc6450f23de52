#include "posix/threads.hpp"

#include <pthread.h>

#include <array>

namespace millrace::posix {

void name_thread(std::string_view name) {
  ::pthread_setname_np(::pthread_self(), std::string(name.substr(0, kThreadNameBytesMax)).c_str());
}

std::string thread_name() {
  std::array<char, kThreadNameBytesMax + 1> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

}  // namespace millrace::posix
