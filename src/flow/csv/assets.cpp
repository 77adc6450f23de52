// The fields of rich assets (reference: studio-and-action-nodes.md 4.4; where the published shape
// is not known, docs/compatibility.md says what was chosen).
#include <algorithm>

#include "base/text.hpp"
#include "flow/csv/asset_reader.hpp"
#include "flow/csv/cells.hpp"

namespace millrace::flow {
namespace {

using base::trim;

constexpr int kStarsMax = 10;

// Complaints are in the wording of the published validator.
class FieldReader : AssetReader {
 public:
  FieldReader(Draft& draft, const Tree& fields, Problems& problems)
      : AssetReader(draft, problems), fields_(fields) {}

  void read() {
    switch (asset_.type) {
      case AssetType::button:
      case AssetType::quick_reply:
      case AssetType::list_picker:
      case AssetType::image_button: read_options(); break;
      case AssetType::carousel: read_carousel(); break;
      case AssetType::selection: read_selection(); break;
      case AssetType::webview: read_webview(); break;
      case AssetType::file_upload: read_upload(); break;
      case AssetType::date_picker:
      case AssetType::time_picker: read_picker(); break;
      case AssetType::star_rating: read_stars(); break;
      case AssetType::none: break;
    }
  }

 private:
  void lacks(std::string_view key) {
    wrong(fields_.at, "asset_field", "'" + std::string(key) + "' is a required property");
  }

  // The member `type`, one of the allowed; "" when it is not.
  std::string type_of(std::initializer_list<std::string_view> allowed) {
    const Tree* given = fields_.find("type");
    if (given == nullptr) {
      lacks("type");
      return {};
    }
    const std::string text = text_of(*given);
    if (std::ranges::find(allowed, text) != allowed.end()) return text;
    std::string list;
    for (const std::string_view name : allowed) {
      list += (list.empty() ? "'" : ", '") + std::string(name) + "'";
    }
    wrong(given->at, "asset_type", "'" + text + "' is not one of [" + list + "]");
    return {};
  }

  void refuse_unknown(const Tree& map, const std::vector<std::string>& known) {
    for (const auto& [key, value] : *map.map()) {
      if (std::ranges::find(known, key.value) != known.end()) continue;
      const std::string near = did_you_mean(key.value, known);
      wrong(key.at, "asset_field_unknown",
            "a " + std::string(trim(asset_.kind.value)) + " has no field '" + key.value + "'",
            near.empty() ? "it has " + list_of(known) : "did you mean '" + near + "'?");
    }
  }

  Text text_at(const Tree& map, std::string_view key, bool required = false) {
    const Tree* value = map.find(key);
    if (value == nullptr) {
      if (required) {
        wrong(map.at, "asset_field", "'" + std::string(key) + "' is a required property");
      }
      return {};
    }
    if (const auto text = value->text()) return {std::string(*text), value->at};
    wrong(value->at, "asset_field", json::to_text(json_of(*value)) + " is not of type 'string'");
    return {};
  }

  // Quick replies name their node by a number, the others by a text; either way YAML may use names.
  void read_node(const Tree& map, OptionDraft& option) {
    const Tree* given = map.find("dest");
    if (given == nullptr) return;
    const std::string text = json::to_text(json_of(*given));
    const json::value* leaf = given->scalar();
    const bool wants_integer = asset_.type == AssetType::quick_reply;
    option.node_is_integer = leaf != nullptr && (leaf->is_int64() || leaf->is_uint64());
    if (!draft_.is_yaml && wants_integer != option.node_is_integer) {
      wrong(given->at, "asset_field",
            "'" + text + "' is not of type '" + (wants_integer ? "integer" : "string") + "'");
      return;
    }
    option.node = {text, given->at};
  }

  std::optional<OptionDraft> option_from(const Tree& item, const std::vector<std::string>& fields) {
    if (item.map() == nullptr) {
      wrong(item.at, "asset_field", json::to_text(json_of(item)) + " is not of type 'object'");
      return std::nullopt;
    }
    refuse_unknown(item, fields);
    OptionDraft option;
    option.at = item.at;
    option.label = text_at(item, "label", true);
    if (!option.label.given()) return std::nullopt;
    option.description = text_at(item, "description");
    option.image = text_at(item, "image");
    option.url = text_at(item, "url");
    if (const Tree* icon = item.find("icon"); icon != nullptr && icon->text()) {
      option.icon = {std::string(*icon->text()), icon->at};
    }
    read_node(item, option);
    return option;
  }

  const Tree::List* items_of(std::string_view key) {
    const Tree* items = fields_.find(key);
    if (items == nullptr || items->list() == nullptr) {
      lacks(key);
      return nullptr;
    }
    if (items->list()->empty()) {
      wrong(items->at, "asset_empty", "nothing to choose from is given");
    }
    return items->list();
  }

  void read_dynamic() {
    refuse_unknown(fields_, {"type", "source_node", "source_var"});
    const Tree* node = fields_.find("source_node");
    const Tree* key = fields_.find("source_var");
    const bool has_key = key != nullptr && key->text();
    if (node == nullptr) lacks("source_node");
    if (!has_key) lacks("source_var");
    if (node == nullptr || !has_key) return;
    asset_.source =
        PairDraft{{std::string(*key->text()), key->at}, {json::to_text(json_of(*node)), node->at}};
  }

  // Whether the choices stand in the fields; a dynamic asset has them from another node.
  bool is_static(const std::vector<std::string>& known) {
    const std::string type = type_of({"static", "dynamic"});
    if (type == "dynamic") read_dynamic();
    if (type != "static") return false;
    refuse_unknown(fields_, known);
    return true;
  }

  void read_options() {
    if (!is_static({"type", "options"})) return;
    const Tree::List* options = items_of("options");
    if (options == nullptr) return;
    std::vector<std::string> fields{"label", "dest"};
    if (asset_.type == AssetType::quick_reply) {
      fields.insert(fields.end(), {"url", "icon"});
    } else if (asset_.type == AssetType::button) {
      fields.emplace_back("icon");
    } else {
      fields.insert(fields.end(), {"description", "image"});
    }
    for (const Tree& item : *options) {
      if (auto option = option_from(item, fields)) asset_.options.push_back(std::move(*option));
    }
  }

  void read_carousel() {
    if (!is_static({"type", "items"})) return;
    const Tree::List* items = items_of("items");
    if (items == nullptr) return;
    for (const Tree& item : *items) {
      if (item.map() == nullptr) {
        wrong(item.at, "asset_field", json::to_text(json_of(item)) + " is not of type 'object'");
        continue;
      }
      refuse_unknown(item, {"title", "description", "image", "buttons"});
      CardDraft card{item.at,
                     text_at(item, "title", true),
                     text_at(item, "description"),
                     text_at(item, "image"),
                     {}};
      if (const Tree* buttons = item.find("buttons"); buttons != nullptr && buttons->list()) {
        for (const Tree& button : *buttons->list()) {
          if (auto option = option_from(button, {"label", "dest", "url"})) {
            card.buttons.push_back(std::move(*option));
          }
        }
      }
      if (card.title.given()) asset_.cards.push_back(std::move(card));
    }
  }

  void read_selection() {
    if (type_of({"static"}).empty()) return;
    refuse_unknown(fields_, {"type", "options"});
    const Tree::List* options = items_of("options");
    if (options == nullptr) return;
    for (const Tree& item : *options) {
      if (auto option = option_from(item, {"label", "description", "image"})) {
        asset_.options.push_back(std::move(*option));
      }
    }
  }

  void read_webview() {
    if (type_of({"static"}).empty()) return;
    refuse_unknown(fields_, {"type", "url", "label", "close_message"});
    asset_.label = text_at(fields_, "label");
    asset_.close_message = text_at(fields_, "close_message");
    asset_.url = text_at(fields_, "url", true);
  }

  void read_upload() {
    if (type_of({"action_node", "direct_post"}).empty()) return;
    refuse_unknown(fields_, {"type", "upload_label", "cancel_label", "action_script"});
    asset_.label = text_at(fields_, "upload_label", true);
    asset_.cancel_label = text_at(fields_, "cancel_label");
    if (const Tree* script = fields_.find("action_script"); script != nullptr && script->text()) {
      asset_.upload_script = {std::string(*script->text()), script->at};
    }
  }

  void read_picker() {
    if (type_of({"static"}).empty()) return;
    refuse_unknown(fields_, {"type", "message"});
    asset_.prompt = text_at(fields_, "message", true);
  }

  void read_stars() {
    if (!is_static({"type", "stars"})) return;
    const Tree* given = fields_.find("stars");
    const json::value* leaf = given == nullptr ? nullptr : given->scalar();
    const int64_t stars = leaf != nullptr && leaf->is_int64() ? leaf->get_int64() : 5;
    if (stars < 2 || stars > kStarsMax) {
      wrong(given->at, "asset_field", "stars must be from 2 to " + std::to_string(kStarsMax));
      return;
    }
    for (int64_t star = 1; star <= stars; ++star) {
      asset_.options.push_back({.at = fields_.at, .label = {std::to_string(star), fields_.at}});
    }
  }

  const Tree& fields_;
};

}  // namespace

void read_asset_fields(Draft& draft, const Tree& fields, Problems& problems) {
  draft.asset->at = fields.at;
  if (draft.asset->type == AssetType::none && !know_asset_kind(draft, problems)) return;
  draft.asset->fields = fields;
  FieldReader(draft, fields, problems).read();
}

}  // namespace millrace::flow
