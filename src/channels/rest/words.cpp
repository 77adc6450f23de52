#include "channels/rest/words.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "channels/rest/answered.hpp"
#include "dialog/dialog.hpp"

namespace millrace::channels {
namespace {

using base::Code;
using base::fail;

constexpr size_t kSenderBytesMax = 256;
constexpr size_t kChannelBytesMax = 40;
constexpr size_t kMessageIdBytesMax = 128;

base::Result<Sender> read_sender(const json::object& body) {
  const auto sender = json::get_string(body, "sender");
  if (!sender || sender->empty() || sender->size() > kSenderBytesMax) {
    return fail(Code::invalid_argument, "sender must be a text of 1 to 256 bytes");
  }
  auto channel = optional_text(body, "channel", kChannelBytesMax);
  if (!channel) return std::unexpected(channel.error());
  if (channel->empty()) *channel = kRest;
  return Sender{std::string(*sender), std::move(*channel)};
}

}  // namespace

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

base::Result<Sender> read_sender_under(const json::object& body, std::string_view key) {
  const auto* found = body.if_contains(key);
  if (found == nullptr || !found->is_object()) {
    return fail(Code::invalid_argument, std::string(key) + " must be {sender, channel}");
  }
  return read_sender(found->get_object());
}

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
  auto zone = optional_text(body, "time_zone", 64);
  if (!zone) return std::unexpected(zone.error());
  if (!zone->empty() && !base::is_time_zone(*zone)) {
    return fail(Code::invalid_argument, "time_zone must be a name such as Europe/Lisbon");
  }
  return Words{std::move(*from), std::string(*message), std::move(*message_id), std::move(*locale),
               std::move(*zone)};
}

}  // namespace millrace::channels
