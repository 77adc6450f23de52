#include "egress/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace millrace::egress {
namespace {

struct Range4 {
  uint32_t first;
  int bits;
  Network network;
};

constexpr uint32_t ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// The first that fits decides.
constexpr Range4 kRanges4[] = {
    {ip(169, 254, 169, 254), 32, Network::metadata},  // AWS, Azure, Google, DigitalOcean, ...
    {ip(169, 254, 170, 2), 32, Network::metadata},    // AWS, containers
    {ip(100, 100, 100, 200), 32, Network::metadata},  // Alibaba
    {ip(192, 0, 0, 192), 32, Network::metadata},      // Oracle
    {ip(168, 63, 129, 16), 32, Network::metadata},    // Azure's platform, on a public address
    {ip(0, 0, 0, 0), 8, Network::special},           {ip(10, 0, 0, 0), 8, Network::site},
    {ip(100, 64, 0, 0), 10, Network::site},          {ip(127, 0, 0, 0), 8, Network::loopback},
    {ip(169, 254, 0, 0), 16, Network::link_local},   {ip(172, 16, 0, 0), 12, Network::site},
    {ip(192, 0, 0, 0), 24, Network::special},        {ip(192, 0, 2, 0), 24, Network::special},
    {ip(192, 88, 99, 0), 24, Network::special},      {ip(192, 168, 0, 0), 16, Network::site},
    {ip(198, 18, 0, 0), 15, Network::special},       {ip(198, 51, 100, 0), 24, Network::special},
    {ip(203, 0, 113, 0), 24, Network::special},      {ip(224, 0, 0, 0), 4, Network::special},
    {ip(240, 0, 0, 0), 4, Network::special},
};

struct Range6 {
  std::array<uint8_t, 16> first;
  int bits;
  Network network;
};

constexpr Range6 kRanges6[] = {
    {{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128, Network::metadata},
    {{0xfd, 0x20, 0, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128, Network::metadata},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, Network::loopback},
    {{0xfc}, 7, Network::site},
    {{0xfe, 0xc0}, 10, Network::site},
    {{0xfe, 0x80}, 10, Network::link_local},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, Network::special},  // documentation
    {{0x20, 0x01}, 23, Network::special},              // IETF protocols; Teredo is 2001::/32
    {{0x20, 0x02}, 16, Network::special},              // 6to4
    {{0x3f, 0xff}, 20, Network::special},              // documentation
    {{0x20}, 3, Network::global},                      // all that has been given out
};

constexpr std::array<uint8_t, 16> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<uint8_t, 16> kNat64 = {0, 0x64, 0xff, 0x9b};

bool within(const std::array<uint8_t, 16>& bytes, const std::array<uint8_t, 16>& first, int bits) {
  const auto whole = static_cast<size_t>(bits / 8);
  if (!std::equal(bytes.begin(), bytes.begin() + whole, first.begin())) return false;
  if (bits % 8 == 0) return true;
  const int mask = 0xff << (8 - bits % 8) & 0xff;
  return (bytes[whole] & mask) == (first[whole] & mask);
}

uint32_t number_at(const std::array<uint8_t, 16>& bytes, size_t at) {
  return ip(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

Network network_of_v4(uint32_t number) {
  for (const Range4& range : kRanges4) {
    if ((number ^ range.first) >> (32 - range.bits) == 0) return range.network;
  }
  return Network::global;
}

}  // namespace

Address Address::v4(uint32_t number) {
  Address address;
  for (size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<uint8_t>(number >> (24 - 8 * i));
  return address;
}

Address Address::v6(const std::array<uint8_t, 16>& bytes) {
  if (within(bytes, kMapped, 96)) return v4(number_at(bytes, 12));
  return {bytes, true};
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  if (terminated.size() != text.size() || terminated.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  std::array<uint8_t, 16> bytes{};
  if (text.find(':') == std::string_view::npos) {
    if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) != 1) return std::nullopt;
    return Address::v4(number_at(bytes, 0));
  }
  if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) != 1) return std::nullopt;
  return Address::v6(bytes);
}

std::string to_string(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
  return text;
}

Network network_of(const Address& address) {
  if (!address.is_v6) return network_of_v4(number_at(address.bytes, 0));
  if (within(address.bytes, kNat64, 96)) return network_of_v4(number_at(address.bytes, 12));
  for (const Range6& range : kRanges6) {
    if (within(address.bytes, range.first, range.bits)) return range.network;
  }
  return Network::special;
}

}  // namespace millrace::egress
