// What one kind of receiver wants of requests and means by its answers. A codec reads rows, says
// which of them may share a request, writes that request and reads the answer into fates; queues,
// order, waiting and all that is kept are the pipe's. One codec serves one target, on the thread of
// its pipe; it sends nothing and asks nobody for the time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/redact.hpp"
#include "base/result.hpp"
#include "base/web/web.hpp"
#include "delivery/progress.hpp"
#include "delivery/row.hpp"
#include "delivery/settings.hpp"

namespace millrace::delivery {

// One thing that a row asks for; it is delivered or refused by itself.
struct Object {
  int array = 0;             // which part of a request it belongs into, as the codec counts them
  json::object fields;       // what can still be joined or left out; else ...
  std::string text;          // ... as it is sent
  bool is_counting = false;  // sending it twice does it twice
};

// A row's body, read. A codec may derive from it what else it has to know.
struct Parcel {
  Parcel() = default;
  Parcel(Parcel&&) = default;
  Parcel& operator=(Parcel&&) = default;
  virtual ~Parcel() = default;

  bool is_alone = false;       // a request of its own
  bool drops_repeats = false;  // the receiver knows it again: it is sent until there is an answer
  size_t bytes = 0;            // that it takes of a request, at most
  std::vector<Object> objects;
  // Whose order this row has a place in, as hashes; rows that share one are sent one after the
  // other. The last one is whose objects are told apart within a request. Never empty.
  std::vector<uint64_t> queues;
};
uint64_t queue_of(std::string_view kind, std::string_view name);

// A row on its way.
struct Entry {
  Row row;
  std::unique_ptr<Parcel> parcel;
  Progress progress;
  bool is_apart = false;  // its objects are not to be joined with others
  bool drop_wanted = false;
};

// One object of a request; it may have been joined from several rows.
struct Slot {
  int array = 0;
  uint64_t owner = 0;  // the last queue of its rows
  std::vector<ObjectRef> sources;
  json::object fields;
  Part part = Part::all;
  std::string text;
  bool is_counting = false;
  bool is_apart = false;
};
using Group = std::vector<Slot>;
Slot slot_of(const Entry& entry, size_t object);

// A request that is being put together.
struct Load {
  Group group;
  size_t bytes = 0;
  size_t unchanged = 0;  // objects that need not be sent
};

struct Request {
  std::string method = "POST";
  std::string url;
  std::vector<web::Header> headers;
  std::string body;
};

// A slot that was refused.
struct Refusal {
  size_t slot = 0;
  std::string reason;
};

struct Answer {
  enum class Kind {
    accepted,   // all but the refused
    refused,    // nothing was done, unless `is_partly_done`
    too_large,  // a smaller one may do
    throttled,  // nothing was done
    failed,     // not now
    unfit,      // of a request of its own: how it is made is wrong; others are not concerned
    stopped,    // our configuration is wrong: nothing goes through until somebody mends it
    odd,        // what nobody should say: it may have been done
  };
  Kind kind = Kind::odd;
  int status = 0;
  std::string message;             // as the receiver put it, shortened and redacted
  std::vector<Refusal> refusals;   // each slot once
  bool names_others = false;       // it refuses what was not sent
  bool is_partly_done = false;     // something was done although the request was refused
  bool may_have_happened = false;  // of failed: whoever answered may not be who did it
  bool is_final = false;           // of stopped: not even a probe is wanted
  std::string request_id;
  std::optional<json::value> body;  // when it is JSON
  // Pacing. `wait_until` is when the receiver wants to hear from us again.
  std::optional<base::Timestamp> wait_until;
  std::optional<int64_t> remaining;               // requests left in the window, ...
  std::optional<base::Timestamp> window_ends_at;  // ... which ends then
};

class Codec {
 public:
  // later: in another request; full: so is everything behind it.
  enum class Taken { yes, later, full };

  virtual ~Codec() = default;

  // Where to, and with which keys, from now on. invalid_argument, with what is wrong, when nothing
  // can be sent with these.
  virtual base::Result<void> set(const Settings& settings) = 0;
  // What must not show in texts, such as a key.
  virtual std::vector<base::Sensitive> sensitive() const = 0;

  // Errors: invalid_argument, with what is wrong, when it can never be sent.
  virtual base::Result<std::unique_ptr<Parcel>> read(const Row& row) const = 0;
  // What a row holds, for people: how much of what, never what it says.
  virtual std::string summary(const Row& row) const = 0;
  // The objects that one request may have.
  virtual size_t objects_max() const { return 1; }
  // Adds the row's waiting objects to what is there. Rows that are alone never come.
  virtual Taken take(Load&, Entry&, base::Timestamp) { return Taken::later; }
  // The request that sends the group; `first` is the parcel that its first slot is of.
  virtual Request write(const Group& group, const Parcel& first, base::Timestamp now) const = 0;
  virtual Answer read_answer(const Group& group, const Parcel& first, const web::Response& response,
                             base::Timestamp now) const = 0;

  // The slot was accepted; nobody knows whether the object was.
  virtual void accepted(const Parcel&, const Slot&, base::Timestamp) {}
  virtual void lost(const Parcel&, const Object&) {}
  // Whether some of a counting object can be repeated all the same; and the slot reduced to that
  // (its text is "" when nothing is left).
  virtual bool has_repeatable(const Parcel&, const Object&) const { return false; }
  virtual void keep_repeatable(const Parcel&, Slot&) const {}
  // Takes out of a refused object what alone was wrong with it, so that the rest can be sent; what
  // there is to say of that, "" when nothing can be taken out.
  virtual std::string lighten(Parcel&, size_t, const std::string&) const { return ""; }
};

}  // namespace millrace::delivery
