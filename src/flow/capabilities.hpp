// What a channel can show: its limits, as it publishes them. The checker holds texts to them, and
// dialog/render.hpp makes messages fit.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::flow {

enum class Markup { markdown, plain, whatsapp, slack, html, terminal };  // terminal: ECMA-48

// Limits as the channels publish them (docs/contracts/channels.md); 0 = not at all.
struct Capabilities {
  std::string_view name;
  Markup markup = Markup::plain;
  size_t text_max = 0;        // code points of one message; 0 = no limit
  size_t buttons_max = 0;     // in one message
  size_t label_max = 0;       // code points of a button or a list row; 0 = no limit
  size_t rows_max = 0;        // of a list
  bool descriptions = false;  // rows of a list may have one
  bool rich = false;          // the asset itself is understood, as the web page does
  // What goes out is what was written, Markdown or not: nothing is escaped, for nobody shows it.
  bool raw = false;
};

const std::vector<Capabilities>& known_channels();
// nullptr for any other name.
const Capabilities* find_channel(std::string_view name);

}  // namespace millrace::flow
