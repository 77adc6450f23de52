// What the live socket looks at for as long as somebody listens to it: the files of a workspace and
// who is there, and the deploys of a solution. One look serves all who listen. For the files of
// this room only.
//
//   workspace:SOLUTION/WORKSPACE   file_changed {path, hash, by}, git_changed {branch, head},
//                                  presence {people}; kept for a minute after the last listener,
//                                  and `seq` begins anew with the server (a gap)
//   deploys:SOLUTION               done, rolled_back: {number, hash, at, on_live}; `seq` counts the
//                                  solution's deploys, of which the last
//                                  1,000 can be heard again
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
  };
  Begin begin(std::optional<int64_t> after) const;
  std::vector<FeedRow> since(int64_t seq) const;

 private:
  friend class Feeds;
  static constexpr size_t kRowsMax = 1'000;

  void add(int64_t seq, std::string type, json::object data);

  mutable std::mutex mutex_;
  std::vector<FeedRow> rows_;  // the last ones
  int64_t from_ = 0;           // all rows with a greater number are in rows_
  int64_t head_ = 0;           // the number of the last row
  bool is_looking_ = false;    // a look is under way
  int64_t next_look_ms_ = 0;
  int64_t used_at_ms_ = 0;                       // when somebody listened last
  std::map<std::string, std::string> hashes_;    // a workspace's, by path
  std::map<std::string, std::string> saved_by_;  // who saved what is not seen yet: by path and hash
  json::object git_;                             // branch and head
  std::set<std::string> people_;
};

// Thread-safe. Nothing but open() and the tasks that it posts blocks.
class Feeds {
 public:
  Feeds(const Ports& ports, Post post) : ports_(ports), post_(std::move(post)) {}

  static bool has(std::string_view topic);
  // Whose topic it is; "" when it is none of these.
  static std::string_view solution_of(std::string_view topic);
  // Looks once. not_found: there is no such workspace or solution; resource_exhausted: too many
  // are listened to.
  base::Result<std::shared_ptr<Feed>> open(const std::string& topic);
  // These people listen to it now.
  void note_present(const std::string& topic, const std::set<std::string>& people);
  // Begins the looks that are due; drops what nobody has listened to for a minute.
  void look();
  // Who changed these files, told with the change when it is seen.
  void saved(std::string_view solution, std::string_view workspace, const json::array& files,
             const std::string& who);

 private:
  static constexpr size_t kFeedsMax = 256;

  base::Result<void> look_at(const std::string& topic, Feed& feed, bool is_first);
  base::Result<void> look_at_files(const Studio::Place& place, Feed& feed, bool is_first);
  base::Result<void> look_at_git(const Studio::Place& place, Feed& feed, bool is_first);
  base::Result<void> look_at_deploys(std::string_view solution, Feed& feed);
  int64_t next_seq(const Feed& feed) const;

  const Ports& ports_;
  const Post post_;
  std::mutex mutex_;  // over the table
  std::map<std::string, std::shared_ptr<Feed>> feeds_;
};

}  // namespace millrace::api
