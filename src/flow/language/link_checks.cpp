// What has to be so of a dialog node by itself.
#include <algorithm>

#include "base/text.hpp"
#include "flow/language/nodes.hpp"

namespace millrace::flow {
namespace {

using base::trim;

bool is_picker(AssetType type) {
  return type == AssetType::date_picker || type == AssetType::time_picker;
}

// Something of it answers the question: a choice, a page, a file.
bool answers(const RichAsset& asset) {
  if (asset.type == AssetType::none) return false;
  if (asset.type == AssetType::webview) return !asset.label.empty();
  return true;
}

size_t without_target(const RichAsset& asset) {
  const auto lacks = [](const Option& option) { return !option.target && option.url.empty(); };
  auto count = static_cast<size_t>(std::ranges::count_if(asset.options, lacks));
  for (const Card& card : asset.cards) {
    count += static_cast<size_t>(std::ranges::count_if(card.buttons, lacks));
  }
  return count;
}

}  // namespace

// An asset needs its node to wait, except what only shows.
void Link::check_waiting(const DialogNode& node) {
  if (node.asset.type == AssetType::none) return;
  const std::string kind(trim(draft_.asset->kind.value));
  const Place waits = at(Column::answer_required, draft_.waits.at);
  const char* remedy = either("write 1", "write ask instead of say");
  if (is_picker(node.asset.type)) {
    if (!node.waits) {
      error(waits, "must_wait",
            is_yaml() ? "a node with a " + kind + " waits for an answer"
                      : "ans_req must be 1 when rich_type is " + kind,
            remedy);
    }
    const auto text = std::ranges::find_if(
        draft_.messages, [](const Text& message) { return !trim(message.value).empty(); });
    if (text != draft_.messages.end()) {
      error(text->at, "must_be_blank",
            either("Interaction string must be empty when rich type is date/time picker",
                   "a date or time picker has its own message, so the node's must be empty"),
            either("the asset's message is shown", "write ask: ''"));
    }
    return;
  }
  const bool only_shows = node.asset.type == AssetType::webview ||
                          (node.asset.type == AssetType::carousel && !node.asset.source);
  if (!only_shows && !node.waits) {
    error(waits, "must_wait", "a node with a " + kind + " waits for an answer", remedy);
  }
}

// A dynamic asset: its choices are not known before the conversation runs.
void Link::check_dynamic(const DialogNode& node) {
  if (!node.asset.source || node.asset.type == AssetType::selection) return;
  if (!node.nlu_disabled) {
    error(at(Column::nlu_disabled, draft_.nlu_disabled.at), "dynamic_asset",
          either("a dynamic asset needs NLU Disabled? = 1", "a dynamic asset needs nlu: false"));
  }
  if (!node.input_disabled) {
    error(at(Column::behaviors, draft_.behaviours.at), "dynamic_asset",
          "a dynamic asset needs the behaviour disable_input");
  }
}

void Link::check_roads(const DialogNode& node) {
  if (!node.waits || node.next) return;
  const bool by_choice = !node.asset.options.empty() || !node.asset.cards.empty();
  if (!by_choice) {
    error(at(Column::next_nodes, draft_.next.at), "road_missing", "the answer leads nowhere",
          either("name the node that follows", "write next: node, or add a node behind it"));
  } else if (without_target(node.asset) > 0) {
    error(at(Column::rich_asset_content, draft_.asset->at), "road_missing",
          "a choice leads nowhere",
          either("give every option a target, or name the node that follows",
                 "give every choice its node, or write next: node"));
  }
}

void Link::check_one_child(const DialogNode& node) {
  if (!node.nlu_disabled || !node.next || !draft_.asset) return;
  for (size_t i = 0; i < node.asset.options.size() && i < draft_.asset->options.size(); ++i) {
    const Option& option = node.asset.options[i];
    if (!option.target || *option.target == *node.next) continue;
    const std::string next(trim(draft_.next.value));
    error(at(Column::rich_asset_content,
             is_yaml() ? draft_.asset->options[i].node.at : draft_.asset->at),
          "one_child",
          either("when NLU Disabled? is set, the node can only have one child",
                 "with nlu: false every choice leads to the same node"),
          next.empty() ? "let every choice lead to the node behind it, or none"
                       : "let every choice lead to " + std::string(is_yaml() ? "'" : "node ") +
                             next + (is_yaml() ? "'" : ""));
    return;
  }
}

void Link::check_dialog(const DialogNode& node, const Behaviours& behaviours) {
  check_waiting(node);
  check_dynamic(node);
  check_roads(node);
  check_one_child(node);
  const Place written = at(Column::behaviors, draft_.behaviours.at);
  if (node.input_disabled && node.waits && !answers(node.asset)) {
    error(written, "no_way_to_answer", "the input is disabled and there is nothing to choose",
          "add buttons, or remove disable_input");
  }
  if (behaviours.multiple_choice && node.asset.type != AssetType::selection) {
    error(written, "behaviour_misplaced", "multiple_choice belongs to a selection");
  }
  if (behaviours.embedded && node.asset.type != AssetType::webview) {
    error(written, "behaviour_misplaced", "inline belongs to a webview");
  }
}

}  // namespace millrace::flow
