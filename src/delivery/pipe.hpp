// The way to one target, as a state machine: rows, answers and the time go in; requests to make,
// what is to be written about rows, notices and the next moment of interest come out. It keeps each
// user's order, never has two requests of one user under way, and loses nothing: a row leaves it
// only with a state that is to be written. It sends nothing and asks nobody for the time.
#pragma once

#include <deque>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/outbound.hpp"
#include "delivery/answer.hpp"
#include "delivery/memory.hpp"
#include "delivery/parcel.hpp"
#include "delivery/progress.hpp"
#include "delivery/row.hpp"
#include "delivery/rules.hpp"

namespace millrace::delivery {

// One request to make now.
struct Sending {
  uint64_t number = 0;
  std::string method;
  std::string path;
  std::string body;
  size_t objects = 0;
  // These must be on record as being sent before they are: after a crash nobody could tell.
  std::vector<ObjectRef> counting;
};

struct Notice {
  enum class Kind {
    stopped,  // by a configuration error; the queue is kept, whoever waits is told config_error
    resumed,
    away,  // the target does not answer, or with errors
    back,
    strange,  // an answer that nobody should give
  };
  Kind kind = Kind::strange;
  std::string text;  // free of secrets
};

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

class Pipe {
 public:
  static constexpr base::Timestamp kNever{std::numeric_limits<int64_t>::max()};

  explicit Pipe(Rules rules);

  // What must not show in texts: the key.
  void hide(std::vector<base::Sensitive> sensitive) { sensitive_ = std::move(sensitive); }

  // Rows come in the order of their ids, apart from those that are to be tried again. A row that
  // cannot be sent settles at once; one that is here already is left.
  // What is done from now on about objects that may have arrived.
  void treat_ambiguous(Ambiguous how) { rules_.ambiguous = how; }
  bool wants_rows() const { return waiting_.size() < rules_.window_max / 2; }
  size_t room() const { return rules_.window_max - std::min(rules_.window_max, waiting_.size()); }
  bool has(int64_t row) const { return waiting_.contains(row) || flying_.contains(row); }
  void add(Row row, base::Timestamp now);

  // A request of a former run was under way with these of the row's objects when it ended. The row
  // is not added.
  void suppose_sent(Row row, const std::vector<ObjectRef>& objects);
  // People's decisions. Refused and held objects of the row are sent again; what waits of it, was
  // refused or is held, is not sent any more.
  void retry(Row row, base::Timestamp now);
  void drop(Row row);

  // The next request, if one may be made now. Ask until there is none.
  std::optional<Sending> next(base::Timestamp now);
  // How that request ended. `chance` is any evenly distributed number.
  void answered(uint64_t number, const web::OutboundAnswer& answer, base::Timestamp now,
                uint64_t chance);

  // Stopped by whoever knows that there is nothing to send with.
  void stop(std::string reason, base::Timestamp now);
  void resume();
  bool is_stopped() const { return stopped_; }
  const std::string& stopped_because() const { return stopped_because_; }
  bool is_away() const { return down_; }

  Effects take_effects() { return std::exchange(effects_, {}); }
  // When next() may have something again though nothing happens until then.
  base::Timestamp wake_at(base::Timestamp now) const;

  size_t rows() const { return waiting_.size() + flying_.size(); }
  size_t under_way() const { return static_cast<size_t>(sending_); }

 private:
  struct Entry {
    Row row;
    Parcel parcel;
    Progress progress;
    size_t bytes = 0;       // that it takes of a request, at most
    bool is_apart = false;  // its attributes are not to be joined with others
    bool drop_wanted = false;
  };
  using Entries = std::map<int64_t, Entry>;

  // One object of a request; attributes may come from several rows.
  struct Slot {
    Array array = Array::attributes;
    std::vector<ObjectRef> sources;
    json::object attributes;
    Part part = Part::all;
    std::string text;
    bool is_counting = false;
    bool is_apart = false;
  };
  using Group = std::vector<Slot>;

  // Rows on their way together: the first group is what is sent next, or is being sent.
  struct Flight {
    std::deque<Group> groups;
    std::vector<int64_t> rows;
    std::vector<uint64_t> queues;
    bool is_alone = false;
    std::string method = "POST";
    std::string path = "/users/track";
    bool is_sending = false;
    uint64_t number = 0;
    base::Timestamp began;
    base::Timestamp not_before;
    int failures = 0;
    int failures_alone = 0;  // of those, while others went through
    base::Timestamp failed_first;
    int bisections = 0;
  };
  using Flights = std::list<Flight>;

  // What the request that is being put together knows of each user. (pipe_build.cpp)
  struct Building;
  bool may_send(base::Timestamp now) const;
  Flights::iterator choose(base::Timestamp now);
  bool build(base::Timestamp now);
  enum class Taken { yes, later, full };
  Taken take(Building& building, Entry& entry, base::Timestamp now);
  bool take_attributes(Building& building, Entry& entry, size_t object, Group& fresh,
                       base::Timestamp now);
  static bool join(Slot& slot, const Entry& entry, const json::object& attributes);
  Slot slot_of(const Entry& entry, size_t object) const;
  void remove_dropped(Flight& flight);
  Sending sending_of(const Flight& flight) const;

  // What answers mean for the flight. (pipe_answers.cpp)
  void met(Flight& flight, const Answer& answer, base::Timestamp now, uint64_t chance);
  void accepted(Flight& flight, const Answer& answer, base::Timestamp now);
  void refused(Flight& flight, const Answer& answer, base::Timestamp now, uint64_t chance);
  size_t reject_named(Flight& flight, const Answer& answer);
  void too_large(Flight& flight, const Answer& answer);
  void throttled(const Answer& answer, base::Timestamp now, uint64_t chance);
  void failed(Flight& flight, const std::string& why, base::Timestamp now, uint64_t chance);
  void bisect(Flight& flight, const std::string& why);
  void split(Flight& flight);
  void ambiguous(Flight& flight);
  void keep_pace(const Answer& answer, base::Timestamp now);
  void went_through(base::Timestamp now);

  // What happens to rows. (pipe.cpp)
  Entry& flying(int64_t row);
  void note_attempt(const Group& group, int status, const std::string& request_id);
  void deliver(const Slot& slot, base::Timestamp now);
  void reject(const Slot& slot, const std::string& reason);
  // False when nothing of the object is left to be sent.
  bool outcome_unknown(Entry& entry, size_t object);
  void touch(int64_t row) { touched_.insert(row); }
  void settle_touched();
  void settle(const Entry& entry);
  void drop_waiting(Entry& entry);
  void finish_group(Flight& flight);
  void end_if_done(Flights::iterator flight);

  Rules rules_;
  std::vector<base::Sensitive> sensitive_;
  Memory memory_;
  Entries waiting_;
  Entries flying_;
  Flights flights_;
  std::unordered_set<uint64_t> busy_;  // queues with something under way
  std::set<int64_t> touched_;          // rows of which something is to be written
  Effects effects_;
  uint64_t numbers_ = 0;
  int sending_ = 0;

  bool stopped_ = false;
  std::string stopped_because_;
  base::Timestamp probe_at_;
  bool down_ = false;
  int failures_ = 0;  // one after the other, nothing having gone through in between
  base::Timestamp failed_at_;
  base::Timestamp resume_at_;
  base::Timestamp went_through_at_;
  int throttles_ = 0;
  base::Timestamp throttled_until_;
  std::optional<int64_t> remaining_;  // requests left ...
  base::Timestamp window_ends_at_;    // ... until then
};

}  // namespace millrace::delivery
