// People.
#include "api/envelope.hpp"
#include "api/listing.hpp"

namespace millrace::api {
namespace {

std::string etag_of(const access::User& user) {
  return "\"" + std::to_string(user.version) + "\"";
}

Reply shown(const access::User& user, int status = 200) {
  Reply reply = Reply::at(status, user.shown());
  reply.headers.push_back({"ETag", etag_of(user)});
  return reply;
}

Replied list_users(Call& call) {
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  auto users = call.ports.access.users(json::get_string(*place, "after").value_or(""), *limit + 1);
  if (!users) return std::unexpected(users.error());
  return page_of(call, std::move(*users), *limit);
}

Replied add_user(Call& call) {
  const auto grants = grants_in(call.body);
  if (!grants) return std::unexpected(grants.error());
  const auto user =
      call.ports.access.add_user(call.asker, *json::get_string(call.body, "name"), *grants);
  if (!user) return std::unexpected(user.error());
  Reply reply = shown(*user, 201);
  reply.headers.push_back({"Location", "/api/v1/users/" + user->id});
  return reply;
}

Replied get_user(Call& call) {
  const auto user = call.ports.access.user(call.path["user"]);
  if (!user) return std::unexpected(user.error());
  return shown(*user);
}

Replied change_user(Call& call) {
  const auto user = call.ports.access.user(call.path["user"]);
  if (!user) return std::unexpected(user.error());
  access::UserChange change;
  if (const auto wanted = call.request.header("If-Match"); wanted && *wanted != "*") {
    if (*wanted != etag_of(*user)) {
      return Reply(refusal(412, "failed_precondition",
                           "the user was changed by somebody else since", "If-Match"));
    }
    change.version = user->version;
  }
  if (call.body.contains("grants")) {
    auto grants = grants_in(call.body);
    if (!grants) return std::unexpected(grants.error());
    change.grants = std::move(*grants);
  }
  change.disabled = json::get_bool(call.body, "disabled");
  const auto changed = call.ports.access.change_user(call.asker, user->id, change);
  if (!changed) return std::unexpected(changed.error());
  return shown(*changed);
}

Replied remove_user(Call& call) {
  auto done = call.ports.access.remove_user(call.asker, call.path["user"]);
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

Replied make_link(Call& call) {
  const bool resets = json::get_bool(call.body, "resets_totp").value_or(false);
  const auto token = call.ports.access.link_for(call.asker, call.path["user"], resets);
  if (!token) return std::unexpected(token.error());
  return Reply::at(201, {{"token", *token}, {"path", "/operator/#" + *token}});
}

Replied list_sessions(Call& call) {
  const auto user = call.ports.access.user(call.path["user"]);
  if (!user) return std::unexpected(user.error());
  const auto sessions = call.ports.access.sessions_of(user->id);
  if (!sessions) return std::unexpected(sessions.error());
  json::array items;
  for (const access::Session& session : *sessions) items.emplace_back(session.shown());
  return listed(std::move(items), std::nullopt);
}

Replied end_session(Call& call) {
  const auto user = call.ports.access.user(call.path["user"]);
  if (!user) return std::unexpected(user.error());
  auto done = call.ports.access.end_session(call.asker, user->id, call.path["session"]);
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

}  // namespace

std::vector<Operation> user_operations() {
  using Shape = Operation::Shape;
  constexpr Who kWho = Who::server(Right::users_write);
  return {
      {.id = "listUsers",
       .method = "GET",
       .path = "/users",
       .who = kWho,
       .serve = list_users,
       .summary = "People, in the order in which they were added",
       .gives = "User",
       .shape = Shape::list,
       .query = "limit cursor"},
      {.id = "addUser",
       .method = "POST",
       .path = "/users",
       .who = kWho,
       .serve = add_user,
       .summary = "Add somebody, who sets a password by a link",
       .takes = "NewUser",
       .gives = "User",
       .status = 201},
      {.id = "getUser",
       .method = "GET",
       .path = "/users/{user}",
       .who = kWho,
       .serve = get_user,
       .summary = "Somebody by id or name; the ETag is for If-Match",
       .gives = "User"},
      {.id = "changeUser",
       .method = "PATCH",
       .path = "/users/{user}",
       .who = kWho,
       .serve = change_user,
       .summary = "Change what somebody may do, or whether they may come in",
       .takes = "UserChange",
       .gives = "User"},
      {.id = "removeUser",
       .method = "DELETE",
       .path = "/users/{user}",
       .who = kWho,
       .serve = remove_user,
       .summary = "Remove somebody, with their sessions",
       .shape = Shape::nothing,
       .status = 204},
  };
}

std::vector<Operation> user_session_operations() {
  using Shape = Operation::Shape;
  constexpr Who kWho = Who::server(Right::users_write);
  return {
      {.id = "makeLink",
       .method = "POST",
       .path = "/users/{user}/link",
       .who = kWho,
       .serve = make_link,
       .summary = "A one-time link by which somebody sets a password",
       .takes = "NewLink",
       .gives = "UserLink",
       .status = 201},
      {.id = "listSessions",
       .method = "GET",
       .path = "/users/{user}/sessions",
       .who = kWho,
       .serve = list_sessions,
       .summary = "Somebody's sessions",
       .gives = "Session",
       .shape = Shape::list},
      {.id = "endUserSession",
       .method = "DELETE",
       .path = "/users/{user}/sessions/{session}",
       .who = kWho,
       .serve = end_session,
       .summary = "End one of somebody's sessions",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
