#include "api/guard.hpp"

#include "api/envelope.hpp"
#include "api/schema.hpp"
#include "base/contain.hpp"
#include "base/hash.hpp"
#include "base/seal.hpp"
#include "base/text.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

constexpr size_t kIdempotencyKeyBytesMax = 128;
constexpr int64_t kAnswersKeptMs = 24 * access::kHourMs;

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD";
}

web::Response response_of(Replied replied) {
  if (!replied) return refusal(replied.error());
  if (replied->whole) return std::move(*replied->whole);
  auto response = web::json_response(replied->status, json::serialize(replied->body));
  for (web::Header& header : replied->headers) response.headers.push_back(std::move(header));
  return response;
}

}  // namespace

std::string Guard::new_request_id() {
  std::string bytes(12, '\0');
  ports_.random.fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return base::to_base64url(bytes);
}

base::Result<std::optional<Guard::Known>> Guard::who(const web::Request& request) {
  if (const auto bearer = request.bearer_token()) {
    auto principal = ports_.access.of_key(*bearer, request.peer);
    if (!principal) return std::unexpected(principal.error());
    return Known{std::move(*principal), false};
  }
  const std::string token = cookie_of(request, session_cookie_name(options_));
  if (token.empty()) return std::nullopt;
  auto principal = ports_.access.of_session(token);
  if (!principal) return std::unexpected(principal.error());
  return Known{std::move(*principal), true};
}

// A page of somebody else's can send what a form can send, with the cookie: it can neither set a
// header of ours nor hide where it comes from.
std::optional<web::Response> Guard::refused_origin(const web::Request& request,
                                                   bool by_cookie) const {
  if (!web::may_come_from(request, options_.origins, {})) {
    return refusal(403, "origin", "pages of this origin may not ask", "Origin");
  }
  if (!changes_something(request.method) || !by_cookie) return std::nullopt;
  if (request.header("X-Millrace") != "1") {
    return refusal(403, "csrf", "send the header X-Millrace: 1 with a session's cookie",
                   "X-Millrace");
  }
  if (!request.header("Origin")) {
    return refusal(403, "csrf", "with a session's cookie only pages may change something",
                   "Origin");
  }
  return std::nullopt;
}

base::Result<void> Guard::check_right(Call& call) const {
  const Who& who = call.who;
  bool may = true;
  switch (who.kind()) {
    case Who::Kind::anyone:
    case Who::Kind::signed_in: break;
    case Who::Kind::server: may = access::may(call.grants(), who.right(), {}); break;
    case Who::Kind::solution:
      may = access::may(call.grants(), who.right(), {call.path["solution"], ""});
      break;
    case Who::Kind::deploy:
      may = access::may(call.grants(), who.right(), {call.path["solution"], options_.environment});
      break;
    case Who::Kind::thing: may = access::may_somewhere(call.grants(), who.right()); break;
  }
  if (may) return {};
  return fail(Code::permission_denied,
              "this takes the right " + std::string(access::kRights(who.right())) +
                  "; who may change users can give it",
              std::string(access::kRights(who.right())));
}

web::Response Guard::answer(const Operation& operation, web::PathValues values,
                            const web::Request& request) {
  Call call(request, std::move(values), ports_, options_, feeds_, post_, sign_ins_,
            operation.who.in(options_.environment), operation.id);
  call.asker.request = new_request_id();
  call.asker.address = request.peer;
  const bool is_open = operation.who.kind() == Who::Kind::anyone;
  auto known = who(request);
  // Whoever signs in may bring the cookie of a session that is over.
  if (!known && is_open && known.error().code == Code::unauthenticated) known = std::nullopt;
  if (!known) return refusal(known.error());
  if (*known) {
    call.asker.principal = std::move((*known)->principal);
    call.by_cookie = (*known)->by_cookie;
  } else if (!is_open) {
    auto response = refusal(401, "unauthenticated", "sign in, or give a key");
    response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
  }
  // Signing in sets a cookie, and a page of somebody else's may not do that either.
  if (auto refused =
          refused_origin(request, call.by_cookie || (is_open && !request.bearer_token())))
    return std::move(*refused);
  if (auto right = check_right(call); !right) {
    const auto noted = note_refusal(operation, call, access::kRights(call.who.right()));
    if (!noted) return refusal(noted.error());
    return refusal(right.error());
  }
  if (!operation.takes.empty()) {
    if (!request.is_json()) {
      return refusal(415, "invalid_argument", "send Content-Type: application/json",
                     "Content-Type");
    }
    auto body = json::parse_object(request.body);
    if (!body) return refusal(body.error());
    if (auto fine = check(json::value(*body), operation.takes); !fine) {
      return refusal(fine.error());
    }
    call.body = std::move(*body);
  } else if (!request.body.empty()) {
    return refusal(400, "invalid_argument", "this operation takes no body");
  }
  const auto key = request.header("Idempotency-Key");
  const bool is_once = key && changes_something(request.method) && !is_open;
  auto response = is_once ? once(operation, call, *key) : run(operation, call);
  response.headers.push_back({"X-Request-Id", call.asker.request});
  return response;
}

base::Result<void> Guard::note_refusal(const Operation& operation, const Call& call,
                                       std::string_view right) const {
  access::AuditRow row;
  row.right = right;
  row.action = operation.id;
  row.object = call.request.path;
  row.outcome = "refused";
  return ports_.access.note(call.asker, std::move(row));
}

web::Response Guard::run(const Operation& operation, Call& call) {
  Replied replied = fail(Code::internal, "this failed here; the log says why");
  try {
    const base::ChecksThrow checks;
    replied = operation.serve(call);
  } catch (const std::exception& thrown) {
    ports_.log.line(base::Level::error, "api",
                    std::string(operation.id) + ": " + base::name_of(thrown));
  }
  // What never asked whose the thing is tells nobody about it.
  if (replied && call.who.kind() == Who::Kind::thing && !call.was_asked()) {
    ports_.log.line(base::Level::error, "api",
                    std::string(operation.id) + " answers without asking whose it is");
    replied = fail(Code::internal, "this failed here; the log says why");
  }
  // A right besides the operation's own, which it found missing itself.
  const bool lacks_right = !replied && replied.error().code == Code::permission_denied &&
                           access::kRights.find(replied.error().where).has_value();
  if (lacks_right) {
    const auto noted = note_refusal(operation, call, replied.error().where);
    if (!noted) return refusal(noted.error());
  }
  return response_of(std::move(replied));
}

// The mark of a request that was begun stands before what it does; its answer takes the mark's
// place. A mark without an answer is of one that a crash may have cut short.
web::Response Guard::once(const Operation& operation, Call& call, std::string_view key) {
  if (key.empty() || key.size() > kIdempotencyKeyBytesMax) {
    return refusal(400, "invalid_argument", "a key of 1 to 128 bytes is wanted", "Idempotency-Key");
  }
  const std::string place =
      "once/" + access::hash_of_secret(call.asker.principal.who() + "\n" + std::string(key));
  const std::string asked = base::to_hex(base::hmac_sha256(
      options_.seal_key, std::string(operation.id) + "\n" + call.request.path + "\n" +
                             call.request.query + "\n" + call.request.body));
  std::optional<json::object> former;
  const json::object mark{{"asked", asked}, {"at", ports_.clock.now().ms}};
  auto begun = ports_.pairs.change([&](access::PairsChange& pairs) -> base::Result<void> {
    const auto kept = pairs.get(place);
    if (!kept) return std::unexpected(kept.error());
    if (*kept) {
      auto read = json::parse_object(**kept);
      if (!read) return fail(Code::data_loss, "a kept answer cannot be read");
      const int64_t age = ports_.clock.now().ms - json::get_integer(*read, "at").value_or(0);
      if (age < kAnswersKeptMs) {
        former = std::move(*read);
        return {};
      }
    }
    return pairs.put(place, json::serialize(mark));
  });
  if (!begun) return refusal(begun.error());
  if (former) {
    if (json::get_string(*former, "asked") != asked) {
      return refusal(422, "already_exists", "this key was used for another request",
                     "Idempotency-Key");
    }
    const auto sealed = json::get_string(*former, "answer");
    if (!sealed) {
      return refusal(409, "failed_precondition",
                     "this request is under way, or was cut short: look whether it was done",
                     "Idempotency-Key");
    }
    const auto opened = base::unseal(options_.seal_key, place, *sealed);
    const auto answer = opened ? json::parse_object(*opened) : fail(Code::data_loss, "");
    if (!answer) return refusal(500, "data_loss", "a kept answer cannot be read");
    web::Response again{static_cast<int>(json::get_integer(*answer, "status").value_or(500)),
                        {},
                        std::string(json::get_string(*answer, "body").value_or(""))};
    if (!again.body.empty()) again.headers.push_back({"Content-Type", "application/json"});
    again.headers.push_back({"Idempotent-Replayed", "true"});
    return again;
  }
  auto response = run(operation, call);
  json::object whole = mark;
  whole["answer"] = base::seal(
      options_.seal_key, place,
      json::serialize(json::object{{"status", response.status}, {"body", response.body}}));
  auto kept = ports_.pairs.change([&](access::PairsChange& pairs) {
    // What failed for the moment may be tried again under the same key.
    const bool may_be_again = response.status >= 500 || response.status == 429;
    return may_be_again ? pairs.remove(place) : pairs.put(place, json::serialize(whole));
  });
  if (!kept) ports_.log.line(base::Level::warning, "api", kept.error().describe());
  return response;
}

}  // namespace millrace::api
