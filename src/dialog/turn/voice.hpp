// What the consumer sees and reads: a node's text and rich asset, filled in and in their language.
// While an agent has the chat it is silent. For the files of this room only.
#pragma once

#include <string>
#include <string_view>

#include "dialog/turn/draft.hpp"

namespace millrace::dialog {

class Voice {
 public:
  explicit Voice(Draft& draft) : draft_(draft) {}

  // The node's own text, or this one, with its asset. A node that has neither says nothing.
  void show(const flow::DialogNode& node);
  void show_with(const flow::DialogNode& node, std::string text);
  void say(Message message);
  // The text of the program's own under that key, "apology".
  void say_text(std::string_view key);

  // Texts as they are shown, "" where there is none: dates, numbers and choices in the consumer's
  // language. Labels and addresses mean what they say; the words of a message are Markdown.
  std::string shown(const flow::Template& text) const;
  std::string filled(const flow::Localized& text) const;
  std::string worded(const flow::Template& text) const;
  std::string worded(const flow::Localized& text) const;
  // A value within the words of a message: nothing in it is markup.
  std::string as_words(std::string_view value) const;

 private:
  std::string shown_value(std::string_view variable) const;
  Asset asset_of(const flow::DialogNode& node) const;
  const flow::Localized& variant_of(const flow::DialogNode& node) const;

  Draft& draft_;
};

}  // namespace millrace::dialog
