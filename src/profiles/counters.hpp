// How often what happened on which day: what the analytics endpoints read. Kept with the profiles'
// records, a row a counter.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"

namespace millrace::profiles {

int64_t day_of(base::Timestamp at);

struct Counter {
  std::string key;  // of its row: "c/<kind>\0<name>\0<day>"
  double total = 0;
  uint64_t unwritten_since = 0;
  bool is_touched = false;
};

class Counters {
 public:
  // Of one kind; for events and products, by name. Past the limit nothing new is counted.
  void add(std::string_view kind, std::string_view name, int64_t day, double amount);
  double total(std::string_view kind, std::string_view name, int64_t day) const;
  std::vector<std::string> names(std::string_view kind) const;

  // As read back from a row, or from a record.
  void set(std::string key, double total);
  void clear();

  // Those changed since this was last asked.
  std::vector<Counter*> take_touched() { return std::exchange(touched_, {}); }

 private:
  static constexpr size_t kCountersMax = 200'000;

  std::unordered_map<std::string, Counter> counters_;
  std::string sought_;  // a key being looked for; kept so that none has to be made each time
  std::vector<Counter*> touched_;
};

}  // namespace millrace::profiles
