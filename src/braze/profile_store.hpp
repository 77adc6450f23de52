// Profiles, their look-ups and their events over a key-value store. Sees its own batches while they
// are still under way. Not thread-safe: the sandbox holds a lock.
//
//   p/<braze_id>                         the profile
//   x/<external_id>  a/<label>\0<name>  k/<app_id>\0<push token>   -> braze_id
//   m/<email>\0<braze_id>  t/<phone>\0<braze_id>
//   o/<braze_id>/<number>                one event or purchase as it was sent
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/key_value.hpp"
#include "braze/pending_store.hpp"
#include "braze/profile.hpp"

namespace millrace::braze {

// Of several profiles with one address: an identified one before others, then the one updated last
// (users-track.md 5.7).
bool is_meant_before(const Profile& one, const Profile& other);

class ProfileStore {
 public:
  ProfileStore(base::KeyValueStore& store, Random& random) : store_(store), random_(random) {}

  // The profiles an identifier may mean: at most one, but for e-mail addresses and phone numbers.
  base::Result<std::vector<std::string>> braze_ids_of(const Identifier& who);
  // The one it means, by the rules of users-track.md 5; nullopt when there is none.
  base::Result<std::optional<Profile>> find(const Identifier& who);
  base::Result<std::optional<Profile>> find_braze_id(const std::string& braze_id);
  Profile make(const Identifier& who, base::Timestamp at);

  struct Listed {
    std::vector<Profile> profiles;
    std::string next;  // "" when there are no more
  };
  // In the order of their ids; `search` is looked for in ids, names and e-mail addresses.
  base::Result<Listed> list(const std::string& after, size_t limit, const std::string& search);
  // The last ones, oldest first.
  base::Result<std::vector<json::value>> occurrences(const Profile& profile, size_t limit);

  // Writes of one request: what the profile was and what it has become, and its occurrences.
  static void write(base::KeyValueBatch& batch, const Profile& before, const Profile& after);
  static void write_occurrence(base::KeyValueBatch& batch, const Profile& profile,
                               const json::object& occurrence);
  void commit(base::KeyValueBatch batch, base::KeyValueStore::Done done) {
    store_.commit(std::move(batch), std::move(done));
  }

 private:
  PendingStore store_;
  Random& random_;
};

}  // namespace millrace::braze
