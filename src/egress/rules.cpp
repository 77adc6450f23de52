#include "egress/rules.hpp"

#include <algorithm>

namespace millrace::egress {
namespace {

using base::Code;
using base::fail;

constexpr size_t kRulesMax = 1'000;

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text.substr(0, 100)) + "'";
}

}  // namespace

std::vector<std::string> problems_of(const Rules& rules) {
  std::vector<std::string> problems;
  if (rules.allowed.size() > kRulesMax || rules.internal_allowed.size() > kRulesMax) {
    problems.push_back("there are over 1000 hosts: use \"*.example.com\"");
  }
  for (const std::string& text : rules.allowed) {
    const auto pattern = Guard::parse_pattern(text);
    if (!pattern) problems.push_back(in_quotes(text) + ": " + pattern.error().message);
  }
  for (const std::string& text : rules.internal_allowed) {
    const auto authority = parse_authority(text, std::nullopt);
    if (!authority) problems.push_back(in_quotes(text) + ": " + authority.error().message);
  }
  return problems;
}

base::Result<Guard::Pattern> Guard::parse_pattern(std::string_view text) {
  Pattern pattern;
  if (text.ends_with(":*")) {
    pattern.any_port = true;
    text.remove_suffix(2);
  }
  if (text == "*" || text.starts_with("*:")) {
    pattern.is_any = true;
  } else if (text.starts_with("*.")) {
    pattern.below = true;
    text.remove_prefix(2);
  }
  // A "*" alone is read as if it were a name, for the sake of its port.
  const std::string whole =
      pattern.is_any ? "any" + std::string(text.substr(1)) : std::string(text);
  constexpr uint16_t kNone = 80;
  const auto authority = parse_authority(whole, kNone);
  if (!authority) return std::unexpected(authority.error());
  if (pattern.below && authority->host.address) {
    return fail(Code::invalid_argument, "there are no names below an address");
  }
  const bool has_port = !whole.ends_with(']') && whole.rfind(':') != std::string::npos;
  if (has_port && pattern.any_port) return fail(Code::invalid_argument, "there are two ports");
  if (has_port) pattern.port = authority->port;
  pattern.name = authority->host.name;
  return pattern;
}

bool Guard::Pattern::covers(const Authority& to) const {
  const bool port_fits = any_port || (port ? *port == to.port : to.port == 80 || to.port == 443);
  if (!port_fits) return false;
  if (is_any) return true;
  if (!below) return to.host.name == name;
  return !to.host.address && to.host.name.size() > name.size() + 1 &&
         to.host.name.ends_with(name) && to.host.name[to.host.name.size() - name.size() - 1] == '.';
}

base::Result<Guard> Guard::make(const Rules& rules) {
  const auto problems = problems_of(rules);
  if (!problems.empty()) return fail(Code::invalid_argument, problems.front(), "egress");
  Guard guard;
  for (const std::string& text : rules.allowed) guard.allowed_.push_back(*parse_pattern(text));
  for (const std::string& text : rules.internal_allowed) {
    guard.internal_.push_back(*parse_authority(text, std::nullopt));
  }
  return guard;
}

bool Guard::is_internal_allowed(const Authority& to) const {
  return std::ranges::find(internal_, to) != internal_.end();
}

base::Result<void> Guard::check_name(const Authority& to) const {
  const bool listed = std::ranges::any_of(allowed_, [&](const Pattern& pattern) {
    return pattern.covers(to) || (pattern.is_any && is_internal_allowed(to));
  });
  if (listed) return {};
  return fail(Code::permission_denied, "egress to " + to_string(to) +
                                           " is not allowed: add it under egress.allow in "
                                           "solution.yaml");
}

base::Result<void> Guard::check_addresses(const Authority& to,
                                          std::span<const Address> found) const {
  for (const Address& address : found) {
    const Network network = network_of(address);
    if (network == Network::global) continue;
    const std::string what = to_string(to) + " is ";
    if (network == Network::special) {
      return fail(Code::permission_denied, what + "not an address of the public network (" +
                                               to_string(address) + "), and nobody can allow it");
    }
    const bool must_be_written_out = network == Network::link_local || network == Network::metadata;
    if (is_internal_allowed(to) && (to.host.address || !must_be_written_out)) continue;
    const Authority remedy =
        must_be_written_out ? Authority{{to_string(address), address}, to.port} : to;
    return fail(Code::permission_denied, what + "an internal address (" + to_string(address) +
                                             "); only the operator can allow it: "
                                             "--allow-internal " +
                                             to_string(remedy));
  }
  if (found.empty()) return fail(Code::unavailable, to_string(to) + " has no address");
  return {};
}

}  // namespace millrace::egress
