// The processes' own source, embedded by room.cmake.
#pragma once

#include <string>
#include <string_view>

namespace millrace::python {

extern const std::string_view kWorkerCommon;
extern const std::string_view kWorkerConfine;
extern const std::string_view kWorkerNames;
extern const std::string_view kWorkerNet;
extern const std::string_view kWorkerKept;
extern const std::string_view kWorkerContract;
extern const std::string_view kWorkerPreload;
extern const std::string_view kWorkerAllowed;
extern const std::string_view kWorkerProof;
extern const std::string_view kWorkerBindings;
extern const std::string_view kWorkerBodies;
extern const std::string_view kWorkerProofs;
extern const std::string_view kWorkerServe;
extern const std::string_view kWorkerSlots;
extern const std::string_view kWorkerZygote;
extern const std::string_view kWorkerChecks;
extern const std::string_view kWorkerDescribe;

// Each program is what all processes share, then what this one is for.
inline std::string serving_source() {
  std::string source(kWorkerCommon);
  for (const std::string_view part :
       {kWorkerConfine, kWorkerNames, kWorkerNet, kWorkerKept, kWorkerContract, kWorkerPreload,
        kWorkerAllowed, kWorkerProof, kWorkerBindings, kWorkerBodies, kWorkerProofs, kWorkerServe,
        kWorkerSlots, kWorkerZygote}) {
    source += part;
  }
  return source;
}
inline std::string describing_source() {
  std::string source(kWorkerCommon);
  for (const std::string_view part :
       {kWorkerConfine, kWorkerNames, kWorkerNet, kWorkerContract, kWorkerAllowed, kWorkerProof,
        kWorkerBindings, kWorkerBodies, kWorkerProofs, kWorkerChecks, kWorkerDescribe}) {
    source += part;
  }
  return source;
}

}  // namespace millrace::python
