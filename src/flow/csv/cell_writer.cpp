// A draft -> the cells of a row.
#include <algorithm>

#include "base/text.hpp"
#include "flow/csv/cells.hpp"
#include "flow/notation.hpp"

namespace millrace::flow {
namespace {

using base::trim;

std::string joined(const TextList& list) {
  std::string out;
  for (size_t i = 0; i < list.value.size(); ++i) {
    out += (i == 0 ? "" : ",") + list.value[i].value;
  }
  return out;
}

class CellWriter {
 public:
  CellWriter(const Draft& draft, const NumberOf& number_of)
      : draft_(draft), number_of_(number_of) {}

  std::array<std::string, kColumnCount> write() {
    put(Column::node_type, draft_.kind == Draft::Kind::action   ? "A"
                           : draft_.kind == Draft::Kind::dialog ? "D"
                                                                : "");
    put(Column::node_number, number_of_(std::to_string(draft_.number)));
    const std::pair<Column, const Text*> plain[] = {{Column::node_name, &draft_.name},
                                                    {Column::intent, &draft_.intent},
                                                    {Column::entity_type, &draft_.entity_type},
                                                    {Column::entity, &draft_.entity},
                                                    {Column::platform_flag, &draft_.platform},
                                                    {Column::description, &draft_.description},
                                                    {Column::skill_tag, &draft_.skill},
                                                    {Column::css_classname, &draft_.css},
                                                    {Column::command, &draft_.command},
                                                    {Column::decision_variable, &draft_.decide},
                                                    {Column::was, &draft_.was}};
    for (const auto& [column, text] : plain) put(column, text->value);
    put(Column::message, draft_.kind == Draft::Kind::action ? draft_.comment.value
                         : draft_.messages.empty()          ? ""
                                                            : draft_.messages.front().value);
    put(Column::nlu_disabled, draft_.nlu_disabled.value ? "1" : "");
    put(Column::answer_required, draft_.waits.value ? "1" : "");
    put(Column::node_tags, joined(draft_.tags));
    put(Column::flows, joined(draft_.flows));
    put(Column::output, joined(draft_.outputs));
    put(Column::variable, joined(draft_.variables));
    put(Column::behaviors, behaviours());
    put_naming(Column::next_nodes, next(), {&draft_.next});
    put_naming(Column::what_next, pairs(draft_.roads, '|', '~'), nodes_of(draft_.roads));
    put_naming(Column::node_input, pairs(draft_.inputs, ',', ':'), nodes_of(draft_.inputs));
    if (draft_.payload) put(Column::parameter_input, spaced_json(json_of(*draft_.payload)));
    if (draft_.event) put(Column::event, spaced_json(json_of(*draft_.event)));
    put_asset();
    if (draft_.cells) put_rest();
    return std::move(out_);
  }

 private:
  bool is_raw(Column column) const { return draft_.cells && draft_.cells->has(column); }

  void put(Column column, std::string text) {
    std::string& into = out_[static_cast<size_t>(column)];
    into = is_raw(column) ? (*draft_.cells)[column].text : std::move(text);
  }

  // A raw cell that names nodes stays as it is only when they keep their numbers.
  void put_naming(Column column, std::string text, const std::vector<const Text*>& nodes) {
    const bool stays = std::ranges::all_of(nodes, [this](const Text* node) {
      return !node->given() || number_of_(node->value) == node->value;
    });
    if (stays) {
      put(column, std::move(text));
    } else {
      out_[static_cast<size_t>(column)] = std::move(text);
    }
  }

  // Cells that nothing typed stands for: what could not be read of them.
  void put_rest() {
    for (size_t i = 0; i < kColumnCount; ++i) {
      const auto column = static_cast<Column>(i);
      if (out_[i].empty() && is_raw(column)) out_[i] = (*draft_.cells)[column].text;
    }
  }

  std::string next() const {
    if (draft_.next.given()) return number_of_(draft_.next.value);
    return draft_.behind ? number_of_(std::to_string(*draft_.behind)) : "";
  }

  std::string behaviours() const {
    std::string out = joined(draft_.behaviours);
    if (draft_.secure.value) out += out.empty() ? "secure" : ",secure";
    return out;
  }

  std::string pairs(const PairList& list, char between, char within) const {
    std::string out;
    for (const PairDraft& pair : list.value) {
      if (!out.empty()) out.push_back(between);
      out += pair.value.value + within + number_of_(pair.node.value);
    }
    return out;
  }

  static std::vector<const Text*> nodes_of(const PairList& list) {
    std::vector<const Text*> out;
    for (const PairDraft& pair : list.value) out.push_back(&pair.node);
    return out;
  }

  void put_asset() {
    if (!draft_.asset) return;
    const AssetDraft& asset = *draft_.asset;
    put(Column::rich_asset_type, asset.kind.value);
    std::vector<const Text*> nodes;
    for (const OptionDraft& option : asset.options) nodes.push_back(&option.node);
    for (const CardDraft& card : asset.cards) {
      for (const OptionDraft& button : card.buttons) nodes.push_back(&button.node);
    }
    if (asset.source) nodes.push_back(&asset.source->node);
    put_naming(Column::rich_asset_content, content(asset), nodes);
  }

  std::string content(const AssetDraft& asset) const {
    if (asset.fields) {
      json::value fields = json_of(*asset.fields);
      renumber(fields, asset.type == AssetType::quick_reply);
      return spaced_json(fields);
    }
    if (asset.type == AssetType::webview) return asset.label.value + "~" + asset.url.value;
    if (asset.type == AssetType::file_upload) {
      return spaced_json(
          json::object{{"type", "direct_post"}, {"upload_label", asset.label.value}});
    }
    if (asset.source) {
      return "{" + number_of_(asset.source->node.value) + "*" + asset.source->value.value + "}";
    }
    const bool as_pairs =
        asset.type == AssetType::button && std::ranges::all_of(asset.options, is_pair);
    return as_pairs ? button_pairs(asset.options) : options_json(asset);
  }

  // Whether "<<icon>> label~node" gives the option back.
  static bool is_pair(const OptionDraft& option) {
    const auto label = trim(option.label.value);
    return option.node.given() && !option.url.given() && !label.empty() &&
           !option.label.value.contains('|') && !option.icon.value.contains(">>") &&
           !option.icon.value.contains('|') &&
           (option.icon.given() || !label.starts_with("<<") || !label.contains(">>"));
  }

  std::string button_pairs(const std::vector<OptionDraft>& options) const {
    std::string out;
    for (const OptionDraft& option : options) {
      if (!out.empty()) out.push_back('|');
      std::string_view label = option.label.value;
      if (option.icon.given()) {
        const auto trimmed = trim(label);
        const auto blanks = static_cast<size_t>(trimmed.data() - label.data());
        out += std::string(label.substr(0, blanks)) + "<<" + option.icon.value + ">> ";
        label.remove_prefix(blanks);
      }
      out += std::string(label) + "~" + number_of_(option.node.value);
    }
    return out;
  }

  std::string options_json(const AssetDraft& asset) const {
    json::array options;
    for (const OptionDraft& option : asset.options) {
      json::object item{{"label", option.label.value}};
      const std::pair<std::string_view, const Text*> fields[] = {
          {"description", &option.description},
          {"image", &option.image},
          {"url", &option.url},
          {"icon", &option.icon}};
      for (const auto& [key, text] : fields) {
        if (text->given()) item[key] = text->value;
      }
      if (option.node.given()) {
        item["dest"] = node_value(option.node.value, asset.type == AssetType::quick_reply);
      }
      options.push_back(std::move(item));
    }
    return spaced_json(json::object{{"type", "static"}, {"options", std::move(options)}});
  }

  json::value node_value(const std::string& node, bool as_integer) const {
    const std::string number = number_of_(node);
    const auto parsed = parse_number(number);
    if (parsed && as_integer) return *parsed;
    return json::value(number);
  }

  // Fields that name a node, wherever they stand.
  void renumber(json::value& value, bool as_integer) const {
    if (auto* array = value.if_array()) {
      for (json::value& item : *array) renumber(item, as_integer);
    }
    auto* object = value.if_object();
    if (object == nullptr) return;
    for (auto& member : *object) {
      const bool is_source = member.key() == "source_node";
      if (!is_source && member.key() != "dest") {
        renumber(member.value(), as_integer);
        continue;
      }
      const std::string before = json::to_text(member.value());
      json::value after = node_value(before, as_integer || is_source);
      const bool is_name = !parse_number(before).has_value();
      if (is_name || json::to_text(after) != before) member.value() = std::move(after);
    }
  }

  const Draft& draft_;
  const NumberOf& number_of_;
  std::array<std::string, kColumnCount> out_;
};

}  // namespace

std::array<std::string, kColumnCount> cells_of(const Draft& draft, const NumberOf& number_of) {
  return CellWriter(draft, number_of).write();
}

}  // namespace millrace::flow
