#include "dialog/turn/voice.hpp"

#include "base/escape.hpp"
#include "dialog/state/bounds.hpp"
#include "dialog/turn/choices.hpp"
#include "flow/capabilities.hpp"

namespace millrace::dialog {

using flow::AssetType;

namespace {

AssetKind kind_of(AssetType type) {
  switch (type) {
    case AssetType::none: return AssetKind::none;
    case AssetType::button: return AssetKind::buttons;
    case AssetType::quick_reply: return AssetKind::quick_reply;
    case AssetType::list_picker: return AssetKind::list_picker;
    case AssetType::image_button: return AssetKind::image_buttons;
    case AssetType::carousel: return AssetKind::carousel;
    case AssetType::selection: return AssetKind::selection;
    case AssetType::webview: return AssetKind::webview;
    case AssetType::file_upload: return AssetKind::file_upload;
    case AssetType::date_picker: return AssetKind::date_picker;
    case AssetType::time_picker: return AssetKind::time_picker;
    case AssetType::star_rating: return AssetKind::star_rating;
  }
  return AssetKind::none;
}

}  // namespace

std::string Voice::filled(const flow::Localized& text) const {
  return text.empty() ? std::string() : shown(text[draft_.locale()]);
}

std::string Voice::shown(const flow::Template& text) const {
  return text.fill([&](std::string_view name) { return shown_value(name); });
}

std::string Voice::worded(const flow::Localized& text) const {
  return text.empty() ? std::string() : worded(text[draft_.locale()]);
}

std::string Voice::worded(const flow::Template& text) const {
  return text.fill([&](std::string_view name) { return as_words(shown_value(name)); });
}

std::string Voice::as_words(std::string_view value) const {
  const auto* channel = flow::find_channel(draft_.state().channel);
  const bool is_markdown = channel != nullptr && !channel->raw;
  return is_markdown ? base::markdown_escape(value) : std::string(value);
}

std::string Voice::shown_value(std::string_view variable) const {
  const State& state = draft_.state();
  if (state.secrets.contains(variable)) return std::string(kMask);
  const auto value = state.variables.find(variable);
  if (value == state.variables.end()) return "None";
  const auto asked = draft_.program().asked.find(variable);
  if (asked == draft_.program().asked.end()) return value->second;
  const auto& node = std::get<flow::DialogNode>(draft_.program().find(asked->second)->does);
  if (node.ask->rules.type != ask::Type::choice) {
    return ask::show(node.ask->rules.type, value->second, draft_.state().region);
  }
  for (const flow::Option& option : node.asset.options) {
    if (option.label[0].is_literal() && option.label[0].source() == value->second) {
      return option.label[draft_.locale()].source();
    }
  }
  return value->second;
}

Asset Voice::asset_of(const flow::DialogNode& node) const {
  const flow::RichAsset& from = node.asset;
  Asset asset;
  asset.kind = kind_of(from.type);
  if (asset.kind == AssetKind::none) return asset;
  const auto option_shown = [&](const flow::Option& option) {
    return Option{filled(option.label), filled(option.description), shown(option.image),
                  shown(option.url), option.icon};
  };
  for (const flow::Option& option : from.options) asset.options.push_back(option_shown(option));
  for (const flow::Card& card : from.cards) {
    Card& out = asset.cards.emplace_back(
        Card{filled(card.title), filled(card.description), shown(card.image), {}});
    for (const flow::Option& button : card.buttons) out.buttons.push_back(option_shown(button));
  }
  if (from.source && asset.kind == AssetKind::carousel) {
    for (Option& option : dynamic_options(*from.source, draft_.state())) {
      asset.cards.push_back({option.label,
                             std::move(option.description),
                             std::move(option.image),
                             {Option{.label = option.label}}});
    }
  } else if (from.source) {
    asset.options = dynamic_options(*from.source, draft_.state());
  }
  asset.multiple = from.multiple;
  asset.embedded = from.embedded;
  asset.height = from.height;
  asset.url = shown(from.url);
  asset.label = filled(from.label);
  asset.cancel_label = filled(from.cancel_label);
  asset.close_message = filled(from.close_message);
  asset.prompt = filled(from.prompt);
  return asset;
}

// Of several wordings one is said, the same whenever the turn is taken again.
const flow::Localized& Voice::variant_of(const flow::DialogNode& node) const {
  if (node.messages.size() == 1) return node.messages.front();
  uint64_t mixed = 14'695'981'039'346'656'037u;  // FNV-1a
  const auto mix = [&](std::string_view bytes) {
    for (const char byte : bytes) {
      mixed = (mixed ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211u;
    }
  };
  mix(draft_.state().chat.as_bytes());
  mix(std::to_string(draft_.state().turn));
  mix(std::to_string(draft_.state().node));
  return node.messages[(mixed >> 32) % node.messages.size()];
}

void Voice::show(const flow::DialogNode& node) {
  show_with(node, node.messages.empty() ? std::string() : worded(variant_of(node)));
}

void Voice::show_with(const flow::DialogNode& node, std::string text) {
  Message message{std::move(text), asset_of(node), node.input_disabled, node.secure,
                  node.css_class};
  if (message.text.empty() && message.asset.kind == AssetKind::none) return;
  say(std::move(message));
}

void Voice::say(Message message) {
  State& state = draft_.state();
  if (state.agent) return;  // what a turn begun before would say
  if (!draft_.fits(weight_of(message))) return;
  draft_.add(Say{++state.sequence, std::move(message), state.node, state.answering, {}, {}});
}

void Voice::say_text(std::string_view key) {
  say({.text = worded(draft_.program().text(key, draft_.locale()))});
}

}  // namespace millrace::dialog
