#include "app/commands/writing/chat_view.hpp"

namespace millrace::app {
namespace {

constexpr std::string_view kIndent = "     ";
constexpr size_t kShownBytesMax = 400;

std::string shortened(std::string text) {
  if (text.size() <= kShownBytesMax) return text;
  return text.substr(0, kShownBytesMax) + "…";
}

// What may be typed in answer to an asset that has no choices.
std::string_view hint_for(dialog::AssetKind kind) {
  switch (kind) {
    case dialog::AssetKind::date_picker: return "a date, such as 2026-12-31";
    case dialog::AssetKind::time_picker: return "a time, such as 17:30";
    case dialog::AssetKind::star_rating: return "1 to 5 stars";
    case dialog::AssetKind::file_upload: return "the address of a file";
    default: return "";
  }
}

std::string id_of(const flow::Program& program, flow::NodeNumber number) {
  const flow::Node* node = program.find(number);
  return node == nullptr ? std::to_string(number) : node->id;
}

std::string road_of(const flow::Program& program, const dialog::Taken& taken) {
  const flow::Node* from = program.find(taken.from);
  if (from == nullptr) return "";
  for (const flow::Outgoing& road : flow::roads_of(*from)) {
    if (road.kind != taken.kind || road.index != taken.index) continue;
    return from->id + " --" + road.label + "--> " + id_of(program, road.target);
  }
  return "";
}

}  // namespace

std::string ChatView::choice(const dialog::Option& option) {
  if (!option.url.empty()) return std::string(kIndent) + option.label + ": " + option.url + "\n";
  choices_.push_back(option.label);
  std::string out = std::string(kIndent) + paint_.cyan(std::to_string(choices_.size()) + ")") +
                    " " + option.label;
  if (!option.description.empty()) out += paint_.dim(" – " + option.description);
  return out + "\n";
}

std::string ChatView::shown(const dialog::Message& message, std::string_view speaker) {
  const dialog::Asset& asset = message.asset;
  std::string out;
  if (!message.text.empty()) {
    out += paint_.green(std::string(speaker) + ">") + " " + paint_.markdown(message.text) + "\n";
  }
  choices_.clear();
  if (!asset.prompt.empty()) out += std::string(kIndent) + asset.prompt + "\n";
  for (const dialog::Option& option : asset.options) out += choice(option);
  for (const dialog::Card& card : asset.cards) {
    out += std::string(kIndent) + paint_.bold(card.title);
    out += (card.description.empty() ? "" : ": " + card.description) + "\n";
    for (const dialog::Option& button : card.buttons) out += choice(button);
  }
  if (asset.kind == dialog::AssetKind::webview) {
    out +=
        std::string(kIndent) + (asset.label.empty() ? "" : asset.label + ": ") + asset.url + "\n";
  }
  if (const auto hint = hint_for(asset.kind); !hint.empty() && choices_.empty()) {
    out += std::string(kIndent) + paint_.dim("(" + std::string(hint) + ")") + "\n";
  }
  if (!asset.cancel_label.empty()) out += choice({.label = asset.cancel_label});
  if (asset.multiple) {
    out += std::string(kIndent) + paint_.dim("(several, with commas between)") + "\n";
  }
  return out;
}

std::string ChatView::chosen(const std::string& line) const {
  for (size_t i = 0; i < choices_.size(); ++i) {
    if (line == std::to_string(i + 1)) return choices_[i];
  }
  return line;
}

std::string TurnTrace::noted(const std::string& words) const {
  return paint_.dim(std::string(kIndent) + "· " + words) + "\n";
}

std::string TurnTrace::changed_variables(const dialog::State& state) {
  std::map<std::string, std::string> now(state.variables.begin(), state.variables.end());
  for (const auto& [name, value] : state.secrets) now[name] = dialog::kMask;
  std::string out;
  for (const auto& [name, value] : now) {
    const auto before = variables_.find(name);
    if (before != variables_.end() && before->second == value) continue;
    out += noted(name + " = " + shortened(value));
  }
  for (const auto& [name, value] : variables_) {
    if (!now.contains(name)) out += noted(name + " is gone");
  }
  variables_ = std::move(now);
  return out;
}

std::string TurnTrace::traced(const dialog::Turn& turn, const dialog::State& state,
                              const flow::Program& program) {
  std::string out = changed_variables(state);
  for (const dialog::Taken& taken : turn.taken) {
    const std::string road = road_of(program, taken);
    if (!road.empty()) out += noted(road);
  }
  for (const dialog::Remark& remark : turn.remarks) {
    out += paint_.yellow(std::string(kIndent) + "! " + id_of(program, remark.node) + ": " +
                         remark.message) +
           "\n";
  }
  for (const dialog::Effect& effect : turn.effects) {
    if (const auto* call = std::get_if<dialog::Call>(&effect)) {
      out += noted("calls " + call->command + " " + shortened(json::serialize(call->payload)));
    } else if (const auto* owe = std::get_if<dialog::Owe>(&effect)) {
      out += noted("owes " + owe->receiver + " " + shortened(json::serialize(owe->body)));
    } else if (const auto* track = std::get_if<dialog::Track>(&effect)) {
      out += noted("event " + track->name + " " + shortened(json::serialize(track->properties)));
    }
  }
  for (const dialog::Effect& effect : turn.effects) {
    if (const auto* timer = std::get_if<dialog::SetTimer>(&effect)) {
      out += noted("goes on by itself at " + base::to_iso8601(timer->timer.due));
    }
  }
  return out;
}

}  // namespace millrace::app
