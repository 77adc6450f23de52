// What may become of identifiers: how many of each type one person has, which of two gives way, and
// what happens when a device is used by somebody else. Settings, as values.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.hpp"

namespace millrace::people {

inline constexpr std::string_view kUserId = "user_id";
inline constexpr std::string_view kEmail = "email";
inline constexpr std::string_view kPhone = "phone";
inline constexpr std::string_view kBrazeId = "braze_id";
inline constexpr std::string_view kDeviceId = "device_id";
inline constexpr std::string_view kAnonymousId = "anonymous_id";

struct TypeRule {
  std::string type;
  size_t max = 5;          // of one person, ever
  bool is_shared = false;  // names a device, which others may use after this person
};

// `switch_over`: what the device does from then on is the new person's (Unomi). `refuse`: the
// device stays whose it was.
enum class OnSharedDevice { switch_over, refuse };
inline constexpr auto kOnSharedDevice =
    base::enum_names<OnSharedDevice>("rule for shared devices", "switch", "refuse");

struct Rules {
  // Before the types that have no row here, and behind them; the first ones give way last.
  std::vector<TypeRule> first = {{.type = std::string(kUserId), .max = 1},
                                 {.type = std::string(kEmail)},
                                 {.type = std::string(kBrazeId)},
                                 {.type = std::string(kPhone)}};
  std::vector<TypeRule> last = {{.type = std::string(kDeviceId), .is_shared = true},
                                {.type = std::string(kAnonymousId), .is_shared = true}};
  size_t other_max = 5;         // of each type without a row
  size_t identifiers_max = 50;  // of one person; 1'000 at most
  OnSharedDevice on_shared_device = OnSharedDevice::switch_over;
  std::set<std::string> blocked;  // values that name nobody, besides those that are always so
};

// What holds for a type: `rank` 0 is what gives way last.
struct Standing {
  size_t rank = 0;
  size_t max = 0;
  bool is_shared = false;
};
Standing standing_of(const Rules& rules, std::string_view type);

}  // namespace millrace::people
