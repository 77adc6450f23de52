// A small ordered map that is durable: the port through which an edge keeps its own data without
// knowing the store behind it. Keys and values are bytes; keys sort bytewise.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace millrace::base {

// Writes that become durable together or not at all. A value of nullopt removes the key.
struct KeyValueBatch {
  std::vector<std::pair<std::string, std::optional<std::string>>> writes;
};

class KeyValueStore {
 public:
  using Done = std::move_only_function<void(Result<void>)>;

  virtual ~KeyValueStore() = default;

  // The value as of the last batch whose `done` was called; nullopt when there is none. A batch
  // still under way may or may not be seen. Blocks for one read; thread-safe.
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;

  // Up to `limit` pairs whose key starts with `prefix`, in key order, beginning after `after`
  // when that is not empty. Blocks; thread-safe.
  virtual Result<std::vector<std::pair<std::string, std::string>>> scan(std::string_view prefix,
                                                                        std::string_view after,
                                                                        size_t limit) = 0;

  // Makes the batch durable and then calls `done`, on a thread of the store's. Batches are applied
  // in the order of the calls; many may share one sync.
  virtual void commit(KeyValueBatch batch, Done done) = 0;
};

}  // namespace millrace::base
