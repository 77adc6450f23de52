// Rich Asset Type and Rich Asset Content (reference: studio-and-action-nodes.md 4.4; where the
// published shape is not known, docs/compatibility.md says what was chosen).
#include <algorithm>

#include "base/text.hpp"
#include "flow/nodes.hpp"

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

constexpr Column kContent = Column::rich_asset_content;
constexpr size_t kOptionsMax = 100;
constexpr int kStarsMax = 10;

// Reads the JSON of one asset, with complaints in the wording of the published validator.
class AssetReader {
 public:
  AssetReader(const Cells& cells, std::string_view type_name, const Behaviors& behaviors)
      : cells_(cells), type_name_(type_name), behaviors_(behaviors) {}

  RichAsset read(AssetType type) {
    asset_.type = type;
    const auto content = cells_[kContent];
    switch (type) {
      case AssetType::button: read_buttons(content); break;
      case AssetType::quick_reply:
      case AssetType::list_picker:
      case AssetType::image_button: read_options_json(content); break;
      case AssetType::carousel: read_carousel(content); break;
      case AssetType::selection: read_selection(content); break;
      case AssetType::webview: read_webview(content); break;
      case AssetType::file_upload: read_upload(content); break;
      case AssetType::date_picker:
      case AssetType::time_picker: read_picker(content); break;
      case AssetType::star_rating: read_stars(content); break;
      case AssetType::none: break;
    }
    return std::move(asset_);
  }

 private:
  void wrong(std::string code, std::string message, std::string remedy = {}) {
    cells_.error(kContent, std::move(code), std::move(message), std::move(remedy));
  }

  std::optional<json::object> parse(std::string_view content) {
    auto parsed = json::parse_object(content);
    if (parsed) return std::move(*parsed);
    wrong("bad_json", "JSON input error", parsed.error().message);
    return std::nullopt;
  }

  // The member `type`, one of the allowed; "" when it is not.
  std::string type_of(const json::object& object, std::initializer_list<std::string_view> allowed) {
    const auto* given = object.if_contains("type");
    if (given == nullptr) {
      wrong("asset_field", "'type' is a required property");
      return {};
    }
    const std::string text = json::to_text(*given);
    if (std::ranges::find(allowed, text) != allowed.end()) return text;
    std::string list;
    for (const std::string_view name : allowed) {
      list += (list.empty() ? "'" : ", '") + std::string(name) + "'";
    }
    wrong("asset_type", "'" + text + "' is not one of [" + list + "]");
    return {};
  }

  void refuse_unknown(const json::object& object, const std::vector<std::string>& known) {
    for (const auto& member : object) {
      const std::string key(member.key());
      if (std::ranges::find(known, key) != known.end()) continue;
      const std::string near = did_you_mean(key, known);
      wrong("asset_field_unknown", "a " + std::string(type_name_) + " has no field '" + key + "'",
            near.empty() ? "it has " + list_of(known) : "did you mean '" + near + "'?");
    }
  }

  Localized text_at(const json::object& object, std::string_view key, bool required) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) {
      if (required) wrong("asset_field", "'" + std::string(key) + "' is a required property");
      return {};
    }
    if (!value->is_string()) {
      wrong("asset_field", json::to_text(*value) + " is not of type 'string'");
      return {};
    }
    return {parse_template(json::to_text(*value))};
  }

  Template plain_at(const json::object& object, std::string_view key) {
    auto text = text_at(object, key, false);
    return text.empty() ? Template{} : std::move(text.front());
  }

  // Quick replies name their node by a number, the others by a text; either way YAML may use ids.
  std::optional<NodeNumber> destination(const json::object& object) {
    const auto* given = object.if_contains("dest");
    if (given == nullptr) return std::nullopt;
    const std::string text = json::to_text(*given);
    const bool wants_integer = asset_.type == AssetType::quick_reply;
    const bool is_integer = given->is_int64() || given->is_uint64();
    if (!cells_.is_yaml() && wants_integer != is_integer) {
      wrong("asset_field",
            "'" + text + "' is not of type '" + (wants_integer ? "integer" : "string") + "'");
      return std::nullopt;
    }
    const auto number = cells_.target(text);
    if (!number) cells_.target(kContent, text);
    return number;
  }

  void add_option(Option option, std::vector<Option>& options) {
    if (option.label.empty() || option.label[0].empty()) {
      wrong("label_missing", "an option has no label");
      return;
    }
    const std::string label = option.label[0].source();
    const bool repeated = std::ranges::any_of(
        options, [&](const Option& other) { return other.label[0].source() == label; });
    if (repeated) {
      wrong("label_repeated", "two options are called '" + label + "'",
            "give them different labels");
    }
    if (options.size() == kOptionsMax) {
      wrong("too_many_options", "more than " + std::to_string(kOptionsMax) + " options");
    }
    if (options.size() < kOptionsMax) options.push_back(std::move(option));
  }

  std::optional<Option> option_from(const json::value& item,
                                    const std::vector<std::string>& fields) {
    const auto* object = item.if_object();
    if (object == nullptr) {
      wrong("asset_field", json::to_text(item) + " is not of type 'object'");
      return std::nullopt;
    }
    refuse_unknown(*object, fields);
    Option option;
    option.label = text_at(*object, "label", true);
    if (option.label.empty()) return std::nullopt;
    option.description = text_at(*object, "description", false);
    option.image = plain_at(*object, "image");
    option.url = plain_at(*object, "url");
    if (const auto icon = json::get_string(*object, "icon")) option.icon = *icon;
    option.target = destination(*object);
    return option;
  }

  const json::array* items_of(const json::object& object, std::string_view key) {
    const auto* items = json::get_array(object, key);
    if (items == nullptr) wrong("asset_field", "'" + std::string(key) + "' is a required property");
    if (items != nullptr && items->empty()) wrong("asset_empty", "nothing to choose from is given");
    return items;
  }

  void read_dynamic(const json::object& object) {
    refuse_unknown(object, {"type", "source_node", "source_var"});
    const auto* node = object.if_contains("source_node");
    const auto key = json::get_string(object, "source_var");
    if (node == nullptr) wrong("asset_field", "'source_node' is a required property");
    if (!key) wrong("asset_field", "'source_var' is a required property");
    if (node == nullptr || !key) return;
    if (const auto number = cells_.target(kContent, json::to_text(*node))) {
      asset_.source = AssetSource{*number, std::string(*key)};
    }
  }

  // "Label~node|Label~node", each with an optional icon: "<<far fa-check>> Label~node".
  void read_buttons(std::string_view content) {
    if (content.starts_with('{') && !content.contains('~')) {
      read_options_json(content);
      return;
    }
    for (Pair& pair : parse_pairs(cells_, kContent)) {
      Option option;
      std::string_view label = pair.value;
      const auto close = label.find(">>");
      if (label.starts_with("<<") && close != std::string_view::npos) {
        option.icon = trim(label.substr(2, close - 2));
        label = trim(label.substr(close + 2));
      }
      option.label = {parse_template(label)};
      option.target = pair.target;
      add_option(std::move(option), asset_.options);
    }
    if (asset_.options.empty() && !cells_.has_error()) {
      wrong("no_buttons", "no button is given", "write Label~node|Label~node");
    }
  }

  void read_options_json(std::string_view content) {
    const auto object = parse(content);
    if (!object) return;
    const std::string type = type_of(*object, {"static", "dynamic"});
    if (type == "dynamic") read_dynamic(*object);
    if (type != "static") return;
    refuse_unknown(*object, {"type", "options"});
    const auto* options = items_of(*object, "options");
    if (options == nullptr) return;
    std::vector<std::string> fields{"label", "dest"};
    if (asset_.type == AssetType::quick_reply) {
      fields.insert(fields.end(), {"url", "icon"});
    } else if (asset_.type == AssetType::button) {
      fields.emplace_back("icon");
    } else {
      fields.insert(fields.end(), {"description", "image"});
    }
    for (const json::value& item : *options) {
      if (auto option = option_from(item, fields)) add_option(std::move(*option), asset_.options);
    }
  }

  void read_carousel(std::string_view content) {
    const auto object = parse(content);
    if (!object) return;
    const std::string type = type_of(*object, {"static", "dynamic"});
    if (type == "dynamic") read_dynamic(*object);
    if (type != "static") return;
    refuse_unknown(*object, {"type", "items"});
    const auto* items = items_of(*object, "items");
    if (items == nullptr) return;
    for (const json::value& item : *items) {
      const auto* card = item.if_object();
      if (card == nullptr) {
        wrong("asset_field", json::to_text(item) + " is not of type 'object'");
        continue;
      }
      refuse_unknown(*card, {"title", "description", "image", "buttons"});
      Card out{text_at(*card, "title", true),
               text_at(*card, "description", false),
               plain_at(*card, "image"),
               {}};
      if (const auto* buttons = json::get_array(*card, "buttons")) {
        for (const json::value& button : *buttons) {
          if (auto option = option_from(button, {"label", "dest", "url"})) {
            add_option(std::move(*option), out.buttons);
          }
        }
      }
      if (!out.title.empty()) asset_.cards.push_back(std::move(out));
    }
  }

  void read_selection(std::string_view content) {
    asset_.multiple = behaviors_.multiple_choice;
    if (auto source = parse_node_output(cells_, content)) {
      asset_.source = std::move(*source);
      return;
    }
    if (content.contains('*')) {
      wrong("bad_selection", "'" + std::string(content) + "' does not name a node's output",
            "write {node*key}, for example {415*list_picker}");
      return;
    }
    const auto object = parse(content);
    if (!object || type_of(*object, {"static"}).empty()) return;
    refuse_unknown(*object, {"type", "options"});
    const auto* options = items_of(*object, "options");
    if (options == nullptr) return;
    for (const json::value& item : *options) {
      if (auto option = option_from(item, {"label", "description", "image"})) {
        add_option(std::move(*option), asset_.options);
      }
    }
  }

  void read_webview(std::string_view content) {
    asset_.embedded = behaviors_.embedded;
    if (content.starts_with('{') && !content.contains('~')) {
      const auto object = parse(content);
      if (!object || type_of(*object, {"static"}).empty()) return;
      refuse_unknown(*object, {"type", "url", "label", "close_message"});
      asset_.label = text_at(*object, "label", !asset_.embedded);
      asset_.close_message = text_at(*object, "close_message", false);
      if (const auto url = text_at(*object, "url", true); !url.empty()) asset_.url = url.front();
    } else {
      const auto tilde = content.find('~');
      if (tilde == std::string_view::npos) {
        wrong("bad_webview", "there is no address", "write label~https://host/path");
        return;
      }
      const auto label = trim(content.substr(0, tilde));
      if (!label.empty()) asset_.label = {parse_template(label)};
      asset_.url = parse_template(trim(content.substr(tilde + 1)));
      if (label.empty() && !asset_.embedded) {
        wrong("label_missing", "a page that is not inline needs a label to open it by",
              "write label~https://..., or add the behaviour inline");
      }
    }
    check_address(asset_.url, "a webview's address");
    read_height();
  }

  void check_address(const Template& address, std::string_view what) {
    const std::string url = address.source();
    const bool from_variable =
        !address.parts.empty() && address.parts.front().kind == Template::Kind::variable;
    if (from_variable || url.starts_with("https://") || url.starts_with("http://localhost") ||
        url.starts_with('/')) {
      return;
    }
    wrong("bad_address", std::string(what) + " must begin with https://");
  }

  void read_height() {
    const std::string url = asset_.url.source();
    const auto at = url.find("height=");
    if (at == std::string::npos || at == 0 || (url[at - 1] != '?' && url[at - 1] != '&')) return;
    const auto digits = std::string_view(url).substr(at + 7);
    asset_.height =
        parse_number(digits.substr(0, digits.find_first_not_of("0123456789"))).value_or(0);
  }

  void read_upload(std::string_view content) {
    const auto object = parse(content);
    if (!object || type_of(*object, {"action_node", "direct_post"}).empty()) return;
    refuse_unknown(*object, {"type", "upload_label", "cancel_label", "action_script"});
    asset_.label = text_at(*object, "upload_label", true);
    asset_.cancel_label = text_at(*object, "cancel_label", false);
    asset_.upload_script = json::get_string(*object, "action_script").value_or("");
  }

  void read_picker(std::string_view content) {
    const auto object = parse(content);
    if (!object || type_of(*object, {"static"}).empty()) return;
    refuse_unknown(*object, {"type", "message"});
    asset_.prompt = text_at(*object, "message", true);
  }

  void read_stars(std::string_view content) {
    const auto object = parse(content);
    if (!object) return;
    const std::string type = type_of(*object, {"static", "dynamic"});
    if (type == "dynamic") read_dynamic(*object);
    if (type != "static") return;
    refuse_unknown(*object, {"type", "stars"});
    const int64_t stars = json::get_integer(*object, "stars").value_or(5);
    if (stars < 2 || stars > kStarsMax) {
      wrong("asset_field", "stars must be from 2 to " + std::to_string(kStarsMax));
      return;
    }
    for (int64_t star = 1; star <= stars; ++star) {
      asset_.options.push_back({.label = {parse_template(std::to_string(star))}});
    }
  }

  const Cells& cells_;
  std::string_view type_name_;
  const Behaviors& behaviors_;
  RichAsset asset_;
};

}  // namespace

RichAsset parse_rich_asset(const Cells& cells, const Behaviors& behaviors) {
  const auto type = cells[Column::rich_asset_type];
  if (type.empty()) {
    if (cells.has(kContent)) {
      cells.error(Column::rich_asset_type, "asset_type_missing",
                  "there is content but no rich asset type", "write button");
    }
    return {};
  }
  const auto* known =
      std::ranges::find(kTypes, type, &std::pair<std::string_view, AssetType>::first);
  if (known == std::end(kTypes)) {
    std::vector<std::string> names;
    for (const auto& [name, value] : kTypes) names.emplace_back(name);
    const std::string near = did_you_mean(type, names);
    cells.error(Column::rich_asset_type, "asset_type_unknown",
                "there is no rich asset '" + std::string(type) + "'",
                near.empty() ? "it is one of " + list_of(names) : "did you mean " + near + "?");
    return {};
  }
  return AssetReader(cells, type, behaviors).read(known->second);
}

}  // namespace millrace::flow
