// The lanes of the sender, one for each target: a window of its rows in a pipe, its requests, and
// what came of them on its way to the writer. The sender's thread's alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "delivery/pipe.hpp"
#include "outbox/inbox.hpp"
#include "outbox/outbox.hpp"
#include "outbox/writer.hpp"

namespace millrace::outbox {

struct Lane {
  runtime::DeliveryTarget target;
  delivery::Pipe pipe;
  std::optional<Destination> destination;
  int64_t cursor = 0;    // rows up to here have been taken up, ...
  bool has_more = true;  // ... and there may be others behind
  base::Timestamp resolve_at;
  base::Timestamp complain_at;  // about strange answers, not before then
};

class Lanes {
 public:
  Lanes(const Sender::Ports& ports, const Settings& settings, Inbox& inbox, Writer& writer)
      : ports_(ports), settings_(settings), inbox_(inbox), writer_(writer) {}

  // Looks which targets there are; each may have new rows.
  void find();
  // nullptr when there is none of that target.
  Lane* of(int64_t target);
  void each(const std::function<void(Lane&)>& look);
  std::string stopped_because(int64_t target);

  // Makes the requests that may be made now.
  void pump();
  base::Timestamp wake_at(base::Timestamp now) const;
  // Requests under way, and those that wait for their mark.
  size_t under_way() const { return under_way_; }
  // Numbers of marks begin after this one.
  void count_marks_from(int64_t last) { marks_ = std::max(marks_, last); }

  // What came of the pipe so far goes to the writer. Tells and counts the rest.
  void take_effects(Lane& lane, std::vector<int64_t> unmark = {});
  // Tells and counts effects that somebody else writes.
  void tell(Lane& lane, const delivery::Effects& effects);

 private:
  void load(Lane& lane);
  void resolve(Lane& lane);
  void pump(Lane& lane);
  void begin(Lane& lane, delivery::Sending sending);
  void send(Lane& lane, delivery::Sending sending, int64_t mark);
  void answered(Lane& lane, uint64_t number, int64_t mark, const web::OutboundAnswer& answer);
  void tell(Lane& lane, const delivery::Notice& notice);
  void count(const Lane& lane, const delivery::Effects& effects);
  base::Timestamp now() const { return ports_.clock.now(); }
  uint64_t chance();
  void log(base::Level level, const Lane& lane, std::string_view text);

  const Sender::Ports& ports_;
  const Settings& settings_;
  Inbox& inbox_;
  Writer& writer_;
  std::map<int64_t, std::unique_ptr<Lane>> lanes_;
  std::set<int64_t> unspoken_;  // targets that no codec is known for
  int64_t marks_ = 0;
  size_t under_way_ = 0;
};

// A figure of the target: told apart by the receiver too where an environment may have several of a
// kind ("webhook:crm").
void set_figure(base::Meter& meter, std::string_view name, const runtime::DeliveryTarget& target,
                double value);

}  // namespace millrace::outbox
