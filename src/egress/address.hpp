// IP addresses as values, and which of them belong to the public Internet. Pure. The tables follow
// the IANA registries of special-purpose addresses (RFC 6890 and what was added since); whatever is
// not plainly public counts as internal.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::egress {

// IPv4 in the first four bytes. An IPv4 address inside ::ffff:0:0/96 is kept as that IPv4 address:
// the system connects to the same place.
struct Address {
  std::array<uint8_t, 16> bytes{};
  bool is_v6 = false;

  static Address v4(uint32_t number);
  static Address v6(const std::array<uint8_t, 16>& bytes);
  friend bool operator==(const Address&, const Address&) = default;
};

// "192.0.2.1" (four decimal numbers without leading zeros) or "2001:db8::1" (no brackets, no zone);
// nullopt for every other spelling.
std::optional<Address> parse_address(std::string_view text);
// The canonical spelling, without brackets.
std::string to_string(const Address& address);

enum class Network {
  global,      // the public Internet
  loopback,    // 127.0.0.0/8, ::1
  site,        // private, carrier-grade NAT, unique-local, the old site-local
  link_local,  // 169.254.0.0/16, fe80::/10
  metadata,    // where clouds tell machines their credentials
  special,     // unspecified, multicast, broadcast, reserved, documentation, benchmarks, tunnels
};

// An IPv4 address carried in NAT64's well-known prefix counts as that IPv4 address; what 6to4,
// Teredo and IPv4-compatible addresses carry is not looked at: they are `special`.
Network network_of(const Address& address);

}  // namespace millrace::egress
