// Who is who: which consumer stands behind an address on a channel, and which consumers are one
// person. The port Identities is implemented by storage; Joins is what both it and a test's
// stand-in keep in memory. A consumer whom nobody has joined with another costs one look into that
// memory.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"

namespace millrace::runtime {

// Where a consumer of one solution talks from.
struct Address {
  base::Id app;  // the solution's
  std::string environment;
  std::string channel;
  std::string address;  // as the channel knows them
};
// The consumer behind an address, whoever they were joined with: derived, and so the same for ever.
// Of the channel "rest" it is the same in every environment.
base::Id sender_id(const Address& address);

// Joins of consumers of one solution, who are one person from then on: the one with the smallest
// id. Thread-safe.
class Identities {
 public:
  // Gives the person; when the join is durable, and line() knows it. Errors: resource_exhausted (a
  // person has at most kJoinedMax ids), unavailable (nothing can be stored).
  using Joined = std::move_only_function<void(base::Result<base::Id>)>;

  virtual ~Identities() = default;
  // Whom this consumer was joined to, and that one in turn: the last one is the person. Empty for
  // one who is nobody else. Looks into memory alone.
  virtual std::vector<base::Id> line(base::Id consumer) const = 0;
  // Makes the two, and all that either was joined with, one person; nothing when they are. Never
  // blocks; `joined` is called once, on any thread.
  virtual void join(base::Id one, base::Id other, Joined joined) = 0;
  // Whoever is one person with this consumer is somebody of their own again, as if nobody had been
  // joined: for a person of whom nothing is kept any more. Never blocks; `parted` is called once,
  // on any thread, when it is durable. Error: unavailable.
  using Parted = std::move_only_function<void(base::Result<void>)>;
  virtual void part(base::Id consumer, Parted parted) = 0;
};

inline constexpr size_t kJoinedMax = 32;

// The joins, in memory: trees, whose roots are the persons. Not thread-safe.
class Joins {
 public:
  struct Link {
    base::Id consumer;
    base::Id to;  // smaller, so that there is never a circle
  };

  // What has to be put to make the two one; nullopt when they are. resource_exhausted: together
  // they have more than kJoinedMax ids.
  base::Result<std::optional<Link>> link_of(base::Id one, base::Id other) const;
  // In any order; one that does not lead to a smaller id, or is there, is passed over.
  void put(const Link& link);
  // The links of the person that this consumer is; looks at all of them.
  std::vector<Link> links_of(base::Id consumer) const;
  // All links of one person, as links_of gave them.
  void remove(const std::vector<Link>& links);
  std::vector<base::Id> line(base::Id consumer) const;
  base::Id person(base::Id consumer) const;
  // Every person of more than one id, with all of them.
  std::map<base::Id, std::set<base::Id>> people() const;

 private:
  size_t ids_of(base::Id person) const;

  std::unordered_map<base::Id, base::Id, base::IdHash> to_;
  std::unordered_map<base::Id, size_t, base::IdHash> ids_;  // of each person of more than one
};

}  // namespace millrace::runtime
