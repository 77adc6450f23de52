#include <algorithm>

#include "base/text.hpp"
#include "flow/flow.hpp"

namespace millrace::flow {
namespace {

std::string label_of(const Option& option) {
  return option.label.empty() ? std::string() : option.label[0].source();
}

struct Roads {
  std::vector<Outgoing> out;

  void add(RoadKind kind, size_t index, std::string label, NodeNumber target) {
    out.push_back({kind, static_cast<int>(index), std::move(label), target});
  }

  void operator()(const DialogNode& node) {
    size_t index = 0;
    for (const Option& option : node.asset.options) {
      if (option.target) add(RoadKind::option, index, label_of(option), *option.target);
      ++index;
    }
    for (const Card& card : node.asset.cards) {
      for (const Option& button : card.buttons) {
        if (button.target) add(RoadKind::option, index, label_of(button), *button.target);
        ++index;
      }
    }
    if (node.next) add(RoadKind::next, 0, "next", *node.next);
    const auto& [unavailable, timeout] = node.hand_over;
    if (unavailable) add(RoadKind::unavailable, 0, "unavailable", *unavailable);
    if (timeout) add(RoadKind::timeout, 0, "timeout", *timeout);
    if (!node.ask) return;
    if (node.ask->on_fail) add(RoadKind::fail, 0, "on_fail", *node.ask->on_fail);
    if (node.ask->on_silence) add(RoadKind::silence, 0, "on_silence", *node.ask->on_silence);
  }
  void operator()(const ActionNode& node) {
    for (size_t i = 0; i < node.roads.size(); ++i) {
      add(RoadKind::result, i, node.roads[i].value, node.roads[i].target);
    }
  }
  void operator()(const BranchNode& node) {
    for (size_t i = 0; i < node.cases.size(); ++i) {
      add(RoadKind::branch, i, node.cases[i].condition.source(), node.cases[i].target);
    }
    add(RoadKind::otherwise, 0, "else", node.otherwise);
  }
  void operator()(const SetNode& node) {
    if (node.next) add(RoadKind::next, 0, "next", *node.next);
  }
  void operator()(const CallNode& node) {
    add(RoadKind::call, 0, "call", node.target);
    add(RoadKind::next, 0, "next", node.next);
  }
  void operator()(const ReturnNode&) {}
  void operator()(const PauseNode& node) {
    if (node.next) add(RoadKind::next, 0, "next", *node.next);
  }
};

}  // namespace

std::vector<Outgoing> roads_of(const Node& node) {
  Roads roads;
  std::visit(roads, node.does);
  return std::move(roads.out);
}

const Road* ActionNode::road(std::string_view value) const {
  const auto found =
      std::ranges::find_if(roads, [&](const Road& candidate) { return candidate.value == value; });
  return found == roads.end() ? nullptr : &*found;
}

const delivery::Settings* Receiver::in(std::string_view environment) const {
  auto found = settings.find(environment);
  if (found == settings.end()) found = settings.find("");
  return found == settings.end() ? nullptr : &found->second;
}

const Node* Program::find(NodeNumber number) const {
  const auto found = nodes.find(number);
  return found == nodes.end() ? nullptr : &found->second;
}

const Template& Program::text(std::string_view key, size_t locale) const {
  const auto found = texts.find(key);
  MILLRACE_CHECK(found != texts.end());  // compile() fills in every key
  return found->second[locale];
}

size_t Program::choose_locale(std::string_view requested) const {
  const auto language_of = [](std::string_view tag) {
    return base::to_ascii_lower(tag.substr(0, tag.find_first_of("-_")));
  };
  for (const std::string_view item : base::split(requested, ',')) {
    std::string tag(base::trim(item.substr(0, item.find(';'))));
    std::ranges::replace(tag, '_', '-');
    for (size_t i = 0; i < locales.size(); ++i) {
      if (base::equals_ignoring_case(locales[i], tag)) return i;
    }
    for (size_t i = 0; i < locales.size(); ++i) {
      if (language_of(locales[i]) == language_of(tag)) return i;
    }
  }
  return 0;
}

}  // namespace millrace::flow
