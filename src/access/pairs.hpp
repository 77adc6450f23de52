// A small ordered map that is changed in transactions: the port for what several processes keep
// together (a server, and commands beside it) and what must be decided on what is there. Keys and
// values are bytes; keys sort bytewise. base::KeyValueStore is the port for much that one process
// writes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace millrace::access {

using Pair = std::pair<std::string, std::string>;

// What is there, as of the beginning of the transaction and with its own changes.
class PairsRead {
 public:
  virtual ~PairsRead() = default;
  // nullopt when there is none.
  virtual base::Result<std::optional<std::string>> get(std::string_view key) = 0;
  // Up to `limit` pairs whose key starts with `prefix` and is greater than `after`, in key order.
  virtual base::Result<std::vector<Pair>> scan(std::string_view prefix, std::string_view after,
                                               size_t limit) = 0;
  // The same from the end: keys less than `before`, or all when it is empty, the greatest first.
  virtual base::Result<std::vector<Pair>> scan_back(std::string_view prefix,
                                                    std::string_view before, size_t limit) = 0;
};

class PairsChange : public PairsRead {
 public:
  virtual base::Result<void> put(std::string_view key, std::string_view value) = 0;
  virtual base::Result<void> remove(std::string_view key) = 0;
};

class Transactions {
 public:
  using Reading = std::function<base::Result<void>(PairsRead&)>;
  using Changing = std::function<base::Result<void>(PairsChange&)>;

  virtual ~Transactions() = default;
  // Blocks, thread-safe. `body` runs once and calls nothing of this object; its error is the
  // answer.
  virtual base::Result<void> read(const Reading& body) = 0;
  // Nobody else changes anything meanwhile. What `body` did is durable when this returns; after an
  // error nothing of it is there. Blocks for one sync of the disk.
  virtual base::Result<void> change(const Changing& body) = 0;
};

}  // namespace millrace::access
