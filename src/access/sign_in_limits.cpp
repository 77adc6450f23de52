#include "access/sign_in_limits.hpp"

#include "base/text.hpp"

namespace millrace::access {

std::optional<int> SignInLimits::take(std::string_view account, std::string_view network,
                                      Time now) {
  const std::lock_guard lock(mutex_);
  const std::string name = base::to_ascii_lower(account);
  if (const auto wait = addresses_.take(network, 1, now)) return wait;
  if (!name.empty()) {
    if (const auto wait = accounts_.take(name, 1, now)) return wait;
  }
  return all_.take("", 1, now);
}

// A share that is taken back is one less than none.
void SignInLimits::give_back(std::string_view account, std::string_view network, Time now) {
  const std::lock_guard lock(mutex_);
  addresses_.take(network, -1, now);
  if (!account.empty()) accounts_.take(base::to_ascii_lower(account), -1, now);
}

}  // namespace millrace::access
