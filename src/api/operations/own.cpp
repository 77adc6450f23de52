// What everybody may do with what is their own: sessions, password, authenticator.
#include "access/totp.hpp"
#include "api/operation.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

base::Result<void> wants_user(const Call& call) {
  if (call.asker.principal.kind == access::Principal::Kind::user) return {};
  return fail(Code::failed_precondition, "a key is nobody with a password");
}

std::string text(const Call& call, std::string_view name) {
  return std::string(json::get_string(call.body, name).value_or(""));
}

Replied list_sessions(Call& call) {
  if (auto fine = wants_user(call); !fine) return std::unexpected(fine.error());
  const auto sessions = call.ports.access.sessions_of(call.asker.principal.id);
  if (!sessions) return std::unexpected(sessions.error());
  json::array items;
  for (const access::Session& session : *sessions) {
    json::object shown = session.shown();
    shown["is_this"] = session.hash == call.asker.principal.session;
    items.emplace_back(std::move(shown));
  }
  return listed(std::move(items), std::nullopt);
}

Replied nothing_of(base::Result<void> done) {
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

Replied end_session(Call& call) {
  if (auto fine = wants_user(call); !fine) return std::unexpected(fine.error());
  return nothing_of(
      call.ports.access.end_session(call.asker, call.asker.principal.id, call.path["session"]));
}

Replied change_password(Call& call) {
  if (auto fine = wants_user(call); !fine) return std::unexpected(fine.error());
  auto done =
      call.ports.access.change_password(call.asker, text(call, "present"), text(call, "wanted"));
  // The session is right; what was typed is not.
  if (!done && done.error().code == Code::unauthenticated) {
    return fail(Code::invalid_argument, done.error().message, "/present");
  }
  return nothing_of(std::move(done));
}

Replied offer_totp(Call& call) {
  if (auto fine = wants_user(call); !fine) return std::unexpected(fine.error());
  const auto secret = call.ports.access.offer_totp(call.asker);
  if (!secret) return std::unexpected(secret.error());
  return Reply(json::object{{"secret", access::to_base32(*secret)},
                            {"uri", access::totp_uri(*secret, call.asker.principal.name)}});
}

Replied confirm_totp(Call& call) {
  if (auto fine = wants_user(call); !fine) return std::unexpected(fine.error());
  return nothing_of(call.ports.access.confirm_totp(call.asker, text(call, "code")));
}

Replied remove_totp(Call& call) {
  if (auto fine = wants_user(call); !fine) return std::unexpected(fine.error());
  auto done = call.ports.access.remove_totp(call.asker, text(call, "password"));
  if (!done && done.error().code == Code::unauthenticated) {
    return fail(Code::invalid_argument, done.error().message, "/password");
  }
  return nothing_of(std::move(done));
}

}  // namespace

std::vector<Operation> own_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "listOwnSessions",
       .method = "GET",
       .path = "/me/sessions",
       .who = Who::signed_in(),
       .serve = list_sessions,
       .summary = "One's own sessions",
       .gives = "Session",
       .shape = Shape::list},
      {.id = "endOwnSession",
       .method = "DELETE",
       .path = "/me/sessions/{session}",
       .who = Who::signed_in(),
       .serve = end_session,
       .summary = "End one of one's own sessions",
       .shape = Shape::nothing,
       .status = 204},
      {.id = "changeOwnPassword",
       .method = "POST",
       .path = "/me/password",
       .who = Who::signed_in(),
       .serve = change_password,
       .summary = "Take another password; ends the other sessions",
       .takes = "PasswordChange",
       .shape = Shape::nothing,
       .status = 204},
      {.id = "offerTotp",
       .method = "POST",
       .path = "/me/totp",
       .who = Who::signed_in(),
       .serve = offer_totp,
       .summary = "A secret for an authenticator; it counts once a code was confirmed",
       .gives = "TotpOffer"},
      {.id = "confirmTotp",
       .method = "POST",
       .path = "/me/totp/confirm",
       .who = Who::signed_in(),
       .serve = confirm_totp,
       .summary = "The authenticator shows this code: from now on it is asked for",
       .takes = "TotpCode",
       .shape = Shape::nothing,
       .status = 204},
      {.id = "removeTotp",
       .method = "POST",
       .path = "/me/totp/remove",
       .who = Who::signed_in(),
       .serve = remove_totp,
       .summary = "Do without an authenticator",
       .takes = "Password",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
