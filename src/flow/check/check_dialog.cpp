// What a node that speaks asks of its program, and what channels can show of it.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "flow/capabilities.hpp"
#include "flow/check/node_checker.hpp"

namespace millrace::flow {
namespace {

size_t length_of(const Template& text) {
  return base::utf8_length(text.source());
}

}  // namespace

// What a dynamic asset reads must be given by an action, or asked.
void NodeChecker::check_source(const AssetSource& given) {
  std::vector<std::string> outputs;
  for (const std::string_view output : base::split(asking_.outputs_of(given.node), '\n')) {
    outputs.emplace_back(output);
  }
  const std::string id = outputs.front();  // in front of them stands what the node is called
  outputs.erase(outputs.begin());
  if (outputs.empty() || std::ranges::find(outputs, given.key) != outputs.end()) return;
  const std::string near = did_you_mean(given.key, outputs);
  error(at(Column::rich_asset_content,
           draft_.asset->source ? draft_.asset->source->value.at : draft_.asset->at),
        "output_unknown", "node " + id + " has no output '" + given.key + "'",
        near.empty() ? "it has " + list_of(outputs) : "did you mean '" + near + "'?");
}

void NodeChecker::check(const DialogNode& node) {
  for_each_shown(draft_, [this](const Text& text) { check_text(text); });
  const RichAsset& asset = node.asset;
  if (asset.source) check_source(*asset.source);
  if (!asset.upload_script.empty() && !facts_.scripts.contains(asset.upload_script) &&
      find_native(asset.upload_script) == nullptr) {
    error(at(Column::rich_asset_content, draft_.asset->upload_script.at), "command_unknown",
          "there is no action_nodes/" + asset.upload_script + ".py", "add the script");
  }
  if (draft_.ask) check_ask(*draft_.ask);
  check_choices(node);
  check_limits(node);
}

void NodeChecker::check_ask(const AskDraft& ask) {
  const ask::Rules& rules = ask.rules;
  if (ask.tries_max.value > 0 && !ask.on_fail.given()) {
    error(ask.tries_max.at, "road_missing", "there is no road for when max_tries is reached",
          "write on_fail: node");
  }
  if (rules.min && rules.max && *rules.min > *rules.max) {
    error(ask.min_at, "bad_range", "min is above max", "swap the two");
  }
  if (rules.earliest && rules.latest && *rules.earliest > *rules.latest) {
    error(ask.earliest_at, "bad_range", "earliest is after latest", "swap the two");
  }
}

// Choices that no answer can tell apart.
void NodeChecker::check_choices(const DialogNode& node) {
  const RichAsset& asset = node.asset;
  for (size_t locale = 0; locale < program_.locales.size(); ++locale) {
    std::map<std::string, std::string> seen;  // as it is compared -> as it is written
    for (size_t i = 0; i < asset.options.size(); ++i) {
      const Localized& labels = asset.options[i].label;
      if (locale >= labels.size() || !labels[locale].is_literal()) continue;
      if (locale > 0 && labels[locale].source() == labels[0].source()) continue;
      const std::string label = labels[locale].source();
      std::string compared = base::squash(label);
      if (compared.empty()) compared = base::trim_blank(label);
      if (compared.empty()) continue;
      const auto [first, is_new] = seen.emplace(compared, label);
      if (is_new) continue;
      if (first->second == label) continue;  // an error already
      warning(at(Column::rich_asset_content, draft_.asset->options[i].label.at), "choices_alike",
              "'" + first->second + "' and '" + label + "' differ in so little that what people " +
                  "type cannot tell them apart",
              "give them other words");
    }
  }
}

// What every enabled channel can show: a longer label is cut there, a longer text divided.
void NodeChecker::check_limits(const DialogNode& node) {
  for (const std::string& name : program_.channels) {
    const Capabilities* channel = find_channel(name);
    if (channel == nullptr) continue;
    for (const Localized& message : node.messages) {
      for (const Template& text : message) {
        if (channel->text_max == 0 || length_of(text) <= channel->text_max) continue;
        warning(at(Column::message, draft_.messages.front().at), "text_too_long",
                "longer than the " + std::to_string(channel->text_max) +
                    " characters of one message on " + name,
                "it will be divided; say less, or divide it where it should be");
      }
    }
    for (size_t i = 0; i < node.asset.options.size(); ++i) {
      for (const Template& label : node.asset.options[i].label) {
        if (channel->label_max == 0 || length_of(label) <= channel->label_max) continue;
        warning(at(Column::rich_asset_content, draft_.asset->options[i].label.at), "label_too_long",
                "'" + label.source() + "' is longer than the " +
                    std::to_string(channel->label_max) + " characters of a button on " + name,
                "it will be cut; find a shorter one");
      }
    }
  }
}

}  // namespace millrace::flow
