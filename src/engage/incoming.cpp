// What clients send, read and checked: sessions, messages, events of their pages.
#include "base/text.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

using base::Code;
using base::fail;

constexpr size_t kFieldBytesMax = 2'048;

std::string platform_of(std::string_view given) {
  const std::string text = base::to_ascii_lower(given);
  const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (has("iphone") || has("ipad") || has("ios")) return "ios";
  if (has("android")) return "android";
  if (has("mac")) return "mac";
  if (has("win")) return "windows";
  return "other";
}

bool is_from(const json::object& body, std::string_view key, base::Id consumer) {
  const auto given = json::get_string(body, key);
  return !given || *given == consumer.to_string();
}

base::Result<std::string> bounded(std::string_view text, std::string_view where) {
  if (base::trim(text).empty()) {
    return fail(Code::invalid_argument, std::string(where) + " must be a text that is not empty",
                std::string(where));
  }
  if (base::utf8_length(text) > dialog::kMessageLengthMax) {
    return fail(Code::invalid_argument,
                std::string(where) + " is longer than " +
                    std::to_string(dialog::kMessageLengthMax) + " characters",
                std::string(where));
  }
  return std::string(text);
}

// `app_object` is a text, or JSON as a text or as it is; of an object its value, else its text, its
// label or its address is what was answered.
base::Result<std::string> text_of_embed(const json::object& body) {
  const auto* given = body.if_contains("app_object");
  if (given == nullptr || given->is_null()) {
    return fail(Code::invalid_argument, "app_object is required with msg_type embed", "app_object");
  }
  if (const auto* secure = body.if_contains("secure_app_object");
      secure != nullptr && *secure == true) {
    return fail(Code::invalid_argument,
                "what is secure is decided by the question (secure: true of its node); answer with "
                "msg_type text",
                "secure_app_object");
  }
  if (given->is_array()) {
    return fail(Code::invalid_argument, "app_object is a text or an object", "app_object");
  }
  if (!given->is_object() && !given->is_string())
    return bounded(json::to_text(*given), "app_object");
  json::object object;
  if (given->is_object()) {
    object = given->get_object();
  } else if (auto parsed = json::parse_object(given->get_string())) {
    object = std::move(*parsed);
  } else {
    return bounded(given->get_string(), "app_object");
  }
  for (const std::string_view key : {"value", "text", "label", "url"}) {
    if (const auto text = json::get_string(object, key)) return bounded(*text, "app_object");
  }
  return fail(Code::invalid_argument, "app_object has no value, text, label or url", "app_object");
}

base::Result<std::string> text_of_file(const json::object& body, std::string_view file) {
  const auto status = json::get_string(body, "file_status").value_or("ready");
  if (status != "ready") {
    return fail(Code::invalid_argument, "a file is sent once it is ready", "file_status");
  }
  if (!file.starts_with("https://") && !file.starts_with("http://")) {
    return fail(Code::invalid_argument, "file must be the address of a file", "file");
  }
  return bounded(file, "file");
}

base::Result<std::string> text_of(const json::object& body) {
  const auto type = json::get_string(body, "msg_type").value_or("text");
  if (type != "text" && type != "embed") {
    return fail(Code::invalid_argument, "msg_type must be text or embed", "msg_type");
  }
  if (const auto file = json::get_string(body, "file"); file && !file->empty()) {
    return text_of_file(body, *file);
  }
  if (type == "embed") return text_of_embed(body);
  return bounded(json::get_string(body, "msg").value_or(""), "msg");
}

}  // namespace

base::Result<IncomingMessage> read_message(const json::object& body, const Identity& identity) {
  const auto side = json::get_string(body, "from_side").value_or("anonymous_consumer");
  if (side != "anonymous_consumer" && side != "consumer") {
    return fail(Code::invalid_argument, "from_side must be anonymous_consumer", "from_side");
  }
  for (const std::string_view key : {"from", "user_id"}) {
    if (is_from(body, key, identity.consumer)) continue;
    return fail(Code::invalid_argument, "this is not the user of the access token",
                std::string(key));
  }
  auto text = text_of(body);
  if (!text) return std::unexpected(text.error());
  IncomingMessage message{std::move(*text), {}, nullptr};
  if (const auto* id = body.if_contains("client_msg_id"); id != nullptr && !id->is_null()) {
    message.client_message_id = json::to_text(*id);
  }
  if (const auto* id = body.if_contains("correlation_id")) message.correlation_id = *id;
  // "~" marks ids of the server's own making.
  if (message.client_message_id.size() > 128 || message.client_message_id.starts_with('~')) {
    return fail(Code::invalid_argument,
                "client_msg_id must be at most 128 bytes and not begin with ~", "client_msg_id");
  }
  return message;
}

base::Result<dialog::PageEvent> read_event(const json::object& body) {
  const auto name = json::get_string(body, "name");
  if (!name) return fail(Code::invalid_argument, "name must be a text", "name");
  dialog::PageEvent event{std::string(*name), {}};
  const auto* detail = body.if_contains("detail");
  if (detail == nullptr || detail->is_null()) return event;
  if (!detail->is_object()) {
    return fail(Code::invalid_argument, "detail must be an object", "detail");
  }
  event.detail = detail->get_object();
  return event;
}

base::Result<bool> read_typing(const json::object& body, const Identity& identity) {
  if (!is_from(body, "from", identity.consumer)) {
    return fail(Code::invalid_argument, "this is not the user of the access token", "from");
  }
  const auto* given = body.if_contains("is_typing");
  if (given == nullptr || given->is_null()) return true;
  if (!given->is_bool()) {
    return fail(Code::invalid_argument, "is_typing must be true or false", "is_typing");
  }
  return given->get_bool();
}

json::object user_data_of(const json::object& request) {
  json::object out;
  for (const std::string_view key :
       {"first_name", "last_name", "email", "phone", "screen_name", "browser_language", "language",
        "referring_site", "last_viewed_url", "passthrough", "screen_resolution", "user_browser",
        "device_type", "location", "anonymous_id"}) {
    const auto value = json::get_string(request, key);
    if (value && !value->empty()) out[key] = base::utf8_prefix(*value, kFieldBytesMax);
  }
  const auto zone = json::get_string(request, "time_zone");
  if (zone && base::is_time_zone(*zone)) out["time_zone"] = *zone;
  out["platform"] = platform_of(json::get_string(request, "platform").value_or(""));
  return out;
}

}  // namespace millrace::engage
