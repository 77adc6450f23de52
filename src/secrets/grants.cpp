#include "secrets/grants.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "secrets/secrets.hpp"

namespace millrace::secrets {
namespace {

using base::Code;
using base::fail;

constexpr size_t kHostBytesMax = 300;
constexpr size_t kSolutionsMax = 10'000;

bool is_host_rule(std::string_view text) {
  return !text.empty() && text.size() <= kHostBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:*[]").contains(c);
  });
}

base::Result<void> check(const Grant& grant) {
  for (const auto* names : {&grant.secrets, &grant.variables}) {
    const auto wrong = std::ranges::find_if_not(*names, is_name);
    if (wrong != names->end()) {
      return fail(Code::invalid_argument, "'" + wrong->substr(0, kNameBytesMax) +
                                              "' is not a name: letters, digits, '_', '-' and "
                                              "'.', a letter first");
    }
  }
  const auto wrong = std::ranges::find_if_not(grant.hosts, is_host_rule);
  if (wrong == grant.hosts.end()) return {};
  return fail(Code::invalid_argument,
              "'" + wrong->substr(0, kNameBytesMax) +
                  "' is not a host: write api.example.com, *.example.com or api.example.com:8443");
}

base::Result<void> read_names(const json::object& given, std::string_view member,
                              std::set<std::string, std::less<>>& into) {
  const json::value* value = given.if_contains(member);
  if (value == nullptr) return {};
  const auto* listed = value->if_array();
  const bool is_list =
      listed != nullptr &&
      std::ranges::all_of(*listed, [](const json::value& each) { return each.is_string(); });
  if (!is_list) {
    return fail(Code::invalid_argument, std::string(member) + " has to be a list of names");
  }
  for (const json::value& each : *listed) into.insert(json::to_text(each));
  return {};
}

base::Result<Grant> read_grant(const json::value& value) {
  const auto* given = value.if_object();
  if (given == nullptr) {
    return fail(Code::invalid_argument, "has to have secrets, variables or hosts");
  }
  Grant grant;
  for (const auto& member : *given) {
    const std::string_view name = member.key();
    if (name == "secrets" || name == "variables" || name == "hosts") continue;
    return fail(Code::invalid_argument, "'" + std::string(name.substr(0, 40)) +
                                            "' is none of secrets, variables and hosts");
  }
  for (auto [member, names] : {std::pair{"secrets", &grant.secrets},
                               {"variables", &grant.variables},
                               {"hosts", &grant.hosts}}) {
    if (auto read = read_names(*given, member, *names); !read) return std::unexpected(read.error());
  }
  return grant;
}

struct HostRule {
  std::string_view host;  // "*" for any
  std::string_view port;  // "" = 80 and 443
};
HostRule split(std::string_view rule) {
  const size_t colon = rule.rfind(':');
  const bool has_port = colon != std::string_view::npos && !rule.substr(colon).contains(']');
  HostRule split{has_port ? rule.substr(0, colon) : rule, has_port ? rule.substr(colon + 1) : ""};
  if (split.host.empty()) split.host = "*";
  return split;
}

bool host_covers(std::string_view granted, std::string_view host) {
  if (granted == "*" || granted == host) return true;
  if (!granted.starts_with("*.")) return false;
  return host.ends_with(granted.substr(1)) && host.size() > granted.size() - 1;
}

bool port_covers(std::string_view granted, std::string_view port) {
  if (granted == "*" || granted == port) return true;
  return granted.empty() && (port == "80" || port == "443");
}

// The host and port of a text that is an address and nothing else, no user and no question in it.
std::string_view place_of(std::string_view value) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!value.starts_with(scheme)) continue;
    value.remove_prefix(scheme.size());
    if (value.find_first_of("@?#") != std::string_view::npos) return {};
    return value.substr(0, value.find('/'));
  }
  return {};
}

}  // namespace

bool covers(std::string_view granted, std::string_view rule) {
  const std::string granted_text = base::to_ascii_lower(granted);
  const std::string rule_text = base::to_ascii_lower(rule);
  const HostRule one = split(granted_text);
  const HostRule other = split(rule_text);
  return host_covers(one.host, other.host) && port_covers(one.port, other.port);
}

base::Result<Grants> Grants::from_json(const json::object& given) {
  Grants grants;
  if (given.size() > kSolutionsMax) return fail(Code::resource_exhausted, "over 10,000 solutions");
  for (const auto& member : given) {
    auto grant = read_grant(member.value());
    auto done = grant ? grants.give(member.key(), *grant)
                      : base::Result<void>(std::unexpected(grant.error()));
    if (!done) {
      done.error().message = std::string(member.key()) + ": " + done.error().message;
      return std::unexpected(done.error());
    }
  }
  return grants;
}

json::object Grants::to_json() const {
  json::object all;
  for (const auto& [solution, grant] : all_) {
    const auto list = [](const auto& names) { return json::array(names.begin(), names.end()); };
    all[solution] = json::object{{"secrets", list(grant.secrets)},
                                 {"variables", list(grant.variables)},
                                 {"hosts", list(grant.hosts)}};
  }
  return all;
}

const Grant& Grants::of(std::string_view solution) const {
  static const Grant kNothing;
  const auto found = all_.find(solution);
  return found == all_.end() ? kNothing : found->second;
}

base::Result<void> Grants::give(std::string_view solution, const Grant& more) {
  if (solution.empty()) return fail(Code::invalid_argument, "a solution's name is wanted");
  if (auto sound = check(more); !sound) return sound;
  Grant sum = of(solution);
  sum.secrets.insert(more.secrets.begin(), more.secrets.end());
  sum.variables.insert(more.variables.begin(), more.variables.end());
  sum.hosts.insert(more.hosts.begin(), more.hosts.end());
  if (std::max({sum.secrets.size(), sum.variables.size(), sum.hosts.size()}) > kGrantedNamesMax) {
    return fail(Code::resource_exhausted, "over 1,000 names of a kind");
  }
  all_.insert_or_assign(std::string(solution), std::move(sum));
  return {};
}

Grant Grants::take(std::string_view solution, const Grant& less) {
  Grant unknown;
  const auto found = all_.find(solution);
  if (found == all_.end()) return less;
  const auto strike = [](auto& from, const auto& names, auto& left) {
    for (const std::string& name : names) {
      if (from.erase(name) == 0) left.insert(name);
    }
  };
  strike(found->second.secrets, less.secrets, unknown.secrets);
  strike(found->second.variables, less.variables, unknown.variables);
  strike(found->second.hosts, less.hosts, unknown.hosts);
  if (found->second.empty()) all_.erase(found);
  return unknown;
}

Rights Rights::all() {
  Rights rights;
  rights.has_all_ = true;
  return rights;
}

Rights Rights::of(std::string solution, Grant granted, Circumstances circumstances) {
  Rights rights;
  rights.solution_ = std::move(solution);
  rights.granted_ = std::move(granted);
  rights.circumstances_ = std::move(circumstances);
  if (rights.circumstances_.nothing_is_implied) rights.circumstances_.is_alone = false;
  return rights;
}

bool Rights::implies_braze(std::string_view name) const {
  return circumstances_.is_alone && std::ranges::find(kBrazeNames, name) != kBrazeNames.end();
}

bool Rights::may_have_variable(std::string_view name, std::string_view value) const {
  if (has_all_ || granted_.variables.contains(name) || implies_braze(name)) return true;
  if (!circumstances_.is_alone) return false;
  const std::string_view place = place_of(value);
  return !place.empty() && std::ranges::any_of(circumstances_.opened, [&](const auto& opened) {
    return base::equals_ignoring_case(opened, place);
  });
}

bool Rights::may_have_secret(std::string_view name, From from) const {
  if (has_all_ || granted_.secrets.contains(name) || implies_braze(name)) return true;
  return circumstances_.is_alone && from == From::places_for_solutions;
}

bool Rights::may_reach(std::string_view rule) const {
  if (has_all_ || circumstances_.is_alone) return true;
  return std::ranges::any_of(granted_.hosts,
                             [&](const std::string& granted) { return covers(granted, rule); });
}

std::unexpected<base::Error> Rights::refused_variable(std::string_view name) const {
  return fail(Code::permission_denied,
              "the environment variable " + std::string(name) + " is not granted to '" + solution_ +
                  "'; the operator may say: " +
                  grant_command(solution_, {.variables = {std::string(name)}}, "DIR"));
}

std::unexpected<base::Error> Rights::refused_secret(std::string_view name) const {
  return fail(Code::permission_denied,
              "the secret '" + std::string(name) + "' is not granted to '" + solution_ +
                  "'; the operator may say: " +
                  grant_command(solution_, {.secrets = {std::string(name)}}, "DIR"));
}

std::string grant_command(std::string_view solution, const Grant& lacking, std::string_view data) {
  const auto quoted = [](std::string_view text) {
    const bool is_plain = std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("-._:/").contains(c);
    });
    if (is_plain && !text.empty()) return std::string(text);
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
  };
  std::string command = "millrace grant " + quoted(solution);
  for (const std::string& name : lacking.secrets) command += " --secret " + quoted(name);
  for (const std::string& name : lacking.variables) command += " --env " + quoted(name);
  for (const std::string& name : lacking.hosts) command += " --host " + quoted(name);
  return command + " --data " + quoted(data);
}

}  // namespace millrace::secrets
