// Buttons, choices and other rich assets of a YAML flow, and what a node does besides what it says.
#include <algorithm>

#include "flow/csv/cells.hpp"
#include "flow/yaml/yaml_node.hpp"

namespace millrace::flow {

std::optional<OptionDraft> NodeReader::read_choice(const YAML::Node& item, const NodeKey& key) {
  OptionDraft choice;
  choice.at = file_.place(item, key.name);
  if (item.IsScalar()) {
    choice.label = {item.Scalar(), choice.at};
    return choice;
  }
  if (!item.IsMap()) {
    file_.error(item, std::string(key.name), "not_text", "must be a label, {Label: node} or a map");
    return std::nullopt;
  }
  const auto pairs = file_.pairs(item, key.name);
  const bool short_form = pairs.size() == 1 && pairs[0].key != "label" && pairs[0].value.IsScalar();
  if (short_form) {
    choice.label = {pairs[0].key, file_.place(pairs[0], key.name)};
    choice.node = file_.text(pairs[0], key.name);
    return choice;
  }
  const std::pair<std::string_view, Text*> fields[] = {
      {"label", &choice.label}, {"to", &choice.node},     {"icon", &choice.icon},
      {"url", &choice.url},     {"image", &choice.image}, {"description", &choice.description}};
  for (const YamlPair& pair : pairs) {
    const auto* found =
        std::ranges::find(fields, pair.key, &std::pair<std::string_view, Text*>::first);
    if (found != std::end(fields)) {
      *found->second = file_.text(pair, key.name);
      if (found->second->value.empty()) *found->second = {};
    } else if (pair.key == "synonyms") {
      choice.synonyms = file_.text_list(pair, key.name).value;
    } else {
      file_.unknown_key(pair, names_of(choice_keys()));
    }
  }
  if (!choice.label.given()) {
    file_.error(item, std::string(key.name), "label_missing", "an option has no label");
    return std::nullopt;
  }
  return choice;
}

void NodeReader::read_choice_list(const YamlPair& pair, const NodeKey& key) {
  if (!pair.value.IsSequence()) {
    file_.error(pair, "not_a_list", "must be a list of labels");
    return;
  }
  choices_at_ = file_.place(pair.value, key.name);
  if (pair.value.IsSequence() && pair.value.size() == 0) {
    file_.error(pair, "key_missing", "a choice needs something to choose from",
                "write " + pair.key + ": [Yes, No]");
  }
  for (const auto& item : pair.value) {
    if (auto choice = read_choice(item, key)) choices_.push_back(std::move(*choice));
  }
}

void NodeReader::read_choices(const YamlPair& pair, const NodeKey& key) {
  ask();
  read_choice_list(pair, key);
}

void NodeReader::read_buttons(const YamlPair& pair, const NodeKey& key) {
  if (!pair.value.IsScalar()) {
    read_choice_list(pair, key);
    return;
  }
  draft_.asset.emplace();
  draft_.asset->kind = {"button", file_.place(pair, key.name)};
  put_cell(Column::rich_asset_content, pair, key.name);
  choices_lead_ = true;
}

void NodeReader::read_show(const YamlPair& pair, const NodeKey&) {
  ask();
  const auto word = file_.scalar(pair);
  const auto found =
      std::ranges::find(show_words(), std::string_view(word.value_or("")), &ShowWord::word);
  if (found != show_words().end()) {
    show_ = found->asset;
  } else if (word) {
    file_.error(pair, "bad_value", "'" + *word + "' is not a way to show choices",
                "it is one of buttons, list, quick_replies, images and none");
  }
}

// asset: {kind: webview, content: text} or {kind: listpicker, options: [...]}.
void NodeReader::read_asset(const YamlPair& pair, const NodeKey& key) {
  Tree::Map members;
  std::optional<YamlPair> content;
  AssetDraft asset;
  for (const YamlPair& part : file_.pairs(pair.value, "asset")) {
    if (part.key == "kind") {
      asset.kind = file_.text(part, key.name);
    } else if (part.key == "content") {
      content = part;
    } else {
      members.emplace_back(Text{part.key, file_.place(part, key.name)},
                           file_.tree(part.value, key.name));
    }
  }
  if (asset.kind.value.empty()) {
    file_.error(pair, "key_missing", "an asset needs its kind", "write kind: listpicker");
    return;
  }
  draft_.asset = std::move(asset);
  const std::string& kind = draft_.asset->kind.value;
  if (content) {
    choices_lead_ = kind == "button" || kind == "buttons";
    if (!members.empty()) {
      file_.error(pair, "asset_twice", "'content' stands for all other fields", "keep one form");
    }
    put_cell(Column::rich_asset_content, *content, key.name);
    return;
  }
  Tree fields{std::move(members), file_.place(pair, key.name)};
  if (fields.find("type") == nullptr) {
    auto& all = std::get<Tree::Map>(fields.value);
    all.insert(all.begin(), {Text{"type", fields.at}, Tree{json::value("static"), fields.at}});
  }
  const Tree* options = fields.find("options");
  choices_lead_ = options != nullptr && options->list() != nullptr &&
                  std::ranges::all_of(*options->list(), [](const Tree& option) {
                    return option.map() != nullptr && option.find("dest") != nullptr;
                  });
  read_asset_fields(draft_, fields, file_.problems());
}

// Choices become the node's rich asset.
void NodeReader::finish_choices() {
  if (choices_.empty() || !choices_at_.given()) return;
  choices_lead_ = std::ranges::all_of(choices_, [](const OptionDraft& choice) {
    return choice.node.given() || choice.url.given();
  });
  if (show_.empty()) return;
  AssetDraft asset;
  asset.kind = {show_, choices_at_};
  asset.type = asset_type_of(show_).value_or(AssetType::button);
  asset.at = choices_at_;
  const bool has_icon = asset.type == AssetType::button || asset.type == AssetType::quick_reply;
  const bool has_more =
      asset.type == AssetType::list_picker || asset.type == AssetType::image_button;
  for (OptionDraft& choice : choices_) {
    const std::tuple<std::string_view, Text*, bool> fields[] = {
        {"icon", &choice.icon, has_icon},
        {"url", &choice.url, asset.type == AssetType::quick_reply},
        {"image", &choice.image, has_more},
        {"description", &choice.description, has_more}};
    for (const auto& [name, text, known] : fields) {
      if (known || !text->given()) continue;
      const auto way = std::ranges::find(show_words(), show_, &ShowWord::asset);
      file_.problems().error(
          problem_in(draft_, text->at, "asset_field_unknown",
                     std::string(way->word) + " do not show '" + std::string(name) + "'",
                     name == "url" ? "write show: quick_replies" : "write show: list"));
      *text = {};
    }
    asset.options.push_back(std::move(choice));
  }
  draft_.asset = std::move(asset);
}

std::optional<Draft> NodeReader::take_second() {
  const bool speaks = draft_.kind == Draft::Kind::dialog || draft_.kind == Draft::Kind::unknown;
  if (!says_.given() || speaks) return std::nullopt;
  Draft second;
  second.file = draft_.file;
  second.flow = draft_.flow;
  second.is_yaml = true;
  second.at = does_;
  second.key = draft_.key + "." + std::string(does_.key);
  second.kind = draft_.kind;
  second.next = std::move(draft_.next);
  second.ends = draft_.ends;
  second.name = draft_.name;
  second.command = std::move(draft_.command);
  second.comment = std::move(draft_.comment);
  second.decide = std::move(draft_.decide);
  second.payload = std::move(draft_.payload);
  second.inputs = std::move(draft_.inputs);
  second.roads = std::move(draft_.roads);
  second.outputs = std::move(draft_.outputs);
  second.variables = std::move(variables_);
  second.cases = std::move(draft_.cases);
  second.otherwise = std::move(draft_.otherwise);
  second.assignments = std::move(draft_.assignments);
  second.call = std::move(draft_.call);
  second.wait_ms = draft_.wait_ms;
  if (second.kind == Draft::Kind::action) {
    second.event = std::move(draft_.event);
    draft_.event.reset();
    if (!draft_.waits.value && !second.variables.given())
      std::swap(second.variables, draft_.variables);
  }
  draft_.kind = Draft::Kind::dialog;
  draft_.next = {};
  draft_.ends = false;
  draft_.command = draft_.comment = draft_.decide = draft_.otherwise = draft_.call = {};
  draft_.payload.reset();
  draft_.inputs = draft_.roads = {};
  draft_.outputs = {};
  draft_.cases.clear();
  draft_.assignments.clear();
  return second;
}

}  // namespace millrace::flow
