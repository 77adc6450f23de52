// Addresses, and networks of them, from which a key may be used. Pure.
#pragma once

#include <string_view>

namespace millrace::access {

// "192.0.2.7", "192.0.2.0/24", "2001:db8::/32".
bool is_address_rule(std::string_view text);
// The address is that one, or in that network. False for what is no address and no rule.
bool is_within(std::string_view address, std::string_view rule);

}  // namespace millrace::access
