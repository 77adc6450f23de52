#include <array>

#include "dialog/message.hpp"

namespace millrace::dialog {
namespace {

constexpr std::array<std::string_view, 12> kKinds{
    "none",      "buttons", "quick_reply", "listpicker", "imagebutton", "carousel",
    "selection", "webview", "file_upload", "datepicker", "timepicker",  "star_rating"};

AssetKind kind_from(std::string_view name) {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == name) return static_cast<AssetKind>(i);
  }
  return AssetKind::none;
}

void put(json::object& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

std::string text_at(const json::object& object, std::string_view key) {
  return std::string(json::get_string(object, key).value_or(""));
}

json::array options_to_json(const std::vector<Option>& options) {
  json::array out;
  for (const Option& option : options) {
    json::object object{{"label", option.label}};
    put(object, "description", option.description);
    put(object, "image", option.image);
    put(object, "url", option.url);
    put(object, "icon", option.icon);
    out.push_back(std::move(object));
  }
  return out;
}

std::vector<Option> options_from_json(const json::object& object, std::string_view key) {
  std::vector<Option> out;
  const auto* items = json::get_array(object, key);
  if (items == nullptr) return out;
  for (const json::value& item : *items) {
    const auto* option = item.if_object();
    if (option == nullptr) continue;
    out.push_back({text_at(*option, "label"), text_at(*option, "description"),
                   text_at(*option, "image"), text_at(*option, "url"), text_at(*option, "icon")});
  }
  return out;
}

json::object asset_to_json(const Asset& asset) {
  json::object out{{"type", to_string(asset.kind)}};
  if (!asset.options.empty()) out["options"] = options_to_json(asset.options);
  if (!asset.cards.empty()) {
    json::array cards;
    for (const Card& card : asset.cards) {
      json::object object{{"title", card.title}};
      put(object, "description", card.description);
      put(object, "image", card.image);
      if (!card.buttons.empty()) object["buttons"] = options_to_json(card.buttons);
      cards.push_back(std::move(object));
    }
    out["cards"] = std::move(cards);
  }
  if (asset.multiple) out["multiple"] = true;
  if (asset.embedded) out["embedded"] = true;
  if (asset.height != 0) out["height"] = asset.height;
  put(out, "url", asset.url);
  put(out, "label", asset.label);
  put(out, "cancel_label", asset.cancel_label);
  put(out, "close_message", asset.close_message);
  put(out, "prompt", asset.prompt);
  return out;
}

Asset asset_from_json(const json::object& object) {
  Asset asset;
  asset.kind = kind_from(text_at(object, "type"));
  asset.options = options_from_json(object, "options");
  if (const auto* cards = json::get_array(object, "cards")) {
    for (const json::value& item : *cards) {
      const auto* card = item.if_object();
      if (card == nullptr) continue;
      asset.cards.push_back({text_at(*card, "title"), text_at(*card, "description"),
                             text_at(*card, "image"), options_from_json(*card, "buttons")});
    }
  }
  asset.multiple = json::get_bool(object, "multiple").value_or(false);
  asset.embedded = json::get_bool(object, "embedded").value_or(false);
  asset.height = static_cast<int>(json::get_integer(object, "height").value_or(0));
  asset.url = text_at(object, "url");
  asset.label = text_at(object, "label");
  asset.cancel_label = text_at(object, "cancel_label");
  asset.close_message = text_at(object, "close_message");
  asset.prompt = text_at(object, "prompt");
  return asset;
}

}  // namespace

std::string_view to_string(AssetKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

json::object to_json(const Message& message) {
  json::object out{{"text", message.text}};
  if (message.asset.kind != AssetKind::none) out["asset"] = asset_to_json(message.asset);
  if (message.input_disabled) out["off"] = true;
  if (message.secure) out["secure"] = true;
  put(out, "class", message.css_class);
  return out;
}

Message message_from_json(const json::object& object) {
  Message message;
  message.text = text_at(object, "text");
  if (const auto* asset = json::get_object(object, "asset"))
    message.asset = asset_from_json(*asset);
  message.input_disabled = json::get_bool(object, "off").value_or(false);
  message.secure = json::get_bool(object, "secure").value_or(false);
  message.css_class = text_at(object, "class");
  return message;
}

}  // namespace millrace::dialog
