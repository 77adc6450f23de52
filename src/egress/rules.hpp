// Who may be reached, and the judge of it. Pure: the addresses that a name stands for come in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "egress/address.hpp"
#include "egress/target.hpp"

namespace millrace::egress {

struct Rules {
  // Hosts that may be reached: "api.example.com", "*.example.com" (every name below it, not
  // itself), an address, or "*" (every host); each with ":port" or ":*" behind it, else ports 80
  // and 443. Empty: none. What is internal is not reached by any of these alone.
  std::vector<std::string> allowed;
  // "host:port", exact, which may be internal although it is listed: the operator's word, never a
  // solution's. A name here may lead to loopback and site addresses; link-local addresses and
  // clouds' metadata have to be written out as addresses. "*" in `allowed` covers these at their
  // port.
  std::vector<std::string> internal_allowed;
};

// What is wrong with the rules, one sentence each; empty when nothing is.
std::vector<std::string> problems_of(const Rules& rules);

class Guard {
 public:
  static base::Result<Guard> make(const Rules& rules);

  // Before the name is looked up: permission_denied with the remedy, unless it is listed.
  base::Result<void> check_name(const Authority& to) const;
  // After: permission_denied unless every one of them may be connected to. One that may not refuses
  // them all, because a name that is half internal is an attack or a mistake.
  base::Result<void> check_addresses(const Authority& to, std::span<const Address> found) const;
  // True when the operator named it.
  bool is_internal_allowed(const Authority& to) const;

 private:
  struct Pattern {
    bool is_any = false;  // "*"
    bool below = false;   // "*.name"
    std::string name;
    std::optional<uint16_t> port;
    bool any_port = false;

    bool covers(const Authority& to) const;
  };
  static base::Result<Pattern> parse_pattern(std::string_view text);
  friend std::vector<std::string> problems_of(const Rules& rules);

  std::vector<Pattern> allowed_;
  std::vector<Authority> internal_;
};

}  // namespace millrace::egress
