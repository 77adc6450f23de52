#include "dialog/render.hpp"

#include <algorithm>

#include "base/escape.hpp"
#include "base/text.hpp"

namespace millrace::dialog {
namespace {

// A choice, a link that opens, or both kinds of an asset flattened.
struct Flat {
  std::string text;  // Markdown that goes behind the message's own
  std::vector<Choice> choices;
  std::string image;
};

void add_line(std::string& text, const std::string& line) {
  if (line.empty()) return;
  if (!text.empty()) text += "\n";
  text += line;
}

// A label among the words of a message.
std::string as_words(const std::string& label, const Capabilities& channel) {
  return channel.raw ? label : base::markdown_escape(label);
}

std::string link_of(const std::string& label, const std::string& url, const Capabilities& channel) {
  return "[" + as_words(label, channel) + "](" + url + ")";
}

void add_options(const std::vector<Option>& options, const Capabilities& channel, Flat& flat) {
  for (const Option& option : options) {
    if (option.url.empty()) {
      flat.choices.push_back({option.label, option.label, option.description});
    } else {
      add_line(flat.text, link_of(option.label, option.url, channel));
    }
  }
}

Flat flatten(const Asset& asset, const Capabilities& channel) {
  Flat flat;
  add_line(flat.text, asset.prompt);
  switch (asset.kind) {
    case AssetKind::webview:
      add_line(flat.text,
               link_of(asset.label.empty() ? asset.url : asset.label, asset.url, channel));
      break;
    case AssetKind::file_upload:
      if (!asset.cancel_label.empty()) {
        flat.choices.push_back({asset.cancel_label, asset.cancel_label, ""});
      }
      break;
    default: break;
  }
  add_options(asset.options, channel, flat);
  for (const Card& card : asset.cards) {
    const std::string about =
        card.description.empty() ? "" : ": " + as_words(card.description, channel);
    add_line(flat.text, "**" + as_words(card.title, channel) + "**" + about);
    if (flat.image.empty()) flat.image = card.image;
    add_options(card.buttons, channel, flat);
  }
  return flat;
}

// Shortened so that labels stay different: "Appointment in the m…", "Appointment in the e…".
std::string shortened(const std::string& label, size_t max) {
  if (max == 0 || base::utf8_length(label) <= max) return label;
  return std::string(base::utf8_prefix(label, max - 1)) + "…";
}

bool stay_different(const std::vector<Choice>& choices, size_t max) {
  std::vector<std::string> labels;
  for (const Choice& choice : choices) labels.push_back(shortened(choice.label, max));
  std::ranges::sort(labels);
  return std::ranges::adjacent_find(labels) == labels.end();
}

std::string numbered(const std::vector<Choice>& choices, const Capabilities& channel) {
  std::string out;
  for (size_t i = 0; i < choices.size(); ++i) {
    const Choice& choice = choices[i];
    const std::string about = choice.description.empty() ? "" : ": " + choice.description;
    add_line(out, std::to_string(i + 1) + ". " + as_words(choice.label + about, channel));
  }
  return out;
}

// At most `max` code points each, divided at a paragraph, a line, a sentence or a word where there
// is one in the second half.
std::vector<std::string> divided(std::string text, size_t max) {
  std::vector<std::string> parts;
  while (max != 0 && base::utf8_length(text) > max) {
    const std::string_view head = base::utf8_prefix(text, max);
    size_t cut = head.size();
    for (const std::string_view between : {"\n\n", "\n", ". ", " "}) {
      const auto at = head.rfind(between);
      if (at == std::string_view::npos || at < head.size() / 2) continue;
      cut = at + (between == ". " ? 1 : 0);
      break;
    }
    parts.emplace_back(base::trim(std::string_view(text).substr(0, cut)));
    text = std::string(base::trim(std::string_view(text).substr(cut)));
  }
  parts.push_back(std::move(text));
  return parts;
}

struct Marks {
  std::string_view bold_open, bold_close, italic_open, italic_close, code_open, code_close;
};

Marks marks_of(Markup markup) {
  switch (markup) {
    case Markup::whatsapp: return {"*", "*", "_", "_", "```", "```"};
    case Markup::slack: return {"*", "*", "_", "_", "`", "`"};
    case Markup::html: return {"<b>", "</b>", "<i>", "</i>", "<code>", "</code>"};
    case Markup::terminal:
      return {"\x1b[1m", "\x1b[22m", "\x1b[3m", "\x1b[23m", "\x1b[36m", "\x1b[39m"};
    default: return {"", "", "", "", "", ""};
  }
}

std::string escaped(std::string_view text, Markup markup) {
  if (markup != Markup::html && markup != Markup::slack) return std::string(text);
  return base::html_escape(text, markup == Markup::html);
}

std::string link(std::string_view label, std::string_view address, Markup markup) {
  const std::string words = escaped(label, markup), where = escaped(address, markup);
  switch (markup) {
    case Markup::html: return "<a href=\"" + where + "\">" + words + "</a>";
    case Markup::slack: return "<" + where + "|" + words + ">";
    default: return label == address ? where : words + ": " + where;
  }
}

// The closing mark of an emphasis that opens at `at`; npos when it is plain text.
size_t closing(std::string_view text, size_t at, std::string_view mark) {
  const size_t begin = at + mark.size();
  if (begin >= text.size() || text[begin] == ' ') return std::string_view::npos;
  const auto end = text.find(mark, begin);
  if (end == std::string_view::npos || end == begin || text[end - 1] == ' ') {
    return std::string_view::npos;
  }
  return text.substr(begin, end - begin).contains('\n') ? std::string_view::npos : end;
}

}  // namespace

std::string to_markup(std::string_view text, Markup markup) {
  if (markup == Markup::markdown) return std::string(text);
  const Marks marks = marks_of(markup);
  std::string out;
  size_t at = 0;
  const auto emphasis = [&](std::string_view mark, std::string_view open, std::string_view close,
                            bool nested) {
    if (!text.substr(at).starts_with(mark)) return false;
    const auto end = closing(text, at, mark);
    if (end == std::string_view::npos) return false;
    const auto inner = text.substr(at + mark.size(), end - at - mark.size());
    out += std::string(open) + (nested ? to_markup(inner, markup) : escaped(inner, markup)) +
           std::string(close);
    at = end + mark.size();
    return true;
  };
  while (at < text.size()) {
    if (text[at] == '\\' && at + 1 < text.size() && base::is_ascii_punctuation(text[at + 1])) {
      out += escaped(text.substr(at + 1, 1), markup);
      at += 2;
      continue;
    }
    if (emphasis("**", marks.bold_open, marks.bold_close, true) ||
        emphasis("`", marks.code_open, marks.code_close, false) ||
        emphasis("*", marks.italic_open, marks.italic_close, true)) {
      continue;
    }
    if (text[at] == '[') {
      const auto middle = text.find("](", at);
      const auto end = middle == std::string_view::npos ? middle : text.find(')', middle);
      const auto label =
          text.substr(at + 1, middle == std::string_view::npos ? 0 : middle - at - 1);
      if (end != std::string_view::npos && !label.empty() && !label.contains('\n')) {
        out += link(label, text.substr(middle + 2, end - middle - 2), markup);
        at = end + 1;
        continue;
      }
    }
    out += escaped(text.substr(at, 1), markup);
    ++at;
  }
  return out;
}

std::vector<Rendered> render(const Message& message, const Capabilities& channel) {
  Flat flat = flatten(message.asset, channel);
  std::string text = message.text;
  add_line(text, flat.text);
  using Element = Rendered::Element;
  const bool fits_buttons =
      flat.choices.size() <= channel.buttons_max && stay_different(flat.choices, channel.label_max);
  const bool fits_list =
      flat.choices.size() <= channel.rows_max && stay_different(flat.choices, channel.label_max);
  const Element element = flat.choices.empty()                      ? Element::none
                          : fits_buttons && !message.asset.multiple ? Element::buttons
                          : fits_list && !message.asset.multiple    ? Element::list
                                                                    : Element::none;
  if (element == Element::none) add_line(text, numbered(flat.choices, channel));
  std::vector<Rendered> out;
  for (std::string& part : divided(std::move(text), channel.text_max)) {
    out.push_back({to_markup(part, channel.markup), Element::none, {}, {}});
  }
  out.front().image = flat.image;
  if (element == Element::none) return out;
  out.back().element = element;
  for (Choice& choice : flat.choices) {
    choice.label = shortened(choice.label, channel.label_max);
    if (!channel.descriptions) choice.description.clear();
  }
  out.back().choices = std::move(flat.choices);
  return out;
}

json::object to_json(const Rendered& rendered) {
  json::object out{{"text", rendered.text}};
  json::array choices;
  for (const Choice& choice : rendered.choices) {
    json::object item{{"title", choice.label}, {"payload", choice.answer}};
    if (!choice.description.empty()) item["description"] = choice.description;
    choices.push_back(std::move(item));
  }
  const bool is_list = rendered.element == Rendered::Element::list;
  if (!choices.empty()) out[is_list ? "list" : "buttons"] = std::move(choices);
  if (!rendered.image.empty()) out["image"] = rendered.image;
  return out;
}

}  // namespace millrace::dialog
