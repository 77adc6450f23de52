#include "dialog/state/members.hpp"
#include "dialog/state/names.hpp"

namespace millrace::dialog {
namespace {

void put(json::object& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object[key] = text;
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

std::vector<Option> options_from_json(Members& members, std::string_view name) {
  std::vector<Option> out;
  members.objects(name, [&](const json::object& object) {
    Members option(object, "option");
    out.push_back({option.text("label", Members::Need::needed), option.text("description"),
                   option.text("image"), option.text("url"), option.text("icon")});
    members.also(option);
  });
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

Asset asset_from_json(Members& members) {
  Asset asset;
  asset.kind = members.one_of("type", kAssetKinds);
  asset.options = options_from_json(members, "options");
  members.objects("cards", [&](const json::object& object) {
    Members card(object, "card");
    asset.cards.push_back({card.text("title", Members::Need::needed), card.text("description"),
                           card.text("image"), options_from_json(card, "buttons")});
    members.also(card);
  });
  asset.multiple = members.flag("multiple");
  asset.embedded = members.flag("embedded");
  asset.height = members.small("height");
  asset.url = members.text("url");
  asset.label = members.text("label");
  asset.cancel_label = members.text("cancel_label");
  asset.close_message = members.text("close_message");
  asset.prompt = members.text("prompt");
  return asset;
}

json::object expected_to_json(const Expected& expected) {
  json::object out{{"type", expected.type}};
  if (expected.min) out["min"] = *expected.min;
  if (expected.max) out["max"] = *expected.max;
  if (expected.whole) out["whole"] = true;
  put(out, "earliest", expected.earliest);
  put(out, "latest", expected.latest);
  if (expected.not_past) out["not_past"] = true;
  if (expected.not_future) out["not_future"] = true;
  put(out, "yes", expected.yes);
  put(out, "no", expected.no);
  return out;
}

Expected expected_from_json(Members& members) {
  Expected expected;
  expected.type = members.text("type", Members::Need::needed);
  expected.min = members.number("min");
  expected.max = members.number("max");
  expected.whole = members.flag("whole");
  expected.earliest = members.text("earliest");
  expected.latest = members.text("latest");
  expected.not_past = members.flag("not_past");
  expected.not_future = members.flag("not_future");
  expected.yes = members.text("yes");
  expected.no = members.text("no");
  return expected;
}

}  // namespace

std::string_view to_string(AssetKind kind) {
  return kAssetKinds(kind);
}

json::object to_json(const Message& message) {
  json::object out{{"text", message.text}};
  if (message.asset.kind != AssetKind::none) out["asset"] = asset_to_json(message.asset);
  if (message.input_disabled) out["off"] = true;
  if (message.secure) out["secure"] = true;
  put(out, "class", message.css_class);
  if (!message.expected.type.empty()) out["expects"] = expected_to_json(message.expected);
  return out;
}

base::Result<Message> message_from_json(const json::object& object) {
  Members members(object, "message");
  Message message;
  message.text = members.text("text", Members::Need::needed);
  if (const auto* asset = members.object("asset")) {
    Members of_asset(*asset, "asset");
    message.asset = asset_from_json(of_asset);
    members.also(of_asset);
  }
  message.input_disabled = members.flag("off");
  message.secure = members.flag("secure");
  message.css_class = members.text("class");
  if (const auto* expected = members.object("expects")) {
    Members of_expected(*expected, "expects");
    message.expected = expected_from_json(of_expected);
    members.also(of_expected);
  }
  if (auto read = members.done(); !read) return std::unexpected(read.error());
  return message;
}

}  // namespace millrace::dialog
