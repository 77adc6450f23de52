#include "delivery/webhook/codec.hpp"

#include "delivery/headers.hpp"
#include "delivery/webhook/address.hpp"
#include "delivery/webhook/signature.hpp"

namespace millrace::delivery::webhook {
namespace {

using base::Code;
using base::fail;

constexpr size_t kBodyBytesMax = 256 << 10;

struct WebhookParcel : Parcel {
  std::string id;
  std::string url;  // "" = that of the settings
};

struct Addressed {
  std::string url;
  json::object event;
};
std::optional<Addressed> addressed(const std::string& body) {
  const auto parsed = json::parse_object(body);
  const auto* event = parsed ? parsed->if_contains("event") : nullptr;
  if (event == nullptr || !event->is_object()) return std::nullopt;
  return Addressed{std::string(json::get_string(*parsed, "url").value_or("")), event->get_object()};
}

Answer::Kind kind_of(int status) {
  if (status >= 200 && status < 300) return Answer::Kind::accepted;
  if (status == 410) return Answer::Kind::stopped;
  if (status >= 300 && status < 400) return Answer::Kind::stopped;  // it is somewhere else now
  if (status == 429) return Answer::Kind::throttled;
  if (status >= 500 || status == 408 || status == 425) return Answer::Kind::failed;
  return status >= 400 ? Answer::Kind::refused : Answer::Kind::odd;
}

std::optional<uint64_t> address_of(const std::string& body) {
  const auto parsed = json::parse_object(body);
  const auto* data = parsed ? parsed->if_contains("data") : nullptr;
  if (data == nullptr || !data->is_object()) return std::nullopt;
  const auto part = [&](std::string_view key) {
    return std::string(json::get_string(data->get_object(), key).value_or(""));
  };
  return queue_of("address", part("channel") + "\n" + part("address"));
}

}  // namespace

base::Result<void> WebhookCodec::set(const Settings& settings) {
  url_ = setting(settings, "url");
  const auto secrets = settings.find("secret");
  secrets_ = secrets == settings.end() ? std::vector<std::string>() : secrets->second;
  keys_.clear();
  if (auto wrong = wrong_with_address(url_); !wrong.empty() || url_.contains("${")) {
    return fail(Code::invalid_argument, wrong.empty() ? "its url is not known" : wrong);
  }
  if (secrets_.empty() || secrets_.size() > kSecretsMax) {
    return fail(Code::invalid_argument, "a webhook has 1 to 5 secrets");
  }
  for (const std::string& secret : secrets_) {
    auto key = key_of(secret);
    if (!key) return std::unexpected(key.error());
    keys_.push_back(std::move(*key));
  }
  return {};
}

std::vector<base::Sensitive> WebhookCodec::sensitive() const {
  std::vector<base::Sensitive> out;
  for (const std::string& secret : secrets_) out.push_back({secret, "secret"});
  return out;
}

base::Result<std::unique_ptr<Parcel>> WebhookCodec::read(const Row& row) const {
  const bool is_engagement = row.kind == kEngagementKind;
  if (row.kind != kEventKind && row.kind != kMessageKind && row.kind != kHandOverKind &&
      !is_engagement) {
    return fail(Code::invalid_argument, "there is no kind '" + row.kind + "'");
  }
  if (row.body.size() > kBodyBytesMax) {
    return fail(Code::invalid_argument, "it is larger than 256 KB");
  }
  auto parcel = std::make_unique<WebhookParcel>();
  parcel->is_alone = true;
  parcel->drops_repeats = true;
  parcel->bytes = row.body.size();
  if (row.kind == kMessageKind) {
    if (auto address = address_of(row.body)) parcel->queues.push_back(*address);
  }
  parcel->queues.push_back(queue_of("consumer", row.consumer.as_bytes()));
  parcel->objects.push_back({.text = row.body});
  if (is_engagement) {
    auto where = addressed(row.body);
    if (!where || !is_below(where->url, url_)) {
      return fail(Code::invalid_argument, "its address does not lie below the webhook's url");
    }
    parcel->url = std::move(where->url);
    parcel->objects.back().text = json::serialize(where->event);
  }
  parcel->id = row.key;
  return parcel;
}

std::string WebhookCodec::summary(const Row& row) const {
  auto body = json::parse_object(row.body);
  if (row.kind == kEngagementKind) {
    auto where = addressed(row.body);
    if (where) body = std::move(where->event);
  }
  return body ? "1 " + std::string(json::get_string(*body, "type").value_or("event"))
              : "cannot be read";
}

Request WebhookCodec::write(const Group& group, const Parcel& first, base::Timestamp now) const {
  const auto& parcel = static_cast<const WebhookParcel&>(first);
  const std::string& id = parcel.id;
  const int64_t seconds = now.ms / 1'000;
  Request out;
  out.url = parcel.url.empty() ? url_ : parcel.url;
  out.body = group.front().text;
  out.headers = {{"Content-Type", "application/json"},
                 {"User-Agent", "Millrace"},
                 {"webhook-id", id},
                 {"webhook-timestamp", std::to_string(seconds)},
                 {"webhook-signature", signature(keys_, id, seconds, out.body)}};
  return out;
}

Answer WebhookCodec::read_answer(const Group&, const Parcel&, const web::Response& response,
                                 base::Timestamp now) const {
  Answer answer;
  answer.status = response.status;
  answer.kind = kind_of(response.status);
  answer.is_final = response.status == 410;
  if (answer.is_final) answer.message = "the receiver wants nothing more";
  answer.request_id = token_of(header(response, "X-Request-Id").value_or(""));
  if (answer.kind == Answer::Kind::throttled || answer.kind == Answer::Kind::failed) {
    const auto after = header(response, "Retry-After");
    if (after) answer.wait_until = read_moment(*after, now);
  }
  return answer;
}

}  // namespace millrace::delivery::webhook
