// What a dialog node says, asks and waits for.
#include <algorithm>

#include "base/text.hpp"
#include "flow/language/nodes.hpp"
#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {
namespace {

using base::trim;

Localized localized(const Text& text) {
  return {parse_template(text.value)};
}

}  // namespace

Link::Behaviours Link::read_behaviours() {
  Behaviours behaviours;
  const std::pair<std::string_view, bool*> known[] = {
      {"disable_input", &behaviours.disable_input},
      {"inline", &behaviours.embedded},
      {"xfer_to_agent", &behaviours.xfer_to_agent},
      {"multiple_choice", &behaviours.multiple_choice},
      {"secure", &behaviours.secure},
  };
  for (const Text& text : draft_.behaviours.value) {
    const std::string behaviour(trim(text.value));
    if (behaviour.empty()) continue;
    const auto* found =
        std::ranges::find(known, behaviour, &std::pair<std::string_view, bool*>::first);
    if (found != std::end(known)) {
      *found->second = true;
      continue;
    }
    const std::string near = did_you_mean(behaviour, behaviour_names());
    error(
        at(Column::behaviors, text.at), "behaviour_unknown",
        "there is no behaviour '" + behaviour + "'",
        near.empty() ? "it is one of " + list_of(behaviour_names()) : "did you mean " + near + "?");
  }
  behaviours.secure = behaviours.secure || draft_.secure.value;
  return behaviours;
}

std::optional<Ask> Link::link_ask() {
  if (!draft_.ask) return std::nullopt;
  const AskDraft& draft = *draft_.ask;
  Ask ask;
  ask.rules = draft.rules;
  if (draft.subject.given()) ask.subject = localized(draft.subject);
  if (draft.why.given()) ask.why = localized(draft.why);
  for (const Text& text : draft.retries) ask.retries.push_back(localized(text));
  for (const ReminderDraft& reminder : draft.reminders) {
    ask.reminders.push_back({reminder.after_ms, {}});
    if (reminder.text.given()) ask.reminders.back().text = localized(reminder.text);
  }
  ask.tries_max = draft.tries_max.value;
  ask.skip_when_known = draft.skip_when_known;
  if (draft.on_fail.given()) ask.on_fail = target(draft.on_fail, Column::next_nodes);
  if (draft.on_silence.given()) ask.on_silence = target(draft.on_silence, Column::next_nodes);
  return ask;
}

// Where the chat goes when nobody takes over: unavailable and timeout.
void Link::link_hand_over(DialogNode& node) {
  const Place roads = at(Column::what_next, draft_.roads.at);
  if (!node.transfers) {
    if (!draft_.roads.given()) return;
    error(roads, "must_be_blank",
          either("must be blank on D nodes",
                 "'on' belongs to an action, or to a node that hands "
                 "over to a person"),
          either("", "lead on with next, or from the choices"));
    return;
  }
  if (node.waits) {
    error(at(Column::answer_required, draft_.waits.at), "hand_over_waits",
          "a node that hands over does not wait for an answer", "ask in a node before it");
  }
  for (const PairDraft& pair : draft_.roads.value) {
    const std::string value(trim(pair.value.value));
    const auto to = target(pair, Column::what_next);
    if (!to) continue;
    auto& [unavailable, timeout] = node.hand_over;
    auto* road = value == "unavailable" ? &unavailable : value == "timeout" ? &timeout : nullptr;
    if (road == nullptr) {
      error(pair.value.at, "road_unknown", "'" + value + "' is no road of a hand-over",
            "it is one of unavailable, timeout");
    } else if (*road) {
      error(pair.value.at, "road_repeated", "'" + value + "' is given two roads", "keep one");
    } else {
      *road = to;
    }
  }
  if (draft_.roads.given()) return;
  warning(
      roads, "hand_over_no_road",
      "when no agent takes the chat it goes nowhere: the consumer is told so, and goes "
      "back to an open question, or the chat ends",
      either("write unavailable~12|timeout~13", "write on: {unavailable: node, timeout: node}"));
}

void Link::refuse_action_fields() {
  const std::pair<Column, Place> written[] = {
      {Column::command, draft_.command.at},
      {Column::output, draft_.outputs.at},
      {Column::node_input, draft_.inputs.at},
      {Column::parameter_input, draft_.payload ? draft_.payload->at : Place{}},
      {Column::decision_variable, draft_.decide.at}};
  for (const auto& [column, place] : written) {
    if (!place.given()) continue;
    if (is_yaml()) {
      error(place, "must_be_blank", "'" + std::string(place.key) + "' belongs to an action",
            "write do: Command as well, or remove it");
    } else if (column == Column::decision_variable) {
      error(place, "must_be_blank", "proposed dir_field is not an element of the proposed payload",
            "it must be blank on D nodes");
    } else {
      error(place, "must_be_blank", "must be blank on D nodes");
    }
  }
}

DialogNode Link::link_dialog() {
  refuse_action_fields();
  DialogNode node;
  for (size_t i = 0; i < draft_.messages.size(); ++i) {
    const std::string& text = draft_.messages[i].value;
    if (i > 0) {
      node.messages.push_back({parse_template(text)});
    } else if (!trim(text).empty()) {
      node.messages.push_back({parse_template(trim(text))});
    }
  }
  node.waits = draft_.waits.value;
  node.nlu_disabled = draft_.nlu_disabled.value;
  node.threshold_permille = draft_.nlu_threshold.value;
  node.entity = trim(draft_.entity.value);
  if (draft_.entity.given() && !node.waits) {
    warning(draft_.entity.at, "not_used", "a node that asks nothing is answered by no entity",
            "remove it");
  }
  node.css_class = trim(draft_.css.value);
  const Behaviours behaviours = read_behaviours();
  node.input_disabled = behaviours.disable_input;
  node.secure = behaviours.secure;
  node.transfers = behaviours.xfer_to_agent;
  node.asset = link_asset(behaviours);
  if (!is_yaml() && draft_.next.value.contains(',')) {
    error(at(Column::next_nodes, draft_.next.at), "bad_number",
          "'" + std::string(trim(draft_.next.value)) + "' is not one node number",
          node.nlu_disabled ? "when NLU Disabled? is set, the node can only have one child"
                            : "write one number");
  } else {
    node.next = next();
  }
  const auto names = variables();
  if (names.size() > 1 && node.waits) {
    error(at(Column::variable, draft_.variables.at), "one_variable",
          "an answer goes into one variable", "keep one name");
  }
  if (!names.empty()) node.variable = names.front();
  node.returns = is_yaml() && !draft_.ends;
  node.ask = link_ask();
  if (!sound_) return node;  // what follows from it would only confuse
  link_hand_over(node);
  check_dialog(node, behaviours);
  return node;
}

void for_each_shown(const Draft& draft, const std::function<void(const Text&)>& visit) {
  const auto one = [&](const Text& text) {
    if (text.given()) visit(text);
  };
  const auto option = [&](const OptionDraft& choice) {
    for (const Text* text : {&choice.label, &choice.description, &choice.image, &choice.url}) {
      one(*text);
    }
  };
  for (const Text& text : draft.messages) one(text);
  if (draft.asset) {
    const AssetDraft& asset = *draft.asset;
    std::ranges::for_each(asset.options, option);
    for (const CardDraft& card : asset.cards) {
      one(card.title);
      one(card.description);
      std::ranges::for_each(card.buttons, option);
    }
    for (const Text* text :
         {&asset.url, &asset.label, &asset.cancel_label, &asset.close_message, &asset.prompt}) {
      one(*text);
    }
  }
  if (!draft.ask) return;
  std::ranges::for_each(draft.ask->retries, one);
  for (const ReminderDraft& reminder : draft.ask->reminders) one(reminder.text);
  one(draft.ask->why);
  one(draft.ask->subject);
}

}  // namespace millrace::flow
