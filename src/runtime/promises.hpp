// Promises that a test build can break on purpose, so that the simulation can be seen to find out.
// In every other build they hold by construction: the questions below are constants.
#pragma once

namespace millrace::runtime {

enum class Promise {
  none,
  repeats_are_known,      // a message id makes one turn
  told_when_durable,      // nothing is told before it is on disk
  loss_is_marked,         // a call made again after a crash says so
  answers_come_after,     // no turn begins inside the call that answers another
  receivers_stand_apart,  // one receiver's fault delays no other's deliveries
  marked_before_sent,     // what counts is on record as being sent before it leaves
};

#ifdef MILLRACE_BREAKABLE
inline Promise broken_promise = Promise::none;
inline bool is_kept(Promise promise) {
  return broken_promise != promise;
}
#else
constexpr bool is_kept(Promise) {
  return true;
}
#endif

}  // namespace millrace::runtime
