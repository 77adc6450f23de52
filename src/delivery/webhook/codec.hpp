// Webhooks as Standard Webhooks has them, as a codec: each row is a POST of its own, signed with
// every secret there is, under an id that stays the same, so that the receiver can drop repeats.
// What may have arrived is therefore sent again. Settings: "url", "secret" (several: the first is
// the new one, while the receiver changes over), "events" (see kind.hpp).
#pragma once

#include "delivery/codec.hpp"

namespace millrace::delivery::webhook {

inline constexpr std::string_view kEventKind = "webhook.event";
inline constexpr std::string_view kMessageKind = "webhook.message";
inline constexpr std::string_view kHandOverKind = "webhook.handover";
// An event of the Engagement API: {"url", "event"}. It goes to an address of the chat's own below
// that of the settings, and its body is the event alone, as the published contract has it.
inline constexpr std::string_view kEngagementKind = "webhook.engagement";
inline constexpr size_t kSecretsMax = 5;

// The row's key is the webhook-id, its body the request's. Messages are sent in order to each
// address of a channel too, whoever stands behind it.
class WebhookCodec final : public Codec {
 public:
  base::Result<void> set(const Settings& settings) override;
  std::vector<base::Sensitive> sensitive() const override;

  base::Result<std::unique_ptr<Parcel>> read(const Row& row) const override;
  std::string summary(const Row& row) const override;
  Request write(const Group& group, const Parcel& first, base::Timestamp now) const override;
  Answer read_answer(const Group& group, const Parcel& first, const web::Response& response,
                     base::Timestamp now) const override;

 private:
  std::string url_;
  std::vector<std::string> secrets_;
  std::vector<std::string> keys_;
};

}  // namespace millrace::delivery::webhook
