// Roles that operators make.
#include "api/envelope.hpp"
#include "api/operation.hpp"

namespace millrace::api {
namespace {

std::string etag_of(const access::OwnRole& role) {
  return "\"" + std::to_string(role.version) + "\"";
}

Replied list_roles(Call& call) {
  const auto roles = call.ports.access.roles();
  if (!roles) return std::unexpected(roles.error());
  json::array items;
  for (const access::OwnRole& role : *roles) items.emplace_back(role.to_json());
  return listed(std::move(items), std::nullopt);
}

// With If-Match of the version that the change was decided on; "0" where there was no such role.
Replied put_role(Call& call) {
  const auto rights = access::rights_from_json(call.body.at("rights"));
  if (!rights) return std::unexpected(rights.error());
  std::optional<int64_t> version;
  const auto wanted = call.request.header("If-Match");
  if (wanted && *wanted != "*") {
    version = 0;
    const auto roles = call.ports.access.roles();
    if (!roles) return std::unexpected(roles.error());
    for (const access::OwnRole& role : *roles) {
      if (role.name == call.path["role"]) version = role.version;
    }
    if (*wanted != "\"" + std::to_string(*version) + "\"") {
      return Reply(refusal(412, "failed_precondition",
                           "the role was changed by somebody else since", "If-Match"));
    }
  }
  const auto role = call.ports.access.put_role(call.asker, call.path["role"], *rights, version);
  if (!role) return std::unexpected(role.error());
  Reply reply(role->to_json());
  reply.headers.push_back({"ETag", etag_of(*role)});
  return reply;
}

Replied remove_role(Call& call) {
  auto done = call.ports.access.remove_role(call.asker, call.path["role"]);
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

}  // namespace

std::vector<Operation> role_operations() {
  using Shape = Operation::Shape;
  constexpr Who kWho = Who::server(Right::users_write);
  return {
      {.id = "listRoles",
       .method = "GET",
       .path = "/roles",
       .who = kWho,
       .serve = list_roles,
       .summary = "Roles that operators made, by name",
       .gives = "OwnRole",
       .shape = Shape::list},
      {.id = "putRole",
       .method = "PUT",
       .path = "/roles/{role}",
       .who = kWho,
       .serve = put_role,
       .summary = "Make a role, or change it for everybody who has it",
       .takes = "OwnRoleRights",
       .gives = "OwnRole"},
      {.id = "removeRole",
       .method = "DELETE",
       .path = "/roles/{role}",
       .who = kWho,
       .serve = remove_role,
       .summary = "Remove a role that nobody has",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
