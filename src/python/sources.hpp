// The workers' own source, embedded by room.cmake.
#pragma once

#include <string>
#include <string_view>

namespace millrace::python {

extern const std::string_view kWorkerCommon;
extern const std::string_view kWorkerServe;
extern const std::string_view kWorkerDescribe;

// One program: what all workers share, then what this one is for.
inline std::string worker_source(std::string_view purpose) {
  return std::string(kWorkerCommon) + std::string(purpose);
}

}  // namespace millrace::python
