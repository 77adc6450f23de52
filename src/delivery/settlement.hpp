// The rows of a pipe, and what becomes of their objects: they wait, fly, and settle. Whatever
// changes about a row comes out as something to be written; nothing is lost on the way.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "delivery/codec.hpp"
#include "delivery/health.hpp"
#include "delivery/rules.hpp"

namespace millrace::delivery {

// What came of it, to be taken after each call.
struct Effects {
  std::vector<RowUpdate> updates;
  std::vector<Notice> notices;
  // Objects.
  size_t delivered = 0;
  size_t unchanged = 0;  // delivered without being sent
  size_t rejected = 0;
  size_t held = 0;
  size_t resent = 0;  // although they may have happened
};

class Settlement {
 public:
  using Entries = std::map<int64_t, Entry>;

  Settlement(const Rules& rules, Codec& codec) : rules_(rules), codec_(codec) {}

  void treat_ambiguous(Ambiguous how) { rules_.ambiguous = how; }
  Entries& waiting() { return waiting_; }
  size_t waiting_rows() const { return waiting_.size(); }
  size_t rows() const { return waiting_.size() + flying_.size(); }
  bool has(int64_t row) const { return waiting_.contains(row) || flying_.contains(row); }
  // It must be flying.
  Entry& flying(int64_t row);

  // As Pipe has them.
  void add(Row row);
  void suppose_sent(Row row, const std::vector<ObjectRef>& objects);
  void retry(Row row);
  void drop(Row row);

  // A waiting row that has settled, for nothing of it had to be sent.
  void finish_waiting(Entries::iterator entry);
  void take_off(Entries::iterator entry) { flying_.insert(waiting_.extract(entry)); }
  // Back among those that wait, unless it has settled or is not wanted any more.
  void land(int64_t row);

  void note_attempt(const Group& group, int status, const std::string& request_id);
  void deliver(const Slot& slot, base::Timestamp now);
  void reject(const Slot& slot, const std::string& reason);
  // It will be sent again although it may have happened.
  void flag_repeat(const Group& group);
  // Keeps in the group what is to be sent again.
  void lose(Group& group);
  // Takes out of the group what people do not want sent any more.
  void take_out_dropped(Group& group);
  // Writes what has changed about rows that fly; those that have settled leave.
  void settle_touched();

  void count_unchanged(size_t objects) { effects_.unchanged += objects; }
  Effects take_effects() { return std::exchange(effects_, {}); }

 private:
  // False when nothing of the object is left to be sent.
  bool lose_object(Entry& entry, size_t object);
  void settle(const Entry& entry);
  void touch(int64_t row) { touched_.insert(row); }
  static void drop_waiting(Entry& entry);

  Rules rules_;
  Codec& codec_;
  Entries waiting_;
  Entries flying_;
  std::set<int64_t> touched_;  // rows of which something is to be written
  Effects effects_;
};

}  // namespace millrace::delivery
