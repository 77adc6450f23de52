#include "delivery/webhook/kind.hpp"

#include <algorithm>

#include "delivery/webhook/address.hpp"
#include "delivery/webhook/codec.hpp"

namespace millrace::delivery::webhook {
namespace {

std::vector<Complaint> check(const Settings& settings) {
  std::vector<Complaint> found;
  const std::string wrong = wrong_with_address(setting(settings, "url"));
  if (!wrong.empty()) {
    found.push_back({"url", "bad_address", wrong, "write url: https://crm.example.com/events"});
  }
  const auto secrets = settings.find("secret");
  const auto is_empty = [](const std::string& secret) { return secret.empty(); };
  if (secrets == settings.end() || secrets->second.empty() ||
      std::ranges::any_of(secrets->second, is_empty)) {
    found.push_back({"secret", "secret_missing", "nothing is sent without a signature",
                     "write secret: ${secret:NAME}, and keep it with `millrace secret set NAME`"});
  } else if (secrets->second.size() > kSecretsMax) {
    found.push_back({"secret", "too_many_secrets",
                     "a webhook has at most " + std::to_string(kSecretsMax) + " secrets",
                     "take the oldest one out"});
  }
  return found;
}

Owed owed(const Occasion& occasion, std::string_view kind, std::string_view type,
          json::object data) {
  data["consumer"] = occasion.consumer.to_string();
  data["chat"] = occasion.chat.to_string();
  return {
      occasion.key,
      std::string(kind),
      {{"type", type}, {"timestamp", base::to_iso8601(occasion.at)}, {"data", std::move(data)}}};
}

std::optional<Owed> owe_event(const Occasion& occasion, const Event& event,
                              const Settings& settings, json::value&) {
  const auto wanted = settings.find("events");
  if (wanted != settings.end() && !wanted->second.empty() &&
      std::ranges::find(wanted->second, event.name) == wanted->second.end()) {
    return std::nullopt;
  }
  json::object data{{"name", event.name}, {"properties", event.properties}};
  return owed(occasion, kEventKind, "event.tracked", std::move(data));
}

Owed owe_news(const Occasion& occasion, std::string_view type, json::object data) {
  if (type == "engagement.event") {
    return {occasion.key, std::string(kEngagementKind), std::move(data)};
  }
  const bool is_message = type.starts_with("message.");
  return owed(occasion, is_message ? kMessageKind : kHandOverKind, type, std::move(data));
}

}  // namespace

const Kind& kind() {
  static const Kind kKind{
      .name = "webhook",
      .title = "the webhook",
      .section = "webhooks",
      .is_named = true,
      .settings = {{.name = "url"},
                   {.name = "secret", .is_secret = true, .may_be_several = true},
                   {.name = "events", .may_be_several = true}},
      .check = &check,
      .track = &owe_event,
      .tell = &owe_news,
      .speak = []() -> std::unique_ptr<Codec> { return std::make_unique<WebhookCodec>(); },
      .takes_address =
          [](const Settings& settings, std::string_view url) {
            const std::string_view base = setting(settings, "url");
            // What ${...} stands for is known when it is sent, and is judged then.
            return base.contains("${") ? wrong_with_address(url).empty() : is_below(url, base);
          }};
  return kKind;
}

}  // namespace millrace::delivery::webhook
