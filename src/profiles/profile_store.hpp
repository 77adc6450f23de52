// Profiles, their look-ups and their history over a key-value store and a record log. What was used
// last is held decoded, within a bound; one request becomes durable as one record of the log, and
// rows follow when the log or memory is at its bound. After a crash the records are done again over
// the rows. Not thread-safe: the sandbox holds a lock.
//
//   p/<braze_id>                         the profile, as of some record or later
//   x/<external_id>  a/<label>\0<name>  k/<app_id>\0<push token>   -> braze_id
//   m/<email>\0<braze_id>  t/<phone>\0<braze_id>
//   o/<braze_id>/<number>                a run of lines of its history
//   c/...                                a counter
// Keys of other kinds belong to whoever hands them to `write`.
#pragma once

#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/key_value.hpp"
#include "base/record_log.hpp"
#include "base/world.hpp"
#include "profiles/counters.hpp"
#include "profiles/held.hpp"

namespace millrace::profiles {

// Of several profiles with one address: an identified one before others, then the one updated last
// (users-track.md 5.7).
bool is_meant_before(const Profile& one, const Profile& other);

class ProfileStore {
 public:
  ProfileStore(base::KeyValueStore& store, base::RecordLog& log, base::Random& random,
               StoreLimits limits)
      : store_(store), log_(log), random_(random), limits_(limits) {}

  // Before anything else of a request: reads the records back the first time, and after something
  // was lost. What was found before is not valid any more. Error: unavailable, data_loss.
  base::Result<void> begin();
  // How often everything was read back.
  uint64_t generation() const { return generation_; }

  // The profile an identifier means, by the rules of users-track.md 5; nullptr when there is none.
  base::Result<Held*> find(const Identifier& who);
  base::Result<Held*> find_braze_id(const std::string& braze_id);
  // All it may mean: at most one, but for e-mail addresses and phone numbers.
  base::Result<std::vector<Held*>> find_all(const Identifier& who);
  Held& make(const Identifier& who, base::Timestamp at);

  // What a request does to a profile: tallies and attributes, with the line that tells it ("" for
  // none); anything else; deleting.
  void changed(Held& held, base::Timestamp at, std::string_view line, bool in_look_ups);
  void rewritten(Held& held, base::Timestamp at, std::string_view line);
  void remove(Held& held);
  Counters& counters() { return counters_; }
  // A row of another kind, kept with the rest of the request; nullopt removes it.
  void write(std::string key, std::optional<std::string> value);

  // Makes all of it durable, then calls `done`.
  void commit(base::RecordLog::Done done);
  // Forgets what was changed since the last commit.
  void abandon() { shared_->lost = true; }
  // Writes rows and drops records for as long as `has_time`, so that the next start has fewer to
  // read, or none; waits. Error: unavailable, some may still be there.
  base::Result<void> settle(const std::function<bool()>& has_time);

  struct Listed {
    std::vector<json::value> profiles;  // as exported
    std::string next;                   // "" when there are no more
  };
  // In the order of their ids; `search` is looked for in ids, names and addresses.
  base::Result<Listed> list(const std::string& after, size_t limit, const std::string& search);
  // Calls `each` with every profile after that id, at most so many; the last id, "" at the end.
  base::Result<std::string> each(const std::string& after, size_t limit,
                                 const std::function<void(const Profile&)>& each);
  // The last ones, oldest first.
  base::Result<std::vector<json::value>> history(const Held& held, size_t limit);
  base::Result<std::vector<std::pair<std::string, std::string>>> rows(const std::string& prefix);

 private:
  struct Unwritten {
    uint64_t since = 0;
    Held* held = nullptr;  // one of the two
    Counter* counter = nullptr;
  };
  static constexpr size_t kFreshBytes = 2'048;  // about what a new profile takes
  // Shared with the records and batches of rows under way, whose ends come on other threads.
  struct Shared {
    std::atomic<bool> lost = false;
    std::atomic<int> under_way = 0;
    std::atomic<uint64_t> durable = 0;  // the last batch that is, and all before it
  };

  base::Result<void> reload();
  base::Result<void> redo(std::string_view record, uint64_t number);
  base::Result<void> redo_profile(const json::value& item, uint64_t number);
  base::Result<void> take_up_old_records();
  base::Result<void> put_rows();
  base::Result<Held*> load(const std::string& braze_id);
  std::string fresh_id(base::Timestamp at);
  std::vector<const Held*> without_rows(const std::string& after, const std::string& last,
                                        size_t limit) const;
  Held& hold(Profile profile);
  void note_use(Held& held);
  void index(Held& held);
  void unindex(Held& held);
  void touch(Held& held);
  static void add_line(Held& held, std::string_view line);
  base::Result<void> collect(const std::string& prefix, std::vector<Held*>& found);

  std::string record_of(uint64_t number);
  void note_unwritten(uint64_t number, Held* held, Counter* counter);
  void write_due_rows(size_t touched);
  void write_rows(size_t at_least, size_t at_most, size_t log_bytes_wanted);
  void write_row(Held& held);
  void note_spent();
  base::KeyValueBatch take_rows();
  static void hand_over(base::KeyValueStore& store, base::KeyValueBatch rows, uint64_t number,
                        std::shared_ptr<Shared> shared, base::RecordLog::Done done);
  void see_what_is_durable();
  void forget_least_recent();
  bool may_be_forgotten(const Held& held) const;

  base::KeyValueStore& store_;
  base::RecordLog& log_;
  base::Random& random_;
  const StoreLimits limits_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  bool is_open_ = false;
  uint64_t generation_ = 0;

  std::unordered_map<std::string, std::unique_ptr<Held>> held_;  // by braze_id
  std::unordered_map<std::string, std::vector<Held*>> by_key_;
  std::list<Held*> recent_;  // the one used last first
  size_t bytes_ = 0;
  Counters counters_;

  std::string ids_begin_with_;  // what this run's braze_ids have in common
  uint32_t ids_made_ = 0;

  // Of the request under way.
  std::vector<Held*> touched_;
  base::KeyValueBatch own_;  // rows of other kinds

  std::map<std::string, std::optional<std::string>> rows_;  // to be handed to the store
  uint64_t batches_ = 0;                                    // the number of the last batch of rows
  uint64_t durable_ = 0;  // and of the last durable one, as seen when the request began
  std::deque<std::pair<uint64_t, Held*>> leaving_;  // profiles whose rows are in batches under way
  uint64_t records_ = 0;                            // the number of the last one
  std::deque<Unwritten> unwritten_;
  std::deque<std::pair<uint64_t, size_t>> needed_;  // records: number and bytes
  struct Spent {
    uint64_t record = 0;
    uint64_t batch = 0;  // that wrote the last row it was needed for
  };
  std::deque<Spent> spent_;
  size_t log_bytes_ = 0;
  bool is_shortening_ = false;  // the log, until it is well below its bound
};

}  // namespace millrace::profiles
