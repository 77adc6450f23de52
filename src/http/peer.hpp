// Whose request it is: the address of the connection, or, where that is a trusted proxy, the last
// address in X-Forwarded-For (or Forwarded, RFC 7239) that is not one. And the names under which
// addresses have shares: IPv4 by the address, IPv6 by /64, because a household has that many.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/web/web.hpp"

namespace millrace::http {

using Address = boost::asio::ip::address;

// "10.0.0.0/8", "fd00::/8", "192.0.2.7". Errors: invalid_argument.
struct Network {
  Address address;
  unsigned bits = 0;

  static base::Result<Network> parse(std::string_view text);
  bool contains(const Address& one) const;
};

// An IPv4 address that came as an IPv6 one is an IPv4 address.
Address plain(const Address& address);
// "192.0.2.7", "2001:db8:0:1::/64".
std::string share_name(const Address& address);
// For the log: "192.0.2.0/24", "2001:db8::/48".
std::string shortened(const Address& address);

// The address that `headers` say stands behind the proxies; `connected` itself when it is not
// trusted or they say nothing usable.
Address asker(const Address& connected, const std::vector<web::Header>& headers,
              const std::vector<Network>& trusted);

// Who asks over one connection, by name: made anew only when it is another one.
class AskerNames {
 public:
  void fill_in(web::Request& request, const Address& address);

 private:
  Address address_;
  std::string peer_;
  std::string network_;
};

}  // namespace millrace::http
