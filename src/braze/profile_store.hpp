// Profiles, their look-ups and their events over a key-value store. Sees its own batches while they
// are still under way, which the store does not. Not thread-safe: the sandbox holds a lock.
//
//   p/<braze_id>                         the profile
//   x/<external_id>  a/<label>\0<name>   -> braze_id
//   m/<email>\0<braze_id>  t/<phone>\0<braze_id>
//   o/<braze_id>/<number>                one event or purchase as it was sent
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/key_value.hpp"
#include "braze/profile.hpp"

namespace millrace::braze {

// A key-value store that shows what has been handed to it, durable or not.
class PendingStore {
 public:
  explicit PendingStore(base::KeyValueStore& store);

  base::Result<std::optional<std::string>> get(const std::string& key);
  base::Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& prefix,
                                                                      const std::string& after,
                                                                      size_t limit);
  void commit(base::KeyValueBatch batch, base::KeyValueStore::Done done);

 private:
  // Shared with the batches under way, whose ends come on the store's thread.
  struct Pending {
    std::mutex mutex;
    std::map<std::string, std::pair<std::optional<std::string>, uint64_t>> writes;
    uint64_t batch = 0;
  };
  base::KeyValueStore& store_;
  std::shared_ptr<Pending> pending_;
};

class ProfileStore {
 public:
  ProfileStore(base::KeyValueStore& store, Random& random) : store_(store), random_(random) {}

  // The profile an identifier means, by the rules of users-track.md 5; nullopt when there is none.
  base::Result<std::optional<Profile>> find(const Identifier& who);
  base::Result<std::optional<Profile>> find_braze_id(const std::string& braze_id);
  Profile make(const Identifier& who, base::Timestamp at);

  struct Listed {
    std::vector<Profile> profiles;
    std::string next;  // "" when there are no more
  };
  // In the order of their ids; `search` is looked for in ids, names and e-mail addresses.
  base::Result<Listed> list(const std::string& after, size_t limit, const std::string& search);
  base::Result<std::vector<json::value>> occurrences(const std::string& braze_id, size_t limit);

  // Writes of one request: what the profile was and what it has become, and its occurrences.
  static void write(base::KeyValueBatch& batch, const Profile& before, const Profile& after);
  static void write_occurrence(base::KeyValueBatch& batch, const Profile& profile,
                               const json::object& occurrence);
  void commit(base::KeyValueBatch batch, base::KeyValueStore::Done done) {
    store_.commit(std::move(batch), std::move(done));
  }

 private:
  base::Result<std::optional<Profile>> find_shared(const std::string& prefix);

  PendingStore store_;
  Random& random_;
};

}  // namespace millrace::braze
