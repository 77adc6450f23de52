// The workers' own source, embedded by room.cmake.
#pragma once

#include <string>
#include <string_view>

namespace millrace::python {

extern const std::string_view kWorkerCommon;
extern const std::string_view kWorkerServe;
extern const std::string_view kWorkerChecks;
extern const std::string_view kWorkerDescribe;

// Each program is what all workers share, then what this one is for.
inline std::string serving_source() {
  return std::string(kWorkerCommon) + std::string(kWorkerServe);
}
inline std::string describing_source() {
  return std::string(kWorkerCommon) + std::string(kWorkerChecks) + std::string(kWorkerDescribe);
}

}  // namespace millrace::python
