// The audit log: who did what to which thing, as rows that each carry the hash of the one before.
// A row that was changed, left out or put in breaks the chain; that rows were cut off its end shows
// against a hash that was noted elsewhere. What is pruned at its beginning leaves an anchor: the
// number and the hash of the last row that went, under the server's own seal. Never words of
// consumers, never secrets.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/pairs.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace millrace::access {

struct AuditRow {
  int64_t number = 0;  // 1, 2, 3, ... without a gap
  base::Timestamp at;
  std::string who;     // "user:ID", "key:ID", "command", "" = nobody known
  std::string from;    // address
  std::string right;   // that was asked for; "" = none was
  std::string action;  // "user.add", "chat.turns"
  std::string object;  // what it was done to: a name or an id
  std::string before;  // hashes or counts
  std::string after;
  std::string outcome;  // "done", "refused", or the error's code
  std::string request;  // the request's id

  json::object to_json() const;
  static base::Result<AuditRow> from_json(const json::object& row);
};

// Adds the row within a transaction; its number is given here.
base::Result<void> add_row(PairsChange& pairs, AuditRow row);

struct AuditFilter {
  std::string who;
  std::string action;  // this one, or with a final '.' those that begin so
  std::string object;
  std::optional<base::Timestamp> since;
  int64_t before = 0;  // numbers less than this; 0 = the latest
  size_t limit = 100;
};
// Those that are meant, the latest first.
base::Result<std::vector<AuditRow>> list_rows(PairsRead& pairs, const AuditFilter& filter);
// Those with greater numbers than `after`, the oldest first, until `each` says false.
base::Result<void> each_row(
    PairsRead& pairs, int64_t after,
    const std::function<bool(const AuditRow&, std::string_view hash)>& each);

// Removes rows that are older than `before`, the oldest first and at most `max`, and sets the
// anchor; the last row stays. How many went.
base::Result<int64_t> prune_rows(PairsChange& pairs, base::Timestamp before, std::string_view key,
                                 size_t max);

struct AuditCheck {
  int64_t rows = 0;       // the number of the last one
  int64_t pruned = 0;     // of the last one that was pruned
  std::string last_hash;  // hexadecimal
  std::string problem;    // the first one; "" = the chain is whole
};
// `expected`: a row's number and its hash as they were noted once. `key` is the one that the log is
// pruned with; without it the seal of an anchor cannot be checked, which is a problem.
base::Result<AuditCheck> verify_rows(PairsRead& pairs,
                                     const std::optional<std::pair<int64_t, std::string>>& expected,
                                     std::string_view key = {});

}  // namespace millrace::access
