// A key-value store that shows what has been handed to it, durable or not, and remembers what was
// asked for last. Its callers hold one lock around a read and the commit that follows from it;
// only the ends of batches come from elsewhere.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/key_value.hpp"

namespace millrace::braze {

// The values read or written last, within a bound of bytes. Not thread-safe.
class RecentValues {
 public:
  using Value = std::optional<std::string>;  // nullopt: known to be absent

  explicit RecentValues(size_t bytes_max) : bytes_max_(bytes_max) {}
  const Value* find(const std::string& key);
  void put(const std::string& key, Value value);
  // Whether it was there.
  bool erase(const std::string& key);

 private:
  struct Entry {
    std::string key;
    Value value;
    size_t bytes() const { return 2 * key.size() + (value ? value->size() : 0) + 128; }
  };
  const size_t bytes_max_;
  size_t bytes_ = 0;
  std::list<Entry> entries_;  // the one used last first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

class PendingStore {
 public:
  explicit PendingStore(base::KeyValueStore& store);

  base::Result<std::optional<std::string>> get(const std::string& key);
  base::Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& prefix,
                                                                      const std::string& after,
                                                                      size_t limit);
  void commit(base::KeyValueBatch batch, base::KeyValueStore::Done done);

 private:
  struct Pending {
    std::optional<std::string> value;
    uint64_t batch = 0;
    bool is_asked_for = false;  // then it is remembered once it is durable
  };
  // Shared with the batches under way, whose ends come on the store's thread.
  struct Shared {
    std::mutex mutex;
    std::map<std::string, Pending> pending;
    uint64_t batch = 0;
    RecentValues recent{size_t{16} << 20};
  };
  static void end(Shared& shared, const std::vector<std::string>& keys, uint64_t number,
                  bool stored);

  base::KeyValueStore& store_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace millrace::braze
