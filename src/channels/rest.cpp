#include "base/hash.hpp"
#include "base/resilience/shares.hpp"
#include "base/text.hpp"
#include "base/web/routes.hpp"
#include "channels/channels.hpp"
#include "dialog/render.hpp"

namespace millrace::channels {
namespace {

using base::Code;
using base::fail;

constexpr const char* kChannel = "rest";
constexpr size_t kSenderBytesMax = 256;
constexpr size_t kChannelBytesMax = 40;
constexpr size_t kMessageIdBytesMax = 128;

web::Response error_response(int status, std::string_view code, std::string_view message) {
  return web::json_response(status,
                            json::serialize(json::object{{"error", code}, {"message", message}}));
}

web::Response error_response(const base::Error& error, const runtime::Runtime* refused = nullptr) {
  return web::with_retry_after(
      error_response(web::status_of(error.code), base::to_string(error.code), error.message),
      refused == nullptr ? 1 : refused->retry_after_seconds());
}

const flow::Capabilities& capabilities() {
  static const flow::Capabilities& kRest = *flow::find_channel(kChannel);
  return kRest;
}

web::Response answer_response(const std::string& sender, const runtime::Answer& answer) {
  json::array messages;
  for (const runtime::ChatMessage& message : answer.messages) {
    for (const dialog::Rendered& rendered : dialog::render(message.content, capabilities())) {
      json::object item{{"recipient_id", sender}};
      for (auto& member : dialog::to_json(rendered)) item[member.key()] = std::move(member.value());
      messages.push_back(std::move(item));
    }
  }
  return web::json_response(200, json::serialize(json::value(std::move(messages))));
}

// A text member, or a number as its digits; "" when absent or null.
base::Result<std::string> optional_text(const json::object& body, std::string_view key,
                                        size_t bytes_max) {
  const auto* given = body.if_contains(key);
  if (given == nullptr || given->is_null()) return std::string();
  if (!given->is_string() && !given->is_int64() && !given->is_uint64()) {
    return fail(Code::invalid_argument, std::string(key) + " must be a text");
  }
  std::string text = json::to_text(*given);
  if (text.size() > bytes_max) {
    return fail(Code::invalid_argument,
                std::string(key) + " is longer than " + std::to_string(bytes_max) + " bytes");
  }
  return text;
}

web::Response refused(std::string_view message) {
  return error_response(400, "invalid_argument", message);
}

// Of a message whose answer goes another way.
web::Response taken_response(const runtime::Receipt& receipt) {
  return web::json_response(202, json::serialize(json::object{{"chat", receipt.chat.to_string()},
                                                              {"repeated", receipt.repeated}}));
}

struct Sender {
  std::string sender;
  std::string channel;
};

base::Result<Sender> read_sender(const json::object& body) {
  const auto sender = json::get_string(body, "sender");
  if (!sender || sender->empty() || sender->size() > kSenderBytesMax) {
    return fail(Code::invalid_argument, "sender must be a text of 1 to 256 bytes");
  }
  auto channel = optional_text(body, "channel", kChannelBytesMax);
  if (!channel) return std::unexpected(channel.error());
  if (channel->empty()) *channel = kChannel;
  return Sender{std::string(*sender), std::move(*channel)};
}

base::Result<Sender> read_sender_under(const json::object& body, std::string_view key) {
  const auto* found = body.if_contains(key);
  if (found == nullptr || !found->is_object()) {
    return fail(Code::invalid_argument, std::string(key) + " must be {sender, channel}");
  }
  return read_sender(found->get_object());
}

// What somebody says.
struct Words {
  Sender from;
  std::string message;
  std::string message_id;
  std::string locale;
};

base::Result<Words> read_words(const json::object& body) {
  auto from = read_sender(body);
  if (!from) return std::unexpected(from.error());
  const auto message = json::get_string(body, "message");
  if (!message) return fail(Code::invalid_argument, "message must be a text");
  if (base::utf8_length(*message) > dialog::kMessageLengthMax) {
    return fail(Code::invalid_argument, "message is longer than 4096 characters");
  }
  auto message_id = optional_text(body, "message_id", kMessageIdBytesMax);
  if (!message_id) return std::unexpected(message_id.error());
  if (message_id->starts_with('~')) {
    return fail(Code::invalid_argument, "message_id must not begin with ~");
  }
  auto locale = optional_text(body, "locale", 64);
  if (!locale) return std::unexpected(locale.error());
  return Words{std::move(*from), std::string(*message), std::move(*message_id), std::move(*locale)};
}

// A channel is this one, or one on which the solution sends what it says.
base::Result<void> check_channel(const runtime::Solution& solution, const std::string& channel) {
  if (channel == kChannel || solution.program->pushed.contains(channel)) return {};
  return fail(Code::invalid_argument, "solution.yaml gives no receiver to the channel '" + channel +
                                          "' (channels: {NAME: webhook:NAME})");
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
    : runtime_(runtime),
      solutions_(solutions),
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
  if (auto right = check_channel(**solution, words->from.channel); !right) {
    return respond(error_response(right.error()));
  }
  const runtime::Address from{(*solution)->app_id, options_.environment, words->from.channel,
                              words->from.sender};
  const base::Id consumer = runtime::sender_id(from);
  if (auto why = too_much(request, **solution, consumer)) return respond(std::move(*why));
  runtime::SayRequest said{
      consumer,
      std::nullopt,
      runtime::SessionRequest{from.app, std::move(words->locale), {}, from.channel, from.address},
      std::move(words->message_id),
      std::move(words->message),
      identities_.line(consumer)};
  if (from.channel != kChannel) {
    runtime_.say(std::move(said), [this, respond = std::move(respond)](
                                      base::Result<runtime::Receipt> receipt) mutable {
      respond(receipt ? taken_response(*receipt) : error_response(receipt.error(), &runtime_));
    });
    return;
  }
  runtime_.converse(std::move(said), [this, sender = from.address, respond = std::move(respond)](
                                         base::Result<runtime::Answer> answer) mutable {
    respond(answer ? answer_response(sender, *answer) : error_response(answer.error(), &runtime_));
  });
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
    if (auto right = check_channel(**solution, sender->channel); !right) {
      return respond(error_response(right.error()));
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
