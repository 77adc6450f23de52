// Who may do what: every right, every role as a bundle of rights, and what a grant reaches. The
// matrix of roles and rights stands in rights.cpp and nowhere else. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.hpp"
#include "base/json.hpp"

namespace millrace::access {

enum class Right {
  solution_read,
  solution_write,  // texts, flows, NLU
  script_write,    // action nodes, app.py, solution.yaml
  git_push,
  action_run,
  action_run_live,
  deploy_sandbox,
  deploy_live,
  chat_read,  // what people said is masked without pii_read
  pii_read,
  person_erase,
  inbox_read,
  inbox_write,
  inbox_supervise,
  report_read,
  report_export,
  event_read,
  event_write,
  audience_read,
  audience_write,
  journey_read,
  journey_write,
  ops_read,  // calls, deliveries, health
  delivery_write,
  secret_write,
  settings_write,
  users_write,  // people, keys, sessions of others
  audit_read,
};
inline constexpr auto kRights = base::enum_names<Right>(
    "right", "solution.read", "solution.write", "script.write", "git.push", "action.run",
    "action.run.live", "deploy.sandbox", "deploy.live", "chat.read", "pii.read", "person.erase",
    "inbox.read", "inbox.write", "inbox.supervise", "report.read", "report.export", "event.read",
    "event.write", "audience.read", "audience.write", "journey.read", "journey.write", "ops.read",
    "delivery.write", "secret.write", "settings.write", "users.write", "audit.read");

enum class Role { viewer, agent, supervisor, designer, developer, marketer, operations, owner };
inline constexpr auto kRoles =
    base::enum_names<Role>("role", "viewer", "agent", "supervisor", "designer", "developer",
                           "marketer", "operator", "owner");

// How far a right goes: `own` opens only what is the person's own (a chat they have as an agent).
// An operation that does not know whose a thing is refuses it.
enum class Reach { none, own, all };

Reach reach_of(Role role, Right right);

// What a right is asked for. Without a solution: the server as a whole, which only a grant for all
// solutions covers. Without an environment: something that belongs to none, such as a file.
struct Target {
  std::string_view solution;
  std::string_view environment;
};

// A role, or rights by name, within a solution and an environment.
struct Grant {
  std::optional<Role> role;
  std::string own_role;     // instead: one that operators made (access/book.hpp resolves it)
  std::set<Right> bundle;   // the rights of `own_role`; not kept with the grant
  std::set<Right> rights;   // besides the role's
  std::string solution;     // "" = all
  std::string environment;  // "" = both; or "sandbox", "live"

  Reach reach(Right right) const;
  bool covers(const Target& target) const;
  bool operator==(const Grant&) const = default;
};
using Grants = std::vector<Grant>;

inline constexpr size_t kGrantsMax = 64;  // of one user or key

// The furthest that any of the grants reaches; none is the answer to whatever is not granted.
Reach reach(const Grants& grants, Right right, const Target& target);
bool may(const Grants& grants, Right right, const Target& target);  // reach is `all`
// Of some solution, or of the server.
bool may_somewhere(const Grants& grants, Right right);
// Nobody gives what they do not have: whatever `given` allows, `own` allows there as well.
bool may_give(const Grants& own, const Grants& given);

json::array to_json(const Grants& grants);
// invalid_argument, with what is wrong: an unknown name, too many, a grant of nothing.
base::Result<Grants> grants_from_json(const json::value& value);
// "operator", "designer@hotel", "operator@hotel/live", "chat.read+ops.read@hotel".
base::Result<Grant> grant_from_text(std::string_view text);
std::string to_text(const Grant& grant);
// Of a role that operators make: a small letter, then small letters, digits and '-', 2 to 64 in
// all, and no name of a role that there is anyway.
bool is_own_role_name(std::string_view name);
// A list of their names; invalid_argument.
base::Result<std::set<Right>> rights_from_json(const json::value& value);
json::array to_json(const std::set<Right>& rights);

}  // namespace millrace::access
