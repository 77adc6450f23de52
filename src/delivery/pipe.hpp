// The way to one target, as a state machine: rows, answers and the time go in; requests to make,
// what is to be written about rows, notices and the next moment of interest come out. It keeps each
// user's order, never has two requests of one user under way, and loses nothing: a row leaves it
// only with a state that is to be written. It sends nothing and asks nobody for the time.
#pragma once

#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/web/outbound.hpp"
#include "delivery/codec.hpp"
#include "delivery/flights.hpp"
#include "delivery/health.hpp"
#include "delivery/pace.hpp"
#include "delivery/rules.hpp"
#include "delivery/settlement.hpp"

namespace millrace::delivery {

// One request to make now.
struct Sending : Request {
  uint64_t number = 0;
  size_t objects = 0;
  // These must be on record as being sent before they are: after a crash nobody could tell.
  std::vector<ObjectRef> counting;
};

class Pipe {
 public:
  static constexpr base::Timestamp kNever = delivery::kNever;

  Pipe(Rules rules, std::unique_ptr<Codec> codec);

  // Where to, and with which keys, from now on. Does not resume. Errors: as the codec's.
  base::Result<void> set(const Settings& settings);
  // What is done from now on about objects that may have arrived.
  void treat_ambiguous(Ambiguous how) { settlement_.treat_ambiguous(how); }

  bool wants_rows() const { return settlement_.waiting_rows() < rules_.window_max / 2; }
  size_t room() const {
    return rules_.window_max - std::min(rules_.window_max, settlement_.waiting_rows());
  }
  bool has(int64_t row) const { return settlement_.has(row); }
  // Rows come in the order of their ids, apart from those that are to be tried again. A row that
  // cannot be sent settles at once; one that is here already is left.
  void add(Row row) { settlement_.add(std::move(row)); }

  // A request of a former run was under way with these of the row's objects when it ended. The row
  // is not added.
  void suppose_sent(Row row, const std::vector<ObjectRef>& objects) {
    settlement_.suppose_sent(std::move(row), objects);
  }
  // People's decisions. Refused and held objects of the row are sent again; what waits of it, was
  // refused or is held, is not sent any more.
  void retry(Row row) { settlement_.retry(std::move(row)); }
  void drop(Row row) { settlement_.drop(std::move(row)); }

  // The next request, if one may be made now. Ask until there is none.
  std::optional<Sending> next(base::Timestamp now);
  // How that request ended. `chance` is any evenly distributed number.
  void answered(uint64_t number, const web::OutboundAnswer& answer, base::Timestamp now,
                uint64_t chance);

  // Stopped by whoever knows that there is nothing to send with.
  void stop(std::string reason, base::Timestamp now) { health_.stop(std::move(reason), now); }
  void resume() { health_.resume(); }
  bool is_stopped() const { return health_.is_stopped(); }
  const std::string& stopped_because() const { return health_.stopped_because(); }
  bool is_away() const { return health_.is_away(); }

  Effects take_effects();
  // When next() may have something again though nothing happens until then.
  base::Timestamp wake_at(base::Timestamp now) const;

  size_t rows() const { return settlement_.rows(); }
  size_t under_way() const { return static_cast<size_t>(flights_.under_way()); }

 private:
  // What goes into the next request.
  bool may_send(base::Timestamp now) const;
  Flights::Place choose(base::Timestamp now);
  bool build(base::Timestamp now);
  Codec::Taken take(Load& load, Entry& entry, base::Timestamp now);
  void take_out_dropped(Flight& flight);
  Sending sending_of(const Flight& flight, base::Timestamp now);
  void end_if_done(Flights::Place flight);

  // What its end means for a request. (pipe_answers.cpp)
  struct Ending {
    Flight& flight;
    base::Timestamp now;
    uint64_t chance = 0;
  };
  void take_answer(const Ending& ending, const Answer& answer);
  void was_accepted(const Ending& ending, const Answer& answer);
  void was_refused(const Ending& ending, const Answer& answer);
  void was_too_large(const Ending& ending, const Answer& answer);
  void was_unfit(const Ending& ending, const Answer& answer);
  void was_told_to_stop(const Ending& ending, const Answer& answer);
  void was_answered_oddly(const Ending& ending, const Answer& answer);
  void had_failed(const Ending& ending, const Answer& answer);
  void did_not_arrive(const Ending& ending, const std::string& why);
  size_t reject_named(Flight& flight, const Answer& answer);
  void search(Flight& flight, const std::string& why);
  void wait_a_while(const Ending& ending);
  void went_through(base::Timestamp now);

  Rules rules_;
  std::unique_ptr<Codec> codec_;
  std::vector<base::Sensitive> sensitive_;
  Settlement settlement_;
  Flights flights_;
  Pace pace_;
  Health health_;
};

}  // namespace millrace::delivery
