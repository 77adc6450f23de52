// A durable sequence of records, for whoever writes down what it is about to change: what was
// appended comes back after a crash, oldest first, until it is dropped. Records are bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::base {

class RecordLog {
 public:
  using Done = std::move_only_function<void(Result<void>)>;
  using Each = std::function<Result<void>(uint64_t number, std::string_view record)>;

  virtual ~RecordLog() = default;

  // Hands over every record that is kept, in the order of their numbers; not while an append is
  // under way. Dropped ones may come back, but never one without all that follow it. Returns the
  // number of the last record, which the next one follows; 0 when there was none. Errors: what
  // `each` returned; unavailable.
  virtual Result<uint64_t> each(const Each& each) = 0;

  // Makes the record durable and then calls `done`, on a thread of the log's, in the order of the
  // calls; many may share one sync. Numbers grow by one: what does not follow the last durable one
  // fails, for it was meant to follow one that was lost. A record that failed never comes back. The
  // record must not be empty.
  virtual void append(uint64_t number, std::string record, Done done) = 0;

  // Records up to this number are not needed any more.
  virtual void drop(uint64_t through) = 0;

  // Takes the bytes of dropped records away, which otherwise stay until they are written over: of
  // all, where nothing that is kept lies in one file with them. `done` is called on a thread of
  // the log's, after those of what was appended before. Error: unavailable.
  virtual void clear(Done done) = 0;
};

}  // namespace millrace::base
