// The content of rich assets as the text of a cell: buttons, a page, an output, or JSON.
#include <algorithm>

#include "base/text.hpp"
#include "flow/csv/asset_reader.hpp"
#include "flow/csv/cells.hpp"

namespace millrace::flow {
namespace {

using base::trim;

constexpr std::pair<std::string_view, AssetType> kTypes[] = {
    {"button", AssetType::button},
    {"buttons", AssetType::button},
    {"quick_reply", AssetType::quick_reply},
    {"listpicker", AssetType::list_picker},
    {"imagebutton", AssetType::image_button},
    {"carousel", AssetType::carousel},
    {"selection", AssetType::selection},
    {"webview", AssetType::webview},
    {"file_upload", AssetType::file_upload},
    {"datepicker", AssetType::date_picker},
    {"timepicker", AssetType::time_picker},
    {"star_rating", AssetType::star_rating},
};

class TextReader : AssetReader {
 public:
  TextReader(Draft& draft, const Cell& content, Problems& problems)
      : AssetReader(draft, problems), cell_(content), content_(trim(content.text)) {}

  void read() {
    if (asset_.type == AssetType::button && !is_object()) {
      read_buttons();
    } else if (asset_.type == AssetType::webview && !is_object()) {
      read_webview();
    } else if (asset_.type == AssetType::selection && content_.contains('*')) {
      read_source();
    } else if (asset_.type != AssetType::none) {
      const auto parsed = json::parse_object(content_);
      if (!parsed) {
        wrong(cell_.at, "bad_json", "JSON input error", parsed.error().message);
        return;
      }
      read_asset_fields(draft_, tree_of(json::value(*parsed), cell_.at), problems_);
    }
  }

 private:
  // A label may begin with the place of a variable, so a brace alone does not make it an object.
  bool is_object() const {
    return content_.starts_with('{') &&
           (!content_.contains('~') || json::parse_object(content_).has_value());
  }

  // "Label~node|Label~node", each with an optional icon: "<<far fa-check>> Label~node".
  void read_buttons() {
    const PairList pairs = pairs_in(draft_, cell_, problems_);
    for (const PairDraft& pair : pairs.value) {
      OptionDraft option;
      option.at = pair.value.at;
      option.label = pair.value;
      option.node = pair.node;
      std::string_view label = trim(pair.value.value);
      const auto close = label.find(">>");
      if (label.starts_with("<<") && close != std::string_view::npos) {
        option.icon = {std::string(trim(label.substr(2, close - 2))), pair.value.at};
        label = trim(label.substr(close + 2));
        // Blanks before the icon stand before the label instead.
        const auto blanks = pair.value.value.substr(0, pair.value.value.find("<<"));
        option.label.value = blanks + std::string(label);
      }
      asset_.options.push_back(std::move(option));
    }
    if (asset_.options.empty() && !problems_.has_error_at(draft_.number)) {
      wrong(cell_.at, "no_buttons", "no button is given",
            draft_.is_yaml ? "write buttons: [{Label: node}]" : "write Label~node|Label~node");
    }
    if (asset_.options.empty()) asset_.unread = true;
  }

  void read_webview() {
    const auto tilde = content_.find('~');
    if (tilde == std::string_view::npos) {
      wrong(cell_.at, "bad_webview", "there is no address",
            draft_.is_yaml ? "write url: https://host/path" : "write label~https://host/path");
      return;
    }
    const auto label = trim(content_.substr(0, tilde));
    if (!label.empty()) asset_.label = {std::string(label), cell_.at};
    asset_.url = {std::string(trim(content_.substr(tilde + 1))), cell_.at};
  }

  // "{415*list_picker}": the output list_picker of node 415.
  void read_source() {
    std::string_view text = content_;
    if (text.starts_with('{') && text.ends_with('}')) {
      text = text.substr(1, text.size() - 2);
      const auto star = text.find('*');
      const auto node = trim(text.substr(0, star));
      const auto key = trim(text.substr(star + 1));
      const bool named = draft_.is_yaml ? !node.empty() : parse_number(node).has_value();
      if (named && !key.empty()) {
        asset_.source = PairDraft{{std::string(key), cell_.at}, {std::string(node), cell_.at}};
        return;
      }
    }
    wrong(cell_.at, "bad_selection",
          "'" + std::string(content_) + "' does not name a node's output",
          "write {node*key}, for example {415*list_picker}");
  }

  const Cell& cell_;
  const std::string_view content_;
};

}  // namespace

bool know_asset_kind(Draft& draft, Problems& problems) {
  AssetDraft& asset = *draft.asset;
  const std::string kind(trim(asset.kind.value));
  if (const auto type = asset_type_of(kind)) {
    asset.type = *type;
    return true;
  }
  asset.unread = true;
  const auto kinds = asset_kinds();
  const std::string near = did_you_mean(kind, kinds);
  problems.error(problem_in(
      draft, asset.kind.at, "asset_type_unknown", "there is no rich asset '" + kind + "'",
      near.empty() ? "it is one of " + list_of(kinds) : "did you mean " + near + "?"));
  return false;
}

std::optional<AssetType> asset_type_of(std::string_view kind) {
  const auto* known =
      std::ranges::find(kTypes, kind, &std::pair<std::string_view, AssetType>::first);
  if (known == std::end(kTypes)) return std::nullopt;
  return known->second;
}

std::vector<std::string> asset_kinds() {
  std::vector<std::string> names;
  for (const auto& [name, type] : kTypes) names.emplace_back(name);
  return names;
}

void read_asset_text(Draft& draft, const Cell& content, Problems& problems) {
  draft.asset->at = content.at;
  if (know_asset_kind(draft, problems)) TextReader(draft, content, problems).read();
}

}  // namespace millrace::flow
