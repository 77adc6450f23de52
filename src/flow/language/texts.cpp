#include "flow/parts.hpp"

namespace millrace::flow {

void for_each_text(DialogNode& node,
                   const std::function<void(const std::string&, Localized&)>& visit) {
  const auto one = [&](const std::string& path, Localized& text) {
    if (!text.empty()) visit(path, text);
  };
  const auto several = [&](const std::string& path, size_t i) {
    return i == 0 ? path : path + "." + std::to_string(i + 1);
  };
  for (size_t i = 0; i < node.messages.size(); ++i) one(several("message", i), node.messages[i]);
  for (Option& option : node.asset.options) {
    const std::string path = "buttons." + option.label[0].source();
    one(path, option.label);
    one(path + ".description", option.description);
  }
  for (Card& card : node.asset.cards) {
    const std::string path = "cards." + card.title[0].source();
    one(path + ".title", card.title);
    one(path + ".description", card.description);
    for (Option& button : card.buttons) one("buttons." + button.label[0].source(), button.label);
  }
  one("label", node.asset.label);
  one("cancel_label", node.asset.cancel_label);
  one("close_message", node.asset.close_message);
  one("prompt", node.asset.prompt);
  if (!node.ask) return;
  for (size_t i = 0; i < node.ask->retries.size(); ++i) {
    one(several("retry", i), node.ask->retries[i]);
  }
  for (size_t i = 0; i < node.ask->reminders.size(); ++i) {
    one(several("reminders", i), node.ask->reminders[i].text);
  }
  one("why", node.ask->why);
  one("subject", node.ask->subject);
}

}  // namespace millrace::flow
