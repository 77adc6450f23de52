// One message of the bot, whatever the channel: text in Markdown and at most one rich asset. Texts
// are filled and in the chat's locale. The channels turn it into what they can show
// (dialog/render.hpp); the journal keeps it as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace millrace::dialog {

// The rich assets of the published format (reference: studio-and-action-nodes.md 4.4).
enum class AssetKind {
  none,
  buttons,        // options; `icon` may be set
  quick_reply,    // options; an option with `url` opens a page instead of answering
  list_picker,    // options with description and image
  image_buttons,  // options with image
  carousel,       // cards
  selection,      // options; several of them when `multiple`
  webview,        // `url`, opened by a button `label`, or embedded when `embedded`
  file_upload,    // `label` and `cancel_label`
  date_picker,    // `prompt`
  time_picker,    // `prompt`
  star_rating,    // options "1".."5", or fewer
};
std::string_view to_string(AssetKind kind);

// Choosing an option sends its label as the consumer's message.
struct Option {
  std::string label;
  std::string description;
  std::string image;  // URL
  std::string url;    // opens this instead of answering
  std::string icon;   // FontAwesome classes, "far fa-check"
  bool operator==(const Option&) const = default;
};

struct Card {
  std::string title;
  std::string description;
  std::string image;
  std::vector<Option> buttons;
  bool operator==(const Card&) const = default;
};

struct Asset {
  AssetKind kind = AssetKind::none;
  std::vector<Option> options;
  std::vector<Card> cards;
  bool multiple = false;
  bool embedded = false;
  int height = 0;  // of an embedded page, pixels; 0 = the channel decides
  std::string url;
  std::string label;
  std::string cancel_label;
  std::string close_message;  // said when the page is closed
  std::string prompt;
  bool operator==(const Asset&) const = default;
};

// What a typed question takes, for channels that have a keyboard, a calendar or a slider for it.
// Such an answer is read like any other: it can also be typed.
struct Expected {
  std::string type;  // as flows write it: "email", "date"; "" = nothing that would need help
  std::optional<double> min, max;  // number
  bool whole = false;              // number: no fraction
  std::string earliest, latest;    // date: days, 1990-12-31
  bool not_past = false, not_future = false;
  std::string yes, no;  // yes_no: what to answer, in the chat's language
  bool operator==(const Expected&) const = default;
};

struct Message {
  std::string text;
  Asset asset;
  bool input_disabled = false;  // only the asset answers
  bool secure = false;          // what is typed in answer is masked and never stored in clear
  std::string css_class;        // on the rendered message, where the channel has such a thing
  Expected expected;
  bool operator==(const Message&) const = default;
};

// Empty members are left out. from_json takes what to_json gives and passes over members that it
// does not know; a word that it does not know, or what is of another type, is data_loss.
json::object to_json(const Message& message);
base::Result<Message> message_from_json(const json::object& object);

}  // namespace millrace::dialog
