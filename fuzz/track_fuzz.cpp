// Bytes as a users/track body, applied to a profile, kept and read back.
#include <cstdlib>

#include "braze/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const auto body = json::parse_object({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  braze::SandboxOptions options;
  braze::Diagnostics diagnostics;
  const auto request =
      braze::read_track(*body, options, base::Timestamp{1'767'323'045'678}, diagnostics);
  braze::Profile profile;
  profile.braze_id = "fuzz";
  for (const auto& item : request.attributes) profile.apply(item, options, diagnostics);
  for (const auto& item : request.events) profile.apply(item);
  for (const auto& item : request.purchases) profile.apply(item);
  (void)profile.to_export();
  const auto kept = profile.to_json();
  const auto again = braze::Profile::from_json(kept);
  if (!again || json::serialize(again->to_json()) != json::serialize(kept)) std::abort();
  return 0;
}
