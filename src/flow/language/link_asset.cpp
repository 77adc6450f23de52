// The rich asset of a dialog node, as people will see it.
#include <algorithm>

#include "base/text.hpp"
#include "flow/language/nodes.hpp"

namespace millrace::flow {
namespace {

using base::trim;

constexpr size_t kOptionsMax = 100;

Localized localized(const Text& text) {
  if (!text.given()) return {};
  return {parse_template(text.value)};
}

Template plain(const Text& text) {
  return text.given() ? parse_template(text.value) : Template{};
}

int height_in(const std::string& url) {
  const auto at = url.find("height=");
  if (at == std::string::npos || at == 0 || (url[at - 1] != '?' && url[at - 1] != '&')) return 0;
  const auto digits = std::string_view(url).substr(at + 7);
  return parse_number(digits.substr(0, digits.find_first_not_of("0123456789"))).value_or(0);
}

bool is_address(const Template& address) {
  const std::string url = address.source();
  const bool from_variable =
      !address.parts.empty() && address.parts.front().kind == Template::Kind::variable;
  return from_variable || url.starts_with("https://") || url.starts_with("http://localhost") ||
         url.starts_with('/');
}

}  // namespace

void Link::link_options(const AssetDraft& draft, const std::vector<OptionDraft>& options,
                        std::vector<Option>& into) {
  // Labels of buttons have never had blanks around them.
  const bool trims = draft.type == AssetType::button && !draft.fields;
  for (const OptionDraft& item : options) {
    Option option;
    const std::string_view label = trims ? trim(item.label.value) : item.label.value;
    const Place place = at(Column::rich_asset_content, item.label.at);
    option.label = {parse_template(label)};
    option.description = localized(item.description);
    option.image = plain(item.image);
    option.url = plain(item.url);
    option.icon = trims ? trim(item.icon.value) : std::string_view(item.icon.value);
    for (const Text& word : item.synonyms) option.synonyms.push_back(word.value);
    if (item.node.given()) {
      option.target = target({item.label, item.node}, Column::rich_asset_content);
      if (!option.target) continue;
    }
    if (label.empty()) {
      error(place, "label_missing", "an option has no label");
      continue;
    }
    const bool repeated = std::ranges::any_of(
        into, [&](const Option& other) { return other.label[0].source() == label; });
    if (repeated) {
      error(place, "label_repeated", "two options are called '" + std::string(label) + "'",
            "give them different labels");
    }
    if (into.size() == kOptionsMax) {
      error(place, "too_many_options", "more than " + std::to_string(kOptionsMax) + " options");
      return;
    }
    into.push_back(std::move(option));
  }
}

void Link::link_webview(const AssetDraft& draft, const Behaviours& behaviours, RichAsset& asset) {
  asset.embedded = behaviours.embedded;
  if (!draft.label.given() && !behaviours.embedded && draft.fields) {
    error(draft.at, "asset_field", "'label' is a required property");
  } else if (!draft.label.given() && !behaviours.embedded) {
    error(draft.at, "label_missing", "a page that is not inline needs a label to open it by",
          either("write label~https://..., or add the behaviour inline",
                 "give it a label, or add the behaviour inline"));
  }
  if (!is_address(asset.url)) {
    error(at(Column::rich_asset_content, draft.url.at), "bad_address",
          "a webview's address must begin with https://");
  }
  asset.height = height_in(asset.url.source());
}

RichAsset Link::link_asset(const Behaviours& behaviours) {
  RichAsset asset;
  if (!draft_.asset) return asset;
  const AssetDraft& draft = *draft_.asset;
  asset.type = draft.type;
  link_options(draft, draft.options, asset.options);
  for (const CardDraft& item : draft.cards) {
    Card card{localized(item.title), localized(item.description), plain(item.image), {}};
    link_options(draft, item.buttons, card.buttons);
    asset.cards.push_back(std::move(card));
  }
  if (draft.source) {
    if (const auto node = target(draft.source->node, Column::rich_asset_content)) {
      asset.source = AssetSource{*node, draft.source->value.value};
    }
  }
  asset.multiple = draft.type == AssetType::selection && behaviours.multiple_choice;
  asset.url = plain(draft.url);
  asset.label = localized(draft.label);
  asset.cancel_label = localized(draft.cancel_label);
  asset.close_message = localized(draft.close_message);
  asset.prompt = localized(draft.prompt);
  asset.upload_script = draft.upload_script.value;
  if (draft.type == AssetType::webview && !draft.unread) link_webview(draft, behaviours, asset);
  return asset;
}

}  // namespace millrace::flow
