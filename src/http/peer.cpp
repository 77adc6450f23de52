#include "http/peer.hpp"

#include <algorithm>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>
#include <optional>
#include <span>

#include "base/text.hpp"

namespace millrace::http {
namespace {

namespace ip = boost::asio::ip;

constexpr size_t kHopsMax = 64;

bool same_bits(std::span<const uint8_t> a, std::span<const uint8_t> b, unsigned bits) {
  for (size_t i = 0; i < a.size() && bits > 0; ++i) {
    const unsigned here = std::min(bits, 8u);
    const auto mask = static_cast<uint8_t>(0xff << (8 - here));
    if ((a[i] & mask) != (b[i] & mask)) return false;
    bits -= here;
  }
  return true;
}

std::string network_text(const Address& address, unsigned bits_v4, unsigned bits_v6) {
  if (address.is_v4()) {
    return ip::make_network_v4(address.to_v4(), static_cast<unsigned short>(bits_v4))
        .canonical()
        .to_string();
  }
  ip::address_v6 plain_v6(address.to_v6().to_bytes());  // without a scope
  return ip::make_network_v6(plain_v6, static_cast<unsigned short>(bits_v6))
      .canonical()
      .to_string();
}

// "192.0.2.7", "192.0.2.7:80", "[v6]:80", "v6", quoted or not.
std::optional<Address> read_hop(std::string_view text) {
  text = base::trim(text);
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return plain(address);
}

// The hop of one element of Forwarded: its parameter `for`.
std::string_view for_of(std::string_view element) {
  for (const std::string_view pair : base::split(element, ';')) {
    const auto equals = pair.find('=');
    if (equals == pair.npos) continue;
    if (base::equals_ignoring_case(base::trim(pair.substr(0, equals)), "for")) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

// Hops as the proxies wrote them, the nearest one last.
std::vector<std::string_view> hops_of(const std::vector<web::Header>& headers,
                                      std::string_view name) {
  std::vector<std::string_view> hops;
  for (const web::Header& header : headers) {
    if (!base::equals_ignoring_case(header.name, name)) continue;
    for (const std::string_view item : base::split(header.value, ',')) hops.push_back(item);
  }
  return hops;
}

}  // namespace

base::Result<Network> Network::parse(std::string_view text) {
  const auto refuse = [&] {
    return base::fail(base::Code::invalid_argument,
                      "'" + std::string(text) + "' is not a network such as 10.0.0.0/8");
  };
  const auto slash = text.find('/');
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return refuse();
  const unsigned whole = address.is_v4() ? 32 : 128;
  Network network{address, whole};
  if (slash == text.npos) return network;
  const auto digits = text.substr(slash + 1);
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), network.bits);
  if (code != std::errc() || end != digits.data() + digits.size() || network.bits > whole) {
    return refuse();
  }
  return network;
}

bool Network::contains(const Address& one) const {
  if (one.is_v4() != address.is_v4()) return false;
  if (one.is_v4()) return same_bits(one.to_v4().to_bytes(), address.to_v4().to_bytes(), bits);
  return same_bits(one.to_v6().to_bytes(), address.to_v6().to_bytes(), bits);
}

Address plain(const Address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

std::string share_name(const Address& address) {
  return address.is_v4() ? address.to_string() : network_text(address, 32, 64);
}

std::string shortened(const Address& address) {
  return network_text(address, 24, 48);
}

Address asker(const Address& connected, const std::vector<web::Header>& headers,
              const std::vector<Network>& trusted) {
  const auto is_trusted = [&](const Address& one) {
    return std::ranges::any_of(trusted, [&](const Network& net) { return net.contains(one); });
  };
  if (trusted.empty() || !is_trusted(connected)) return connected;
  std::vector<std::string_view> hops = hops_of(headers, "X-Forwarded-For");
  const bool is_forwarded = hops.empty();
  if (is_forwarded) hops = hops_of(headers, "Forwarded");
  Address nearest = connected;
  size_t looked_at = 0;
  for (auto at = hops.rbegin(); at != hops.rend() && looked_at < kHopsMax; ++at, ++looked_at) {
    const auto hop = read_hop(is_forwarded ? for_of(*at) : *at);
    if (!hop) return nearest;  // "unknown", or an invented name: the last known hop answers for it
    nearest = *hop;
    if (!is_trusted(nearest)) return nearest;
  }
  return nearest;
}

void AskerNames::fill_in(web::Request& request, const Address& address) {
  if (address != address_ || peer_.empty()) {
    address_ = address;
    peer_ = address.to_string();
    network_ = address.is_v4() ? peer_ : share_name(address);
  }
  request.peer = peer_;
  request.network = network_;
  request.is_local = address.is_loopback();
}

}  // namespace millrace::http
