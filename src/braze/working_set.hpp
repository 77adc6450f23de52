// The profiles that one users/track request touches, as they were and as they become. Applies
// attributes, then events, then purchases, as Braze does, and gives the one batch that keeps it
// all. Used under the sandbox's lock.
#pragma once

#include <map>

#include "base/key_value.hpp"
#include "braze/profile_store.hpp"

namespace millrace::braze {

class WorkingSet {
 public:
  WorkingSet(ProfileStore& profiles, const SandboxOptions& options, base::Timestamp now,
             Diagnostics& diagnostics)
      : profiles_(profiles), options_(options), now_(now), diagnostics_(diagnostics) {}

  base::Result<base::KeyValueBatch> apply(const TrackRequest& request);

 private:
  struct Touched {
    Profile before;  // without an id when it is new
    Profile after;
  };

  base::Result<void> apply_attributes(const AttributesItem& item);
  template <typename Item>
  base::Result<void> apply_occurrence(const Item& item);
  // The profile an identifier means, as this request has left it so far; nullptr when there is
  // none.
  base::Result<Profile*> find(const Identifier& who);
  // The profile to change; nullptr when there is none and none is to be made.
  base::Result<Profile*> resolve(const Identifier& who, Creates creates);
  Profile* hold(Profile before, Profile after);

  ProfileStore& profiles_;
  const SandboxOptions& options_;
  const base::Timestamp now_;
  Diagnostics& diagnostics_;
  base::KeyValueBatch batch_;
  std::map<std::string, Touched> touched_;  // by braze_id
};

}  // namespace millrace::braze
