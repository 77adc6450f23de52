// Bytes as a users/track body, applied to a profile, kept and read back.
#include <cstdlib>

#include "braze/rules/apply.hpp"
#include "profiles/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  auto body = json::parse_object({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  braze::SandboxOptions options;
  braze::Diagnostics diagnostics;
  const base::Timestamp now{1'767'323'045'678};
  const auto request = braze::read_track(*body, options, 1'000, now, diagnostics);
  profiles::Profile profile;
  profile.braze_id = "fuzz";
  std::string history;
  const auto note = [&](const std::string& line) {
    if (!history.empty()) history += ',';
    history += line;
  };
  for (const auto& item : request.attributes) {
    const std::string line = apply(profile, item, options, now, diagnostics);
    if (!line.empty()) note(line);
  }
  for (const auto& item : request.events) {
    if (profile.apply(item)) note(profiles::history_line(item));
  }
  for (const auto& item : request.purchases) {
    if (profile.apply(item)) note(profiles::history_line(item));
  }
  (void)profile.to_export();
  std::string kept;
  profile.append_to(kept);
  const auto stored = json::parse_object(kept);
  if (!stored) std::abort();
  const auto again = profiles::Profile::from_json(*stored);
  std::string kept_again;
  if (again) again->append_to(kept_again);
  if (kept_again != kept) std::abort();
  // Doing the changes again over nothing, and once more, ends at the same profile.
  std::string changes;
  profile.append_changes(changes, history);
  const auto told = json::parse_object(changes);
  if (!told) std::abort();
  profiles::Profile redone;
  redone.braze_id = "fuzz";
  redone.redo(*told);
  redone.redo(*told);
  std::string kept_redone;
  redone.append_to(kept_redone);
  const auto one = json::parse(kept), other = json::parse(kept_redone);
  if (!one || !other || *one != *other) std::abort();
  return 0;
}
