// How often somebody may try to sign in: by account, by address and over all, so that guessing
// takes longer than anybody has. A try that succeeds is given back, so a busy office is not kept
// out. Thread-safe; bounded.
#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "base/resilience/shares.hpp"

namespace millrace::access {

inline constexpr double kTriesPerAccount = 5;   // in kTriesWindowSeconds
inline constexpr double kTriesPerAddress = 20;  // likewise
inline constexpr double kTriesWindowSeconds = 15 * 60;

class SignInLimits {
 public:
  using Time = base::ShareTable::Time;
  // nullopt: go on, a try is taken; otherwise seconds to wait. Without an account ("": a link, or a
  // provider's word) the address and the whole count, so that nobody keeps everybody else out.
  std::optional<int> take(std::string_view account, std::string_view network, Time now);
  void give_back(std::string_view account, std::string_view network, Time now);

 private:
  static constexpr size_t kAskersMax = 10'000;
  std::mutex mutex_;
  // Each password costs a sixth of a second of one CPU.
  base::ShareTable all_{{1, 30}, 1};
  base::ShareTable accounts_{{kTriesPerAccount / kTriesWindowSeconds, kTriesPerAccount},
                             kAskersMax};
  base::ShareTable addresses_{{kTriesPerAddress / kTriesWindowSeconds, kTriesPerAddress},
                              kAskersMax};
};

}  // namespace millrace::access
