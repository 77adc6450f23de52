// One message as a channel can show it. A channel declares what it can do; the rules are the same
// for all: what does not fit as buttons becomes a list, what does not fit as a list becomes
// numbers, what cannot be shown at all becomes words. Pure and deterministic; tests/rendering holds
// what each known channel gives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialog/message.hpp"
#include "flow/capabilities.hpp"

namespace millrace::dialog {

using flow::Capabilities;
using flow::Markup;

struct Choice {
  std::string label;   // as shown; answering with it is understood
  std::string answer;  // what to send back: the option's full label
  std::string description;
  bool operator==(const Choice&) const = default;
};

struct Rendered {
  enum class Element { none, buttons, list };
  std::string text;  // in the channel's markup
  Element element = Element::none;
  std::vector<Choice> choices;
  std::string image;  // address
};

// At least one; where a text is too long for one message, several, the element on the last.
std::vector<Rendered> render(const Message& message, const Capabilities& channel);

// {"text", "buttons" or "list": [{"title", "payload", "description"}], "image"}; what is empty is
// left out, but for the text.
json::object to_json(const Rendered& rendered);

// Markdown (bold, italic, code, links, as authors write them) in another markup. What a consumer
// typed is inserted before this, so whatever it says is escaped where the markup could run.
std::string to_markup(std::string_view markdown, Markup markup);

}  // namespace millrace::dialog
