// What the live socket looks at for as long as somebody listens to it: the files of a workspace and
// who is there, and the deploys of a solution. One look serves all who listen. For the files of
// this room only.
//
//   workspace:SOLUTION/WORKSPACE   file_changed {path, hash, by}, git_changed {branch, head},
//                                  presence {people}, claim {node, by, until}, check_done {sound,
//                                  hash, errors, warnings, rev, by}; kept for a minute after the
//                                  last listener, and `seq` begins anew with the server (a gap)
//   deploys:SOLUTION               done, rolled_back: {number, hash, at, on_live}; `seq` counts the
//                                  solution's deploys, the last 1,000 of which can be heard again
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.hpp"

namespace millrace::api {

struct FeedRow {
  int64_t seq = 0;
  std::string type;
  json::object data;
};

// One topic. Thread-safe.
class Feed {
 public:
  // Where a listener begins that has heard all up to `after` (nullopt: from now on).
  struct Begin {
    int64_t seq = 0;
    bool is_gap = false;
    json::array claims;  // those that stand, as their rows have them
  };
  Begin begin(std::optional<int64_t> after) const;
  std::vector<FeedRow> since(int64_t seq) const;

 private:
  friend class Feeds;
  static constexpr size_t kRowsMax = 1'000;
  enum class Opening { looking, open, failed };
  struct Claim {
    int64_t until_ms = 0;
    int64_t told_until_ms = 0;
  };

  void add(int64_t seq, std::string type, json::object data);

  std::mutex opening_;  // whoever looks first; the others wait for it
  mutable std::mutex mutex_;
  Opening state_ = Opening::looking;
  std::vector<FeedRow> rows_;  // the last ones
  int64_t from_ = 0;           // all rows with a greater number are in rows_
  int64_t head_ = 0;           // the number of the last row
  bool is_looking_ = true;     // a look is under way
  int64_t next_look_ms_ = 0;
  int64_t used_at_ms_ = 0;                     // when somebody listened last
  std::map<std::string, std::string> hashes_;  // a workspace's, by path
  int saving_ = 0;                             // saves under way
  uint64_t saves_ = 0;                         // that have ended
  json::object git_;                           // branch and head
  std::set<std::string> people_;
  std::map<std::pair<std::string, std::string>, Claim> claims_;  // by node and name
  json::object checked_;                                         // told last
};

// Thread-safe. Nothing but open() and the tasks that it posts blocks.
class Feeds {
 public:
  Feeds(const Ports& ports, Post post) : ports_(ports), post_(std::move(post)) {}

  static bool has(std::string_view topic);
  // Whose topic it is; "" when it is none of these.
  static std::string_view solution_of(std::string_view topic);
  // Looks once; whoever else opens it meanwhile waits for that look. not_found: there is no such
  // workspace or solution; resource_exhausted: too many are listened to.
  base::Result<std::shared_ptr<Feed>> open(const std::string& topic);
  // These people listen to it now. What those claimed who have left is free.
  void note_present(const std::string& topic, const std::set<std::string>& people);
  // Begins the looks that are due; drops what nobody has listened to for a minute, and claims that
  // were not renewed.
  void look();

  // Somebody works on a node, for a minute from now: a warning to others, which holds nobody up.
  // not_found: nobody listens to the topic; resource_exhausted.
  base::Result<void> claim(const std::string& topic, const std::string& node,
                           const std::string& who);
  void unclaim(const std::string& topic, const std::string& node, const std::string& who);
  // What a check of the files as they are on the disk found; the same is told once.
  void checked(const Studio::Place& place, const json::object& found, const std::string& who);

  // While files of a workspace are saved nothing that is looked at counts: who changed them is told
  // by whoever saves.
  class Saving {
   public:
    Saving(Feeds& feeds, const Studio::Place& place);
    ~Saving();
    Saving(const Saving&) = delete;
    Saving& operator=(const Saving&) = delete;
    // By path, with the hash that the file has now; "" = it is gone.
    void saved(const std::map<std::string, std::string>& files, const std::string& who);

   private:
    Feeds& feeds_;
    const std::shared_ptr<Feed> feed_;  // null where nobody listens
  };

 private:
  static constexpr size_t kFeedsMax = 256;

  std::shared_ptr<Feed> find(const std::string& topic);
  base::Result<void> look_at(const std::string& topic, Feed& feed);
  base::Result<void> look_first(const std::string& topic, Feed& feed);
  base::Result<void> look_at_workspace(const Studio::Place& place, Feed& feed);
  base::Result<void> look_at_deploys(std::string_view solution, Feed& feed);
  // Under the feed's lock, all that follow.
  void tell_file(Feed& feed, const std::string& path, const std::string& hash,
                 const std::string& who);
  void tell_claim(Feed& feed, const std::pair<std::string, std::string>& whose,
                  std::optional<int64_t> until_ms);
  void end_claims(Feed& feed, int64_t now);
  int64_t next_seq(const Feed& feed) const;

  const Ports& ports_;
  const Post post_;
  std::mutex mutex_;  // over the table
  std::map<std::string, std::shared_ptr<Feed>> feeds_;
};

std::string workspace_topic(const Studio::Place& place);
// Whether people meet at the topic: it is a workspace's.
bool has_people(std::string_view topic);

}  // namespace millrace::api
