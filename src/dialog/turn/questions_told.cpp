// What a question says about an answer: that it has changed another one, or that it reads two ways.
#include "dialog/turn/questions.hpp"

namespace millrace::dialog {

using flow::DialogNode;
namespace {

// "FIRST_NAME" -> "first name"
std::string in_words(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = ' ';
  }
  return name;
}

}  // namespace

void Questions::tell_of_change(const DialogNode& node, const std::string& value) {
  std::string what = node.ask ? voice_.filled(node.ask->subject) : "";
  if (what.empty()) what = program().find(state().node)->name;
  if (what.empty()) what = in_words(node.variable);
  const auto type = node.ask ? node.ask->rules.type : ask::Type::text;
  std::string told = program().text("changed", draft_.locale()).source();
  const std::string shown =
      node.secure ? std::string(kMask) : ask::show(type, value, state().region);
  for (const auto& [place, words] :
       {std::pair{std::string("{what}"), what}, std::pair{std::string("{value}"), shown}}) {
    if (const auto at = told.find(place); at != std::string::npos) {
      told.replace(at, place.size(), voice_.as_words(words));
    }
  }
  voice_.say({.text = std::move(told)});
}

void Questions::ask_which(std::vector<ask::Candidate> readings) {
  Message message{.text = voice_.worded(program().text("which_one", draft_.locale()))};
  message.asset.kind = AssetKind::buttons;
  for (const ask::Candidate& reading : readings) {
    message.asset.options.push_back({.label = reading.label});
  }
  state().candidates = std::move(readings);
  voice_.say(std::move(message));
  stands_open();
  silence_.arm(draft_.question());
}

}  // namespace millrace::dialog
