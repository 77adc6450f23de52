// What a program means, as text: equal texts behave alike, whatever their nodes' numbers are.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "flow/flow.hpp"

namespace millrace::testing_support {

class Meaning {
 public:
  static std::string of(const flow::Program& program) {
    std::map<std::string, const flow::Node*> nodes;
    for (const auto& [number, node] : program.nodes) nodes.emplace(node.id, &node);
    std::string out = "start " + program.find(program.start)->id + "\n";
    for (const auto& [id, node] : nodes) {
      Meaning meaning(program);
      meaning.tell(*node);
      out += meaning.out_.str();
    }
    return out;
  }

 private:
  explicit Meaning(const flow::Program& program) : program_(program) {}

  std::string id_of(flow::NodeNumber number) const {
    const flow::Node* node = program_.find(number);
    return node == nullptr ? "nothing" : node->id;
  }
  void tell(std::string_view what, const std::string& text) {
    if (!text.empty()) out_ << "  " << what << ": " << text << "\n";
  }
  void tell(std::string_view what, const flow::Localized& texts) {
    for (const flow::Template& text : texts) tell(what, text.source());
  }
  void tell(std::string_view what, const std::optional<flow::NodeNumber>& target) {
    if (target) tell(what, id_of(*target));
  }
  void tell(std::string_view what, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) tell(what, text);
  }
  void tell(std::string_view what, bool holds) {
    if (holds) out_ << "  " << what << "\n";
  }

  void tell(const flow::Node& node) {
    out_ << node.id << "\n";
    tell("name", node.name);
    tell("intent", node.intent);
    tell("tags", node.tags);
    tell("flows", node.flow_tags);
    tell("skill", node.skill);
    tell("was", node.was);
    if (node.event) tell(*node.event);
    std::visit([this](const auto& does) { tell(does); }, node.does);
    for (const flow::Outgoing& road : flow::roads_of(node)) {
      out_ << "  -> " << static_cast<int>(road.kind) << " " << road.index << " " << road.label
           << " " << id_of(road.target) << "\n";
    }
  }

  void tell(const flow::EventSpec& event) {
    tell("event", event.name);
    for (const auto& [name, text] : event.properties) tell("of " + name, text.source());
    for (const auto& [name, text] : event.global_set) tell("for all " + name, text.source());
    for (const auto& [road, other] : event.by_road) tell(other);
  }

  void tell(const flow::DialogNode& node) {
    for (const flow::Localized& message : node.messages) tell("says", message);
    tell("waits", node.waits);
    tell("no nlu", node.nlu_disabled);
    tell("entity", node.entity);
    if (node.threshold_permille != 0) tell("threshold", std::to_string(node.threshold_permille));
    tell("no input", node.input_disabled);
    tell("secure", node.secure);
    tell("transfers", node.transfers);
    tell("variable", node.variable);
    tell("css", node.css_class);
    const flow::RichAsset& asset = node.asset;
    tell("asset", std::to_string(static_cast<int>(asset.type)));
    for (const flow::Option& option : asset.options) tell(option);
    for (const flow::Card& card : asset.cards) {
      tell("card", card.title);
      tell("card description", card.description);
      for (const flow::Option& button : card.buttons) tell(button);
    }
    if (asset.source) tell("source", id_of(asset.source->node) + "*" + asset.source->key);
    tell("url", asset.url.source());
    for (const flow::Localized* text :
         {&asset.label, &asset.cancel_label, &asset.close_message, &asset.prompt}) {
      tell("asset text", *text);
    }
    tell("script", asset.upload_script);
  }

  void tell(const flow::Option& option) {
    tell("option", option.label);
    tell("icon", option.icon);
    tell("description", option.description);
    tell("image", option.image.source());
    tell("opens", option.url.source());
    tell("synonym", option.synonyms);
    tell("leads to", option.target);
  }

  void tell(const flow::ActionNode& node) {
    tell("does", node.command);
    tell("with", json::serialize(node.payload));
    for (const flow::NodeInput& input : node.inputs) tell(input.key, id_of(input.node));
    tell("outputs", node.outputs);
    tell("decides by", node.decision);
    tell("variables", node.variables);
  }
  // What only YAML says: told by its roads.
  template <typename Other>
  void tell(const Other&) {
    tell("kind", std::to_string(program_.nodes.size()));
  }

  const flow::Program& program_;
  std::ostringstream out_;
};

// Of the program that the files make; or, where they make none, what is wrong with them.
inline std::string meaning_of(const flow::Files& files, const flow::AppFacts& facts) {
  const auto compiled = flow::compile(files, facts);
  if (compiled.program) return Meaning::of(*compiled.program);
  std::string out;
  for (const flow::Problem& problem : compiled.problems) out += problem.describe() + "\n";
  for (const auto& [path, text] : files) out += path + "\n" + text;
  return out;
}

// A folder's files by their paths below it.
inline flow::Files read_folder(const std::filesystem::path& root) {
  flow::Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[std::filesystem::relative(entry.path(), root).string()] = text.str();
  }
  return files;
}

}  // namespace millrace::testing_support
