#include "base/hash.hpp"
#include "base/text.hpp"
#include "channels/channels.hpp"
#include "dialog/render.hpp"

namespace millrace::channels {
namespace {

using base::Code;
using base::fail;

constexpr std::string_view kWebhookPath = "/webhooks/rest/webhook";
constexpr const char* kChannel = "rest";
constexpr size_t kSenderBytesMax = 256;
constexpr size_t kMessageIdBytesMax = 128;

int status_of(const base::Error& error) {
  switch (error.code) {
    case Code::invalid_argument: return 400;
    case Code::not_found: return 404;
    case Code::already_exists: return 409;
    case Code::resource_exhausted: return 429;
    case Code::unavailable: return 503;
    default: return 500;
  }
}

web::Response error_response(int status, std::string_view code, std::string_view message) {
  return web::json_response(status,
                            json::serialize(json::object{{"error", code}, {"message", message}}));
}

web::Response error_response(const base::Error& error) {
  return error_response(status_of(error), base::to_string(error.code), error.message);
}

const flow::Capabilities& capabilities() {
  static const flow::Capabilities& kRest = *flow::find_channel(kChannel);
  return kRest;
}

web::Response answer_response(const std::string& sender, const runtime::Answer& answer) {
  json::array messages;
  for (const runtime::ChatMessage& message : answer.messages) {
    for (const dialog::Rendered& rendered : dialog::render(message.content, capabilities())) {
      json::object item{{"recipient_id", sender}, {"text", rendered.text}};
      if (!rendered.choices.empty()) {
        json::array buttons;
        for (const dialog::Choice& choice : rendered.choices) {
          buttons.push_back(json::object{{"title", choice.label}, {"payload", choice.answer}});
        }
        item["buttons"] = std::move(buttons);
      }
      if (!rendered.image.empty()) item["image"] = rendered.image;
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
                         base::Shares& shares, RestKeys& keys, RestOptions options)
    : runtime_(runtime),
      solutions_(solutions),
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
  if (!key) return error_response(503, "unavailable", "the key of this channel cannot be read");
  if (key->empty()) {
    if (options_.is_open) return std::nullopt;
    return error_response(403, "permission_denied",
                          "this channel is served only with a key; see rest.key in solution.yaml");
  }
  const bool is_given = request.bearer_token() || request.header(kSignatureHeader);
  if (!is_given && options_.is_open) return std::nullopt;
  if (has_credential(request, *key)) return std::nullopt;
  auto refused = error_response(401, "unauthenticated", "the key or the signature is not right");
  refused.headers.push_back({"WWW-Authenticate", "Bearer"});
  return refused;
}

void RestChannel::handle(web::Request request, web::Respond respond) {
  if (request.path == "/webhooks/rest" || request.path == "/webhooks/rest/") {
    respond(web::json_response(200, R"({"status":"ok"})"));
  } else if (request.path != kWebhookPath) {
    respond(error_response(404, "not_found", "there is nothing at this address"));
  } else if (request.method != "POST") {
    web::Response refused = error_response(405, "method_not_allowed", "use POST");
    refused.headers.push_back({"Allow", "POST"});
    respond(std::move(refused));
  } else {
    webhook(request, std::move(respond));
  }
}

void RestChannel::webhook(const web::Request& request, web::Respond respond) {
  const auto refuse = [&](std::string_view message) {
    respond(error_response(400, "invalid_argument", message));
  };
  if (!request.is_json()) {
    respond(error_response(415, "invalid_argument", "send Content-Type: application/json"));
    return;
  }
  const auto body = json::parse_object(request.body);
  if (!body) return refuse(body.error().message);
  const auto sender = json::get_string(*body, "sender");
  if (!sender || sender->empty() || sender->size() > kSenderBytesMax) {
    return refuse("sender must be a text of 1 to 256 bytes");
  }
  const auto message = json::get_string(*body, "message");
  if (!message) return refuse("message must be a text");
  if (base::utf8_length(*message) > dialog::kMessageLengthMax) {
    return refuse("message is longer than 4096 characters");
  }
  auto message_id = optional_text(*body, "message_id", kMessageIdBytesMax);
  if (!message_id) return refuse(message_id.error().message);
  if (message_id->starts_with('~')) return refuse("message_id must not begin with ~");
  const auto app_text = optional_text(*body, "app_id", 64);
  if (!app_text) return refuse(app_text.error().message);
  auto locale = optional_text(*body, "locale", 64);
  if (!locale) return refuse(locale.error().message);

  const auto app_id = base::Id::parse(*app_text);
  if (!app_text->empty() && !app_id) return refuse("app_id must be a UUID");
  const runtime::SolutionPtr solution = app_id ? solutions_.find(*app_id) : solutions_.fallback();
  if (solution == nullptr) {
    respond(error_response(404, "not_found", "there is no solution with this app_id"));
    return;
  }
  if (auto refused = refusal(request, *solution)) {
    respond(std::move(*refused));
    return;
  }
  const base::Id consumer =
      base::Id::derived("rest", std::string(solution->app_id.as_bytes()) + std::string(*sender));
  if (const auto wait =
          base::take_message(shares_, {request.network, request.is_local, consumer.as_bytes(),
                                       solution->app_id.as_bytes(), request.body.size()})) {
    auto refused = error_response(429, "resource_exhausted", "too much was sent; wait");
    refused.headers.push_back({"Retry-After", std::to_string(*wait)});
    respond(std::move(refused));
    return;
  }
  runtime_.converse(
      {consumer, std::nullopt,
       runtime::SessionRequest{
           solution->app_id, std::move(*locale), {}, kChannel, std::string(*sender)},
       std::move(*message_id), std::string(*message)},
      [sender = std::string(*sender),
       respond = std::move(respond)](base::Result<runtime::Answer> answer) mutable {
        respond(answer ? answer_response(sender, *answer) : error_response(answer.error()));
      });
}

}  // namespace millrace::channels
