// Where deliveries are kept: the rows that turns wrote (JournalRecord::deliveries, in the turn's
// own transaction), what became of them, and what people want done about them. `storage` implements
// it, `outbox` uses it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "delivery/row.hpp"

namespace millrace::runtime {

// Whose system deliveries go to. The number is the store's, the same for ever.
struct DeliveryTarget {
  int64_t number = 0;
  std::string solution;
  std::string environment;
  std::string receiver;  // as Delivery has it
};

struct StoredDelivery {
  delivery::Row row;
  int64_t target = 0;
  std::string chat_id;
  std::string solution;
  std::string environment;
  delivery::State state = delivery::State::waiting;
  base::Timestamp changed_at;  // of the state; 0 while nothing has been tried
  // Of one that waits, in a list: why its target is stopped; "" when it is not.
  std::string stopped;
};

// Which deliveries are meant; what is not given does not matter.
struct DeliveryFilter {
  std::vector<std::string> keys;
  std::optional<delivery::State> state;
  bool is_open = false;  // what waits, is held or was refused; not together with `state`
  std::string solution;
  std::string environment;
  std::string kind;
  std::string chat_id;
  std::optional<base::Id> consumer;
  base::Timestamp since;  // owed then or later
  enum class Order { oldest_first, newest_first } order = Order::oldest_first;
  int64_t after = 0;  // what follows this id, in that order; 0 = from the beginning
  size_t limit = 100;
};

// What a person wants done. Whoever runs the sender takes it up.
struct DeliveryOrder {
  enum class Action { retry, drop };
  int64_t number = 0;
  Action action = Action::retry;
  int64_t row = 0;
};

// What is written together.
struct DeliveryWrite {
  int64_t target = 0;  // of the rows in `updates`
  std::vector<delivery::RowUpdate> updates;
  // Objects that are about to be sent and must not be sent twice unknowingly, by a number of the
  // writer's choice; the marks whose end is known; the orders that have been carried out.
  std::vector<std::pair<int64_t, std::vector<delivery::ObjectRef>>> marks;
  std::vector<int64_t> unmark;
  std::vector<int64_t> orders_done;
  // Why the target is stopped from now on; "" when it goes on. It is forgotten at the next start.
  std::optional<std::string> stopped;
  base::Timestamp at;
};

struct DeliveryDepth {
  size_t waiting = 0;
  base::Timestamp oldest_owed_at;  // of those that wait; 0 when none do
  std::string stopped;             // why the target is; "" when it is not
};

// Reads block for as long as the disk does; everything is thread-safe.
class DeliveryStore {
 public:
  using Done = std::move_only_function<void(base::Result<void>)>;
  virtual ~DeliveryStore() = default;

  virtual base::Result<std::vector<DeliveryTarget>> targets() = 0;
  // Rows of that target that wait, with ids greater than `after`, in order.
  virtual base::Result<std::vector<delivery::Row>> waiting(int64_t target, int64_t after,
                                                           size_t limit) = 0;
  virtual base::Result<DeliveryDepth> depth(int64_t target) = 0;
  virtual base::Result<std::optional<StoredDelivery>> find(std::string_view key) = 0;
  virtual base::Result<std::optional<StoredDelivery>> get(int64_t id) = 0;
  virtual base::Result<std::vector<StoredDelivery>> list(const DeliveryFilter& filter) = 0;
  virtual base::Result<std::map<int64_t, std::vector<delivery::ObjectRef>>> marks() = 0;
  virtual base::Result<std::vector<DeliveryOrder>> orders(size_t limit) = 0;

  // Makes the changes durable, many writes with one sync, in the order of the calls; then calls
  // `done` on a thread of the store's.
  virtual void commit(DeliveryWrite write, Done done) = 0;
  // Forgets the target's rows that were delivered, refused or dropped before that moment, at most
  // `limit`; `done` gets an error or nothing. Held rows stay until somebody decides.
  virtual void prune(int64_t target, base::Timestamp before, size_t limit, Done done) = 0;
};

}  // namespace millrace::runtime
