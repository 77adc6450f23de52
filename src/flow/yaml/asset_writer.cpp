#include "flow/yaml/asset_writer.hpp"

#include "flow/notation.hpp"
#include "flow/yaml_text.hpp"

namespace millrace::flow {
namespace {

// Nodes that have names are called by them.
void rename(json::value& value, const std::string& flow, const Names& names) {
  if (auto* array = value.if_array()) {
    for (json::value& item : *array) rename(item, flow, names);
  }
  auto* object = value.if_object();
  if (object == nullptr) return;
  for (auto& member : *object) {
    if (member.key() != "dest" && member.key() != "source_node") {
      rename(member.value(), flow, names);
      continue;
    }
    const std::string before = json::to_text(member.value());
    const std::string after = names.name_of(flow, before);
    if (after != before) member.value() = after;
  }
}

}  // namespace

std::string fields_yaml(const Tree& fields, const std::string& flow, const Names& names) {
  std::string out;
  json::value all = json_of(fields);
  rename(all, flow, names);
  for (const auto& member : all.get_object()) {
    out += "      " + yaml_inline(member.key()) + ":";
    const auto* items = member.value().if_array();
    if (items == nullptr || items->empty()) {
      out += " " + yaml_value(member.value()) + "\n";
      continue;
    }
    out += "\n";
    for (const json::value& item : *items) out += "        - " + yaml_value(item) + "\n";
  }
  return out;
}

std::string buttons_yaml(const std::vector<OptionDraft>& options, const std::string& flow,
                         const Names& names) {
  std::string out = "    buttons:\n";
  for (const OptionDraft& option : options) {
    const std::string label = yaml_inline(option.label.value);
    const std::string to = yaml_inline(names.name_of(flow, option.node.value));
    if (option.icon.given()) {
      out += "      - {label: " + label + ", to: " + to +
             ", icon: " + yaml_inline(option.icon.value) + "}\n";
    } else if (option.label.value == "label") {
      out += "      - {label: label, to: " + to + "}\n";
    } else {
      out += "      - {" + label + ": " + to + "}\n";
    }
  }
  return out;
}

}  // namespace millrace::flow
