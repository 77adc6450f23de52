// Where a connection is to go, read strictly from text that others wrote: one spelling per place,
// and no spelling that two programs could read differently. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "egress/address.hpp"

namespace millrace::egress {

struct Host {
  std::string name;                // lower case, no dot at the end; an address canonically, no []
  std::optional<Address> address;  // when the name is one
  friend bool operator==(const Host&, const Host&) = default;
};

struct Authority {
  Host host;
  uint16_t port = 0;
  friend bool operator==(const Authority&, const Authority&) = default;
};

// "example.com:443", "[2001:db8::1]:443".
std::string to_string(const Authority& authority);

// A host name of ASCII letters, digits, '-' and '_' in labels of 1 to 63, 253 bytes in all, one dot
// at the end forgiven; or an address (IPv6 in brackets). Refused (invalid_argument): other
// characters, among them '%', '@' and anything not ASCII (write "xn--..."), empty labels, zones,
// and numbers that some read as an IPv4 address: "2130706433", "0x7f.1", "0177.0.0.1", "127.1".
base::Result<Host> parse_host(std::string_view text);

// host[:port]; the port 1 to 65535, or the default where there is none.
base::Result<Authority> parse_authority(std::string_view text, std::optional<uint16_t> port);

struct Url {
  bool secure = true;
  Authority authority;
  std::string target = "/";  // path and query, as they go into the request line

  // The whole, spelled so that every reader sees what was checked.
  std::string text() const;
  // Scheme, host and port, for people: without the path and the query.
  std::string origin() const;
};

// http or https, absolute, at most 8 KB, without user name and password. The fragment is dropped.
base::Result<Url> parse_url(std::string_view text);
// A Location header, as seen from the address that was asked.
base::Result<Url> parse_reference(const Url& from, std::string_view text);

}  // namespace millrace::egress
