#include "dialog/turn/choices.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "dialog/turn/payload.hpp"

namespace millrace::dialog {

using flow::DialogNode;

namespace {

constexpr size_t kDynamicMax = 100;

Option option_from(const json::value& item) {
  const auto* object = item.if_object();
  if (object == nullptr) return {.label = json::to_text(item)};
  const auto text = [&](std::string_view key) {
    return std::string(json::get_string(*object, key).value_or(""));
  };
  std::string label = text("label");
  if (label.empty()) label = text("title");
  return {label, text("description"), text("image"), text("url"), text("icon")};
}

}  // namespace

std::optional<size_t> number_in(std::string_view text) {
  size_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<Option> dynamic_options(const flow::AssetSource& source, const State& state) {
  const auto kept = state.kept.find(source.node);
  if (kept == state.kept.end()) return {};
  const json::value* given = &kept->second;
  if (const auto* outputs = given->if_object()) given = outputs->if_contains(source.key);
  if (given == nullptr) return {};
  json::value parsed;
  if (const auto* text = given->if_string()) {
    if (text->starts_with("[")) {
      auto list = json::parse(*text);
      if (list) parsed = std::move(*list);
    } else {
      json::array list;
      for (const std::string_view item : base::split(std::string_view(*text), '|')) {
        if (!base::trim(item).empty()) list.emplace_back(base::trim(item));
      }
      parsed = std::move(list);
    }
    given = &parsed;
  }
  std::vector<Option> options;
  if (const auto* list = given->if_array()) {
    for (const json::value& item : *list) {
      if (options.size() == kDynamicMax) break;
      if (Option option = option_from(item); !option.label.empty()) {
        options.push_back(std::move(option));
      }
    }
  }
  return options;
}

Choices::Choices(const DialogNode& node, const State& state) : node_(node), state_(state) {
  const auto add = [&](const flow::Option& option) {
    all_.push_back({all_.size(), fill(option.label[0], state), option.target});
  };
  for (const flow::Option& option : node.asset.options) add(option);
  for (const flow::Card& card : node.asset.cards) {
    for (const flow::Option& button : card.buttons) add(button);
  }
  if (!node.asset.source) return;
  for (const Option& option : dynamic_options(*node.asset.source, state)) {
    all_.push_back({all_.size(), option.label, std::nullopt});
  }
}

// Whatever may be said for a choice: its labels in every language, its synonyms.
std::vector<std::string> Choices::names_of(const Offer& choice) const {
  const flow::Option* option = nullptr;
  size_t index = choice.index;
  if (index < node_.asset.options.size()) {
    option = &node_.asset.options[index];
  } else {
    index -= node_.asset.options.size();
    for (const flow::Card& card : node_.asset.cards) {
      if (option == nullptr && index < card.buttons.size()) option = &card.buttons[index];
      index -= std::min(index, card.buttons.size());
      if (option != nullptr) break;
    }
  }
  if (option == nullptr) return {choice.value};
  std::vector<std::string> names;
  for (const flow::Template& label : option->label) names.push_back(fill(label, state_));
  names.insert(names.end(), option->synonyms.begin(), option->synonyms.end());
  return names;
}

// Of a question with a type the reader of that type knows more: here only what is equal to the
// letter, as a press is.
const Offer* Choices::meant_by(const std::string& text) const {
  if (!node_.ask) return picked(text);
  for (const Offer& choice : all_) {
    const auto names = names_of(choice);
    if (std::ranges::find(names, text) != names.end()) return &choice;
  }
  return nullptr;
}

const Offer* Choices::picked(const std::string& text) const {
  std::vector<ask::Choice> choices;
  for (const Offer& choice : all_) {
    choices.push_back({std::to_string(choice.index), names_of(choice)});
  }
  // A number stands for its place in the list, where it cannot be an answer of its own.
  const bool free_text_counts = !node_.input_disabled && node_.next && !node_.ask;
  const auto reading = ask::pick(choices, text, state_.region, !free_text_counts);
  if (reading.verdict == ask::Verdict::accepted) return &all_[*number_in(reading.value)];
  // There is nothing to ask back with: the first of them.
  if (reading.verdict == ask::Verdict::ambiguous) {
    return &all_[*number_in(reading.readings.front().value)];
  }
  return nullptr;
}

std::optional<std::string> Choices::several_meant_by(const std::string& text) const {
  std::string parts = text;
  std::ranges::replace(parts, '\n', ',');
  std::string value;
  for (const std::string_view part : base::split(parts, ',')) {
    const auto trimmed = base::trim(part);
    if (trimmed.empty()) continue;
    const Offer* choice = picked(std::string(trimmed));
    if (choice == nullptr) return std::nullopt;
    value += (value.empty() ? "" : ", ") + choice->value;
  }
  if (value.empty()) return std::nullopt;
  return value;
}

const Offer* Choices::with_value(const std::string& value) const {
  const auto found = std::ranges::find(all_, value, &Offer::value);
  return found == all_.end() ? nullptr : &*found;
}

ask::Rules Choices::rules() const {
  ask::Rules rules = node_.ask->rules;
  if (rules.type != ask::Type::choice || all_.empty()) return rules;
  rules.choices.clear();
  for (const Offer& choice : all_) rules.choices.push_back({choice.value, names_of(choice)});
  return rules;
}

bool cancels_upload(const DialogNode& node, const std::string& text, const State& state) {
  return node.asset.type == flow::AssetType::file_upload &&
         std::ranges::any_of(node.asset.cancel_label, [&](const auto& label) {
           return base::squash(fill(label, state)) == base::squash(text);
         });
}

}  // namespace millrace::dialog
