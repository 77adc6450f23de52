#include "engage/engage.hpp"

#include <variant>

#include "base/text.hpp"
#include "base/web/routes.hpp"
#include "engage/asking.hpp"
#include "engage/chat_calls.hpp"
#include "engage/contract/contract.hpp"
#include "engage/socket.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

// Pages of any origin may call: the credential is a token that the page itself holds.
web::Respond with_cors(web::Respond respond) {
  return [respond = std::move(respond)](web::Response response) mutable {
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
    respond(std::move(response));
  };
}

web::Response preflight() {
  return {204,
          {{"Access-Control-Allow-Methods", "GET, POST"},
           {"Access-Control-Allow-Headers",
            "Authorization, Content-Type, X-Pypestream-Webhook-URL, X-Phoenix-AuthToken"},
           {"Access-Control-Max-Age", "86400"}},
          {}};
}

// Of those that are spoken: who names no version means the first.
std::optional<Serializer> serializer_of(const web::Request& request) {
  const auto version = request.query_parameter("vsn").value_or("");
  if (version.empty() || version.starts_with("1.")) return Serializer::v1;
  if (version.starts_with("2.")) return Serializer::v2;
  return std::nullopt;
}

}  // namespace

Engagement::Engagement(Ports ports, std::string key, EngagementOptions options)
    : runtime_(ports.runtime),
      solutions_(ports.solutions),
      clock_(ports.clock),
      shares_(ports.shares),
      identity_keys_(ports.identity_keys),
      files_(ports.files),
      key_(std::move(key)),
      options_(std::move(options)),
      long_polls_(ports.lanes, ports.clock, ports.random) {}

// The published addresses, and who may ask there: whoever comes, or whoever has a chat's token.
struct Engagement::Table {
  enum class Who { anyone, token };
  using Open = void (Engagement::*)(const web::Request&, web::Respond);
  using Known = void (Engagement::*)(const web::Request&, Identity, web::Respond);
  using OfChat = void (Engagement::*)(const web::Request&, std::string_view chat, const Identity&,
                                      web::Respond);
  using Routes = web::Routes<Who, std::variant<Open, Known, OfChat, ChatCall>>;

  static const Routes& routes() {
    static const Routes kRoutes({
        {"POST", "/messaging/v1/consumers/anonymous_session", Who::anyone,
         &Engagement::anonymous_session},
        {"GET", "/messaging/v1/openapi.json", Who::anyone, &Engagement::openapi},
        {"GET", "/messaging/v1/asyncapi.json", Who::anyone, &Engagement::asyncapi},
        {"POST", "/messaging/v1/consumers/renew_session", Who::token, &Engagement::renew},
        {"POST", "/messaging/v1/chats/{chat}/start", Who::token,
         ChatCall{Does::change, &Engagement::start}},
        {"POST", "/messaging/v1/chats/{chat}/message", Who::token,
         ChatCall{Does::change, &Engagement::say}},
        {"POST", "/messaging/v1/chats/{chat}/event", Who::token,
         ChatCall{Does::change, &Engagement::tell_event, true}},
        {"POST", "/messaging/v1/chats/{chat}/ping", Who::token,
         ChatCall{Does::look, &Engagement::ping}},
        {"POST", "/messaging/v1/chats/{chat}/type", Who::token,
         ChatCall{Does::look, &Engagement::type}},
        {"POST", "/messaging/v1/chats/{chat}/snapshot", Who::token,
         ChatCall{Does::look, &Engagement::snapshot}},
        {"POST", "/messaging/v1/chats/{chat}/files", Who::token, &Engagement::take_file},
        {"POST", "/messaging/v1/chats/{chat}/end", Who::token,
         ChatCall{Does::change, &Engagement::end}},
    });
    return kRoutes;
  }

  // phoenix.js appends /websocket to the address it is given, and the published sample gives it
  // one that ends in /websocket already.
  static bool is_socket(std::string_view path) {
    return path == "/socket/websocket" || path == "/socket/websocket/websocket";
  }
  static bool is_long_poll(std::string_view path) {
    return path == "/socket/longpoll" || path == "/socket/longpoll/longpoll" ||
           path == "/socket/websocket/longpoll" || path == "/socket/longpoll/websocket";
  }
};

void Engagement::handle(web::Request request, web::Respond respond) {
  auto answer = with_cors(std::move(respond));
  if (request.method == "OPTIONS") return answer(preflight());
  if (Table::is_long_poll(request.path)) return long_poll(request, std::move(answer));
  if (request.path.starts_with("/socket/")) {
    return answer(error_response(400, "this address takes web sockets only"));
  }
  const auto found = Table::routes().find(request.method, request.path);
  if (!found && found.error().allowed.empty()) {
    return answer(error_response(404, "there is nothing at this address"));
  }
  if (!found) {
    web::Response refused = error_response(405, "use " + found.error().allowed);
    refused.headers.push_back({"Allow", found.error().allowed + ", OPTIONS"});
    return answer(std::move(refused));
  }
  const auto& serve = found->route.serve;
  if (found->route.who == Table::Who::anyone) {
    return (this->*std::get<Table::Open>(serve))(request, std::move(answer));
  }
  const auto identity = identity_of(request);
  if (!identity) return answer(unauthenticated());
  if (const auto* known = std::get_if<Table::Known>(&serve)) {
    return (this->**known)(request, *identity, std::move(answer));
  }
  if (const auto* of_chat = std::get_if<Table::OfChat>(&serve)) {
    return (this->**of_chat)(request, found->values["chat"], *identity, std::move(answer));
  }
  call_chat(std::get<ChatCall>(serve), request, found->values["chat"], *identity,
            std::move(answer));
}

void Engagement::openapi(const web::Request&, web::Respond respond) {
  respond(web::json_response(200, openapi_document()));
}

void Engagement::asyncapi(const web::Request&, web::Respond respond) {
  respond(web::json_response(200, asyncapi_document()));
}

std::optional<Identity> Engagement::identity_of(const web::Request& request) {
  const auto token = request.bearer_token();
  return token ? read_token(key_, *token, clock_.now()) : std::nullopt;
}

std::optional<web::Response> Engagement::refusal(const web::Request& request, base::Id app,
                                                 Does does) const {
  const auto status = web::refuses_change(request, options_.origins, origins_of(solutions_, app));
  if (!status || (*status == 415 && does == Does::look)) return std::nullopt;
  return error_response(*status, *status == 403 ? "pages of this origin may not talk here"
                                                : "send Content-Type: application/json");
}

std::expected<Identity, int> Engagement::socket_identity(
    const web::Request& request, const std::optional<std::string>& offered) const {
  auto token = request.query_parameter("token");
  if (!token) token = offered;
  if (!token || token->empty()) return std::unexpected(400);
  const auto identity = read_token(key_, *token, clock_.now());
  if (!identity) return std::unexpected(403);
  if (!web::may_come_from(request, options_.origins, origins_of(solutions_, identity->app))) {
    return std::unexpected(403);
  }
  return *identity;
}

std::shared_ptr<web::SocketHandler> Engagement::new_socket(const web::Request& request,
                                                           const Identity& identity) {
  const auto serializer = serializer_of(request);
  if (!serializer) return nullptr;
  return std::make_shared<SocketConnection>(
      SocketPorts{runtime_, solutions_, clock_, shares_, files_, identity_keys_}, key_, identity,
      *serializer, Asker{request.network, request.is_local});
}

web::UpgradeAnswer Engagement::upgrade(const web::Request& request) {
  if (!Table::is_socket(request.path)) {
    return error_response(404, "there is no web socket at this address");
  }
  web::SocketAccept accept;
  std::optional<std::string> token;
  if (const auto offered = request.header("Sec-WebSocket-Protocol")) {
    for (const std::string_view item : base::split(*offered, ',')) {
      const auto protocol = base::trim(item);
      if (protocol == "phoenix") accept.subprotocol = "phoenix";
      if (!token) token = token_of_subprotocol(protocol);
    }
  }
  const auto identity = socket_identity(request, token);
  if (!identity && identity.error() == 400) {
    return error_response(400, "the parameter token is missing");
  }
  if (!identity) {
    return error_response(403, "the access token is not valid, or over, or is not for this page");
  }
  accept.handler = new_socket(request, *identity);
  if (!accept.handler) return error_response(400, "vsn is neither 1.0.0 nor 2.0.0");
  return accept;
}

void Engagement::long_poll(const web::Request& request, web::Respond respond) {
  const std::string session = LongPolls::session_of(request);
  if (request.method == "POST") {
    return long_polls_.push(session, request.body, std::move(respond));
  }
  if (request.method != "GET") return respond(error_response(405, "use GET or POST"));
  if (!session.empty()) return long_polls_.poll(session, std::move(respond));
  std::optional<std::string> token;
  if (const auto given = request.header("X-Phoenix-AuthToken")) token = std::string(*given);
  const auto identity = socket_identity(request, token);
  auto handler = identity ? new_socket(request, *identity) : nullptr;
  if (!handler) return LongPolls::forbid(std::move(respond));
  long_polls_.open(request.network, std::move(handler), std::move(respond));
}

}  // namespace millrace::engage
