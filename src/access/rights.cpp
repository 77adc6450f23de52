#include "access/rights.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace millrace::access {
namespace {

using base::Code;
using base::fail;

constexpr size_t kNameBytesMax = 128;

// Columns in the order of Role. '.' none, 'o' own, '*' all.
struct Row {
  Right right;
  std::string_view roles;
};
constexpr std::array<Row, kRights.size()> kMatrix{{
    // viewer agent supervisor designer developer marketer operator owner
    {Right::solution_read, "*.******"},  {Right::solution_write, "...**.**"},
    {Right::script_write, "....*.**"},   {Right::git_push, "....*.**"},
    {Right::action_run, "...**.**"},     {Right::action_run_live, "......**"},
    {Right::deploy_sandbox, "...**.**"}, {Right::deploy_live, "......**"},
    {Right::chat_read, "*o******"},      {Right::pii_read, ".o*....*"},
    {Right::person_erase, "......**"},   {Right::inbox_read, ".**...**"},
    {Right::inbox_write, ".**...**"},    {Right::inbox_supervise, "..*....*"},
    {Right::report_read, "*o******"},    {Right::report_export, "..*..***"},
    {Right::event_read, "*.******"},     {Right::event_write, ".....***"},
    {Right::audience_read, "*.******"},  {Right::audience_write, ".....***"},
    {Right::journey_read, "*.******"},   {Right::journey_write, ".....***"},
    {Right::ops_read, "....*.**"},       {Right::delivery_write, "......**"},
    {Right::secret_write, "......**"},   {Right::settings_write, "......**"},
    {Right::users_write, "......**"},    {Right::audit_read, "......**"},
}};

consteval bool is_whole() {
  for (size_t i = 0; i < kMatrix.size(); ++i) {
    if (static_cast<size_t>(kMatrix[i].right) != i) return false;
    if (kMatrix[i].roles.size() != kRoles.size()) return false;
  }
  return true;
}
static_assert(is_whole(), "a row of the matrix is missing, or is not in the order of Right");

bool is_environment(std::string_view name) {
  return name.empty() || name == "sandbox" || name == "live";
}

base::Result<void> check(const Grant& grant) {
  if (!grant.role && grant.own_role.empty() && grant.rights.empty()) {
    return fail(Code::invalid_argument, "a grant names a role or rights");
  }
  if (!is_environment(grant.environment)) {
    return fail(Code::invalid_argument, "an environment is sandbox or live");
  }
  if (grant.solution.size() > kNameBytesMax) {
    return fail(Code::invalid_argument, "a solution's name has at most 128 bytes");
  }
  return {};
}

base::Result<void> add_name(Grant& grant, std::string_view name) {
  if (const auto role = kRoles.find(name)) {
    if (grant.role || !grant.own_role.empty()) {
      return fail(Code::invalid_argument, "a grant has one role");
    }
    grant.role = role;
  } else if (const auto right = kRights.find(name)) {
    grant.rights.insert(*right);
  } else if (is_own_role_name(name)) {
    if (grant.role || !grant.own_role.empty()) {
      return fail(Code::invalid_argument, "a grant has one role");
    }
    grant.own_role = name;
  } else {
    return fail(Code::invalid_argument, "'" + std::string(name) + "' is no role and no right");
  }
  return {};
}

base::Result<Grant> grant_from_json(const json::value& value) {
  if (!value.is_object()) return fail(Code::invalid_argument, "a grant is an object");
  Grant grant;
  for (const auto& [key, member] : value.get_object()) {
    if (key == "rights" && member.is_array()) {
      auto rights = rights_from_json(member);
      if (!rights) return std::unexpected(rights.error());
      grant.rights = std::move(*rights);
      continue;
    }
    if (!member.is_string()) {
      return fail(Code::invalid_argument, "a grant has role, rights, solution and environment");
    }
    const std::string_view text = member.get_string();
    if (key == "role") {
      grant.role = kRoles.find(text);
      if (!grant.role && is_own_role_name(text)) {
        grant.own_role = text;
      } else if (!grant.role)
        return fail(Code::invalid_argument, std::string(text) + " is no role");
    } else if (key == "solution") {
      grant.solution = text;
    } else if (key == "environment") {
      grant.environment = text;
    } else {
      return fail(Code::invalid_argument, "a grant has no '" + std::string(key) + "'");
    }
  }
  if (auto fine = check(grant); !fine) return std::unexpected(fine.error());
  return grant;
}

bool lies_within(const Grant& inner, const Grant& outer) {
  const bool solution = outer.solution.empty() || outer.solution == inner.solution;
  return solution && (outer.environment.empty() || outer.environment == inner.environment);
}

}  // namespace

Reach reach_of(Role role, Right right) {
  switch (kMatrix[static_cast<size_t>(right)].roles[static_cast<size_t>(role)]) {
    case '*': return Reach::all;
    case 'o': return Reach::own;
    default: return Reach::none;
  }
}

Reach Grant::reach(Right right) const {
  if (rights.contains(right) || bundle.contains(right)) return Reach::all;
  return role ? reach_of(*role, right) : Reach::none;
}

bool Grant::covers(const Target& target) const {
  if (!solution.empty() && solution != target.solution) return false;
  return environment.empty() || target.environment.empty() || environment == target.environment;
}

Reach reach(const Grants& grants, Right right, const Target& target) {
  Reach furthest = Reach::none;
  for (const Grant& grant : grants) {
    if (grant.covers(target)) furthest = std::max(furthest, grant.reach(right));
  }
  return furthest;
}

bool may(const Grants& grants, Right right, const Target& target) {
  return reach(grants, right, target) == Reach::all;
}

bool may_somewhere(const Grants& grants, Right right) {
  return std::ranges::any_of(grants,
                             [&](const Grant& grant) { return grant.reach(right) == Reach::all; });
}

bool may_give(const Grants& own, const Grants& given) {
  for (const Grant& grant : given) {
    for (size_t i = 0; i < kRights.size(); ++i) {
      const auto right = static_cast<Right>(i);
      const Reach wanted = grant.reach(right);
      if (wanted == Reach::none) continue;
      const bool has = std::ranges::any_of(own, [&](const Grant& mine) {
        return lies_within(grant, mine) && mine.reach(right) >= wanted;
      });
      if (!has) return false;
    }
  }
  return true;
}

bool is_own_role_name(std::string_view name) {
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  return name.size() >= 2 && name.size() <= 64 && is_small(name.front()) && !kRoles.find(name) &&
         std::ranges::all_of(
             name, [&](char c) { return is_small(c) || (c >= '0' && c <= '9') || c == '-'; });
}

base::Result<std::set<Right>> rights_from_json(const json::value& value) {
  std::set<Right> rights;
  if (!value.is_array()) return fail(Code::invalid_argument, "rights are a list");
  for (const json::value& name : value.get_array()) {
    const auto right =
        name.is_string() ? kRights.find(std::string_view(name.get_string())) : std::nullopt;
    if (!right) return fail(Code::invalid_argument, json::to_text(name) + " is no right");
    rights.insert(*right);
  }
  return rights;
}

json::array to_json(const std::set<Right>& rights) {
  json::array names;
  for (const Right right : rights) names.emplace_back(kRights(right));
  return names;
}

json::array to_json(const Grants& grants) {
  json::array out;
  for (const Grant& grant : grants) {
    json::object one;
    if (grant.role) one["role"] = kRoles(*grant.role);
    if (!grant.own_role.empty()) one["role"] = grant.own_role;
    if (!grant.rights.empty()) one["rights"] = to_json(grant.rights);
    if (!grant.solution.empty()) one["solution"] = grant.solution;
    if (!grant.environment.empty()) one["environment"] = grant.environment;
    out.emplace_back(std::move(one));
  }
  return out;
}

base::Result<Grants> grants_from_json(const json::value& value) {
  if (!value.is_array()) return fail(Code::invalid_argument, "grants are a list");
  if (value.get_array().size() > kGrantsMax) {
    return fail(Code::invalid_argument, "at most 64 grants");
  }
  Grants grants;
  for (const json::value& one : value.get_array()) {
    auto grant = grant_from_json(one);
    if (!grant) return std::unexpected(grant.error());
    grants.push_back(std::move(*grant));
  }
  return grants;
}

base::Result<Grant> grant_from_text(std::string_view text) {
  Grant grant;
  const size_t at = text.find('@');
  for (const std::string_view name : base::split(text.substr(0, at), '+')) {
    if (auto added = add_name(grant, name); !added) return std::unexpected(added.error());
  }
  if (at != std::string_view::npos) {
    const std::string_view scope = text.substr(at + 1);
    const size_t slash = scope.find('/');
    grant.solution = scope.substr(0, slash);
    if (grant.solution == "*") grant.solution.clear();
    if (slash != std::string_view::npos) grant.environment = scope.substr(slash + 1);
  }
  if (auto fine = check(grant); !fine) return std::unexpected(fine.error());
  return grant;
}

std::string to_text(const Grant& grant) {
  std::string out;
  if (grant.role) out = kRoles(*grant.role);
  if (!grant.own_role.empty()) out = grant.own_role;
  for (const Right right : grant.rights) {
    if (!out.empty()) out += '+';
    out += kRights(right);
  }
  if (grant.solution.empty() && grant.environment.empty()) return out;
  out += "@" + (grant.solution.empty() ? std::string("*") : grant.solution);
  if (!grant.environment.empty()) out += "/" + grant.environment;
  return out;
}

}  // namespace millrace::access
