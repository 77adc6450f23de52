// Signing in and out: by password, by link, by an OpenID Connect provider.
#include "api/envelope.hpp"
#include "api/operation.hpp"
#include "base/text.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

constexpr std::string_view kOidcCookie = "millrace-oidc";

access::SignInLimits::Time now_of(Call& call) {
  return std::chrono::milliseconds(call.ports.clock.steady_ms());
}

access::SignIn from(Call& call) {
  access::SignIn with;
  with.address = call.request.peer;
  with.agent = call.request.header("User-Agent").value_or("");
  with.request = call.asker.request;
  return with;
}

std::string text(const Call& call, std::string_view name) {
  return std::string(json::get_string(call.body, name).value_or(""));
}

web::Response wait(int seconds) {
  auto refused = refusal(429, "resource_exhausted", "too many tries; wait before the next one");
  refused.headers.push_back({"Retry-After", std::to_string(seconds)});
  return refused;
}

Reply signed_in(Call& call, const access::SignedIn& with) {
  Reply reply(json::object{{"user", with.user.shown()}});
  if (!with.token.empty()) reply.headers.push_back(session_cookie(call.options, with.token));
  return reply;
}

Replied get_ways(Call& call) {
  const auto some = call.ports.access.has_users();
  if (!some) return std::unexpected(some.error());
  json::value oidc = nullptr;
  if (call.ports.oidc != nullptr) {
    const auto& settings = call.ports.oidc->settings();
    oidc = json::object{{"label", settings.label.empty() ? settings.issuer : settings.label}};
  }
  return Reply(json::object{{"password", true}, {"oidc", oidc}, {"has_users", *some}});
}

Replied begin_session(Call& call) {
  access::SignIn with = from(call);
  with.name = text(call, "name");
  with.password = text(call, "password");
  with.code = text(call, "code");
  if (const auto seconds = call.sign_ins.take(with.name, call.request.network, now_of(call))) {
    return Reply(wait(*seconds));
  }
  const auto done = call.ports.access.sign_in(with);
  if (!done) {
    if (done.error().message == access::kSecondFactorWanted) {
      // It was no guess; the code that follows is counted.
      call.sign_ins.give_back(with.name, call.request.network, now_of(call));
      return Reply(refusal(401, "second_factor_wanted", access::kSecondFactorWanted, "/code"));
    }
    return std::unexpected(done.error());
  }
  call.sign_ins.give_back(with.name, call.request.network, now_of(call));
  return signed_in(call, *done);
}

Replied get_session(Call& call) {
  const access::Principal& who = call.asker.principal;
  json::array rights;
  for (size_t i = 0; i < access::kRights.size(); ++i) {
    const auto right = static_cast<Right>(i);
    if (access::may_somewhere(who.grants, right)) rights.emplace_back(access::kRights(right));
  }
  return Reply(json::object{{"who", who.who()},
                            {"name", who.name},
                            {"grants", access::to_json(who.grants)},
                            {"rights", std::move(rights)},
                            {"environment", call.options.environment}});
}

Replied end_session(Call& call) {
  if (!call.by_cookie) return fail(Code::failed_precondition, "a key has no session");
  auto done = call.ports.access.sign_out(call.asker);
  if (!done) return std::unexpected(done.error());
  Reply reply = Reply::nothing();
  reply.whole->headers.push_back(session_cookie(call.options, ""));
  return reply;
}

Replied look_at_link(Call& call) {
  if (const auto seconds = call.sign_ins.take("", call.request.network, now_of(call))) {
    return Reply(wait(*seconds));
  }
  const auto name = call.ports.access.user_of_link(text(call, "token"));
  if (!name) return std::unexpected(name.error());
  call.sign_ins.give_back("", call.request.network, now_of(call));
  return Reply(json::object{{"name", name->empty() ? json::value(nullptr) : json::value(*name)}});
}

Replied use_link(Call& call) {
  access::SignIn with = from(call);
  with.name = text(call, "name");
  with.password = text(call, "password");
  if (const auto seconds = call.sign_ins.take("", call.request.network, now_of(call))) {
    return Reply(wait(*seconds));
  }
  const auto done = call.ports.access.use_link(text(call, "token"), with);
  if (!done) return std::unexpected(done.error());
  call.sign_ins.give_back("", call.request.network, now_of(call));
  return signed_in(call, *done);
}

web::Header oidc_cookie(const Options& options, std::string_view value, int seconds) {
  return {"Set-Cookie", std::string(kOidcCookie) + "=" + std::string(value) +
                            "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(seconds) +
                            (options.is_secure ? "; Secure" : "")};
}

Replied no_provider() {
  return fail(Code::not_found, "this server has no OpenID Connect provider");
}

Replied begin_oidc(Call& call) {
  constexpr int kAwaySeconds = 600;
  if (call.ports.oidc == nullptr) return no_provider();
  const auto begun = call.ports.oidc->begin(call.query("to"));
  if (!begun) return std::unexpected(begun.error());
  return Reply(web::Response{
      302, {{"Location", begun->url}, oidc_cookie(call.options, begun->cookie, kAwaySeconds)}, {}});
}

Replied end_oidc(Call& call) {
  if (call.ports.oidc == nullptr) return no_provider();
  if (const auto seconds = call.sign_ins.take("", call.request.network, now_of(call))) {
    return Reply(wait(*seconds));
  }
  const auto ended = call.ports.oidc->end(call.query("state"), call.query("code"),
                                          cookie_of(call.request, kOidcCookie));
  if (!ended) {
    call.ports.log.line(base::Level::warning, "access",
                        "sign-in refused: " + ended.error().describe());
    return std::unexpected(ended.error());
  }
  const auto done = call.ports.access.sign_in_vouched(ended->who, from(call));
  if (!done) return std::unexpected(done.error());
  call.sign_ins.give_back("", call.request.network, now_of(call));
  return Reply(web::Response{302,
                             {{"Location", ended->return_to},
                              session_cookie(call.options, done->token),
                              oidc_cookie(call.options, "", 0)},
                             {}});
}

}  // namespace

std::vector<Operation> session_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "getSignIn",
       .method = "GET",
       .path = "/sign-in",
       .who = Who::anyone(),
       .serve = get_ways,
       .summary = "Which ways in there are",
       .gives = "SignInWays"},
      {.id = "beginSession",
       .method = "POST",
       .path = "/session",
       .who = Who::anyone(),
       .serve = begin_session,
       .summary = "Sign in with name and password; sets the session's cookie",
       .takes = "SignIn",
       .gives = "SignedIn"},
      {.id = "getSession",
       .method = "GET",
       .path = "/session",
       .who = Who::signed_in(),
       .serve = get_session,
       .summary = "Who asks, and what they may do",
       .gives = "WhoIs"},
      {.id = "endSession",
       .method = "DELETE",
       .path = "/session",
       .who = Who::signed_in(),
       .serve = end_session,
       .summary = "Sign out",
       .shape = Shape::nothing,
       .status = 204},
      {.id = "lookAtLink",
       .method = "POST",
       .path = "/links/look",
       .who = Who::anyone(),
       .serve = look_at_link,
       .summary = "Whose password a one-time link sets; null for the first owner's",
       .takes = "LinkToken",
       .gives = "LinkOwner"},
      {.id = "useLink",
       .method = "POST",
       .path = "/links/use",
       .who = Who::anyone(),
       .serve = use_link,
       .summary = "Set a password by a one-time link, and sign in",
       .takes = "LinkUse",
       .gives = "SignedIn"},
      {.id = "beginOidc",
       .method = "GET",
       .path = "/oidc/start",
       .who = Who::anyone(),
       .serve = begin_oidc,
       .summary = "To the OpenID Connect provider",
       .shape = Shape::redirect,
       .status = 302,
       .query = "to"},
      {.id = "endOidc",
       .method = "GET",
       .path = "/oidc/callback",
       .who = Who::anyone(),
       .serve = end_oidc,
       .summary = "Back from the OpenID Connect provider",
       .shape = Shape::redirect,
       .status = 302,
       .query = "state code"},
  };
}

}  // namespace millrace::api
