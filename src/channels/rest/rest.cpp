#include "channels/rest/rest.hpp"

#include <initializer_list>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/web/routes.hpp"
#include "channels/errors.hpp"
#include "channels/rest/words.hpp"

namespace millrace::channels {
namespace {

using base::Code;
using base::fail;

web::Response refused(std::string_view message) {
  return error_response(400, "invalid_argument", message);
}

constexpr std::string_view kSignatureHeader = "X-Millrace-Signature";
constexpr std::string_view kSignatureScheme = "sha256=";

bool has_credential(const web::Request& request, const std::string& key) {
  if (const auto token = request.bearer_token()) {
    return base::equal_constant_time(base::sha256(*token), base::sha256(key));
  }
  const auto header = request.header(kSignatureHeader);
  if (!header || !header->starts_with(kSignatureScheme)) return false;
  const auto given = base::from_hex(base::to_ascii_lower(header->substr(kSignatureScheme.size())));
  return given && base::equal_constant_time(base::hmac_sha256(key, request.body), *given);
}

}  // namespace

RestChannel::RestChannel(runtime::Runtime& runtime, const runtime::Solutions& solutions,
                         runtime::Identities& identities, base::Shares& shares, RestKeys& keys,
                         RestOptions options)
    : solutions_(solutions),
      answered_(runtime),
      pushed_(runtime),
      identities_(identities),
      shares_(shares),
      keys_(keys),
      options_(std::move(options)) {}

std::optional<web::Response> RestChannel::refusal(const web::Request& request,
                                                  const runtime::Solution& solution) {
  const auto& origins = solution.program->origins;
  if (!web::may_come_from(request, options_.origins, origins)) {
    return error_response(403, "permission_denied", "pages of this origin may not talk here");
  }
  const auto key = keys_.key_of(solution);
  if (!key) return error_response({Code::unavailable, "the key of this channel cannot be read"});
  if (key->empty()) {
    if (options_.is_open) return std::nullopt;
    return error_response(403, "permission_denied",
                          "this channel is served only with a key; see rest.key in solution.yaml");
  }
  const bool is_given = request.bearer_token() || request.header(kSignatureHeader);
  if (!is_given && options_.is_open) return std::nullopt;
  if (has_credential(request, *key)) return std::nullopt;
  auto response = error_response(401, "unauthenticated", "the key or the signature is not right");
  response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

std::expected<runtime::SolutionPtr, web::Response> RestChannel::admit(const web::Request& request,
                                                                      const json::object& body) {
  const auto text = optional_text(body, "app_id", 64);
  if (!text) return std::unexpected(error_response(text.error()));
  const auto app_id = base::Id::parse(*text);
  if (!text->empty() && !app_id) return std::unexpected(refused("app_id must be a UUID"));
  runtime::SolutionPtr solution = app_id ? solutions_.find(*app_id) : solutions_.fallback();
  if (solution == nullptr) {
    return std::unexpected(
        error_response(404, "not_found", "there is no solution with this app_id"));
  }
  if (auto why = refusal(request, *solution)) return std::unexpected(std::move(*why));
  return solution;
}

std::optional<web::Response> RestChannel::too_much(const web::Request& request,
                                                   const runtime::Solution& solution,
                                                   base::Id consumer) {
  const auto wait =
      base::take_message(shares_, {request.network, request.is_local, consumer.as_bytes(),
                                   solution.app_id.as_bytes(), request.body.size()});
  if (!wait) return std::nullopt;
  return web::with_retry_after(error_response(429, "resource_exhausted", "too much was sent; wait"),
                               *wait);
}

base::Result<Channel*> RestChannel::channel_of(const runtime::Solution& solution,
                                               std::string_view name) {
  for (Channel* const channel : std::initializer_list<Channel*>{&answered_, &pushed_}) {
    if (channel->serves(solution, name)) return channel;
  }
  return fail(Code::invalid_argument, "solution.yaml gives no receiver to the channel '" +
                                          std::string(name) + "' (channels: {NAME: webhook:NAME})");
}

// Who has the solution's key; anyone may ask whether there is a channel.
struct RestChannel::Table {
  enum class Who { anyone, key };
  using Serve = void (RestChannel::*)(const web::Request&, const json::object&, web::Respond);
  using Routes = web::Routes<Who, Serve>;

  static const Routes& routes() {
    static const Routes kRoutes({
        {"GET", "/webhooks/rest", Who::anyone, nullptr},
        {"GET", "/webhooks/rest/", Who::anyone, nullptr},
        {"POST", "/webhooks/rest/webhook", Who::key, &RestChannel::webhook},
        {"POST", "/webhooks/rest/join", Who::key, &RestChannel::join},
    });
    return kRoutes;
  }
};

void RestChannel::handle(web::Request request, web::Respond respond) {
  const auto found = Table::routes().find(request.method, request.path);
  if (!found && found.error().allowed.empty()) {
    return respond(error_response(404, "not_found", "there is nothing at this address"));
  }
  if (!found) {
    web::Response response =
        error_response(405, "method_not_allowed", "use " + found.error().allowed);
    response.headers.push_back({"Allow", found.error().allowed});
    return respond(std::move(response));
  }
  if (found->route.who == Table::Who::anyone) {
    return respond(web::json_response(200, R"({"status":"ok"})"));
  }
  if (!request.is_json()) {
    return respond(error_response(415, "invalid_argument", "send Content-Type: application/json"));
  }
  const auto body = json::parse_object(request.body);
  if (!body) return respond(refused(body.error().message));
  (this->*found->route.serve)(request, *body, std::move(respond));
}

void RestChannel::webhook(const web::Request& request, const json::object& body,
                          web::Respond respond) {
  auto words = read_words(body);
  if (!words) return respond(error_response(words.error()));
  auto solution = admit(request, body);
  if (!solution) return respond(std::move(solution.error()));
  const auto channel = channel_of(**solution, words->from.channel);
  if (!channel) return respond(error_response(channel.error()));
  const runtime::Address from{(*solution)->app_id, options_.environment, words->from.channel,
                              words->from.sender};
  const base::Id consumer = runtime::sender_id(from);
  if (auto why = too_much(request, **solution, consumer)) return respond(std::move(*why));
  json::object user_data;
  if (!words->time_zone.empty()) user_data["time_zone"] = words->time_zone;
  runtime::SayRequest said{
      consumer,
      std::nullopt,
      runtime::SessionRequest{from.app, std::move(words->locale), std::move(user_data),
                              from.channel, from.address},
      std::move(words->message_id),
      std::move(words->message),
      identities_.line(consumer)};
  (*channel)->say(std::move(said), std::move(respond));
}

void RestChannel::join(const web::Request& request, const json::object& body,
                       web::Respond respond) {
  const auto one = read_sender_under(body, "one");
  if (!one) return respond(error_response(one.error()));
  const auto other = read_sender_under(body, "other");
  if (!other) return respond(error_response(other.error()));
  auto solution = admit(request, body);
  if (!solution) return respond(std::move(solution.error()));
  const auto id_of = [&](const Sender& sender) {
    return runtime::sender_id(
        {(*solution)->app_id, options_.environment, sender.channel, sender.sender});
  };
  for (const Sender* sender : {&*one, &*other}) {
    if (const auto channel = channel_of(**solution, sender->channel); !channel) {
      return respond(error_response(channel.error()));
    }
  }
  if (auto why = too_much(request, **solution, id_of(*one))) return respond(std::move(*why));
  identities_.join(id_of(*one), id_of(*other),
                   [respond = std::move(respond)](base::Result<base::Id> person) mutable {
                     if (!person) return respond(error_response(person.error()));
                     respond(web::json_response(
                         200, json::serialize(json::object{{"consumer", person->to_string()}})));
                   });
}

}  // namespace millrace::channels
