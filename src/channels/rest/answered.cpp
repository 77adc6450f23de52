#include "channels/rest/answered.hpp"

#include "channels/errors.hpp"
#include "dialog/render.hpp"

namespace millrace::channels {
namespace {

const flow::Capabilities& capabilities() {
  static const flow::Capabilities& kCapabilities = *flow::find_channel(kRest);
  return kCapabilities;
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

}  // namespace

bool Answered::serves(const runtime::Solution&, std::string_view name) const {
  return name == kRest;
}

void Answered::say(runtime::SayRequest said, web::Respond respond) {
  std::string sender = said.begin->address;
  runtime_.converse(std::move(said), [this, sender = std::move(sender),
                                      respond = std::move(respond)](
                                         base::Result<runtime::Answer> answer) mutable {
    respond(answer ? answer_response(sender, *answer) : error_response(answer.error(), runtime_));
  });
}

}  // namespace millrace::channels
