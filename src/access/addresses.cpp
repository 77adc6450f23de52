#include "access/addresses.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace millrace::access {
namespace {

struct Network {
  std::array<unsigned char, 16> bytes{};
  unsigned bits = 128;
};

constexpr unsigned kMappedBits = 96;  // before an IPv4 address that is written as IPv6

std::optional<Network> read(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  Network network;
  unsigned before = 0;
  if (::inet_pton(AF_INET6, address.c_str(), network.bytes.data()) != 1) {
    network.bytes[10] = network.bytes[11] = 0xFF;
    if (::inet_pton(AF_INET, address.c_str(), network.bytes.data() + 12) != 1) return std::nullopt;
    before = kMappedBits;
  }
  if (slash == std::string_view::npos) return network;
  const std::string_view length = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc() || end != length.data() + length.size()) return std::nullopt;
  if (bits > network.bits - before) return std::nullopt;
  network.bits = before + bits;
  return network;
}

}  // namespace

bool is_address_rule(std::string_view text) {
  return read(text).has_value();
}

bool is_within(std::string_view address, std::string_view rule) {
  const auto asked = read(address);
  const auto wanted = read(rule);
  if (!asked || !wanted || address.contains('/')) return false;
  for (unsigned bit = 0; bit < wanted->bits; ++bit) {
    const unsigned char mask = static_cast<unsigned char>(0x80U >> (bit % 8));
    if (((asked->bytes[bit / 8] ^ wanted->bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace millrace::access
