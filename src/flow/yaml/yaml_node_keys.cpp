// The table of the keys of a node: name, shape, what it says, and what reads it.
#include "flow/yaml/yaml_node.hpp"

namespace millrace::flow {
namespace {

using R = NodeReader;
using D = Draft;

}  // namespace

constinit const NodeReader::NodeKey NodeReader::kKeys[] = {
    {{"say", Shape::texts,
      "Shown, and the flow goes on; several are wordings of which one is said"},
     &R::read_say},
    {{"ask", Shape::texts, "Shown, and the consumer's answer is awaited"}, &R::read_ask},
    {{"do", Shape::text, "A class of action_nodes/, or a built-in command"}, &R::read_do},
    {{"if", Shape::cases, "The first case that holds is taken, else the last"}, &R::read_if},
    {{"set", Shape::assignments, "Variables and their texts, or '= expression'"}, &R::read_set},
    {{"call", Shape::node, "Another flow, which returns here"}, &R::read_call},
    {{"return", Shape::always,
      "Back to the flow that called, or to the question that was interrupted"},
     &R::read_return},
    {{"wait", Shape::duration, "Time that passes before the next node"}, &R::read_wait},
    {{"form", Shape::form, "Asks in a row, each into its variable"}, &R::read_form},
    {{"name", Shape::text, "For people: Node Name"}, &R::read_text, &D::name},
    {{"description", Shape::text, "A note for authors"}, &R::read_text, &D::description},
    {{"comment", Shape::text, "A note on an action: its Message cell"}, &R::read_text, &D::comment},
    {{"intent", Shape::text, "An intent that leads here"}, &R::read_text, &D::intent},
    {{"entity", Shape::text,
      "What of a message answers this: a slot of nlu/, or date, number, ..."},
     &R::read_text,
     &D::entity},
    {{"entity_type", Shape::text, "Kept; no effect"}, &R::read_text, &D::entity_type},
    {{"nlu", Shape::truth, "false: what is said here never leads away"}, &R::read_nlu},
    {{"nlu_threshold", Shape::number, "How probable an intent has to be to lead away, 0 to 1"},
     &R::read_nlu_threshold},
    {{"next", Shape::node, "What follows; without it the node behind"}, &R::read_next},
    {{"end", Shape::truth, "true: the chat ends here"}, &R::read_end},
    {{"behaviours", Shape::behaviours, "Published behaviours"}, &R::read_behaviours},
    {{"css", Shape::text, "Class on the message"}, &R::read_text, &D::css},
    {{"tags", Shape::texts, "Node Tags"}, &R::read_list, nullptr, &D::tags},
    {{"skill", Shape::text, "Skill Tag"}, &R::read_text, &D::skill},
    {{"platform", Shape::text, "Kept; no effect"}, &R::read_text, &D::platform},
    {{"flows", Shape::texts, "Analytics tags"}, &R::read_list, nullptr, &D::flows},
    {{"event", Shape::object, "The Event column"}, &R::read_event},
    {{"was", Shape::text, "The id this node had in an earlier version"}, &R::read_text, &D::was},
    {{"cells", Shape::cells, "Cells of the CSV format, as they are"}, &R::read_raw_cells},
    {{"variable", Shape::variable, "Receives the answer"}, &R::read_variable},
    {{"variables", Shape::variables, "What an action reads or sets"}, &R::read_variable},
    {{"buttons", Shape::buttons, "Buttons: labels, {Label: node}, or maps"}, &R::read_buttons},
    {{"asset", Shape::asset, "Any rich asset, with the fields of the published format"},
     &R::read_asset},
    {{"secure", Shape::truth, "The answer is masked and never kept in clear"}, &R::read_secure},
    {{"with", Shape::object, "Parameter Input"}, &R::read_with},
    {{"inputs", Shape::nodes, "payload key: node whose answer or result it gets"}, &R::read_inputs},
    {{"outputs", Shape::texts, "Keys the action returns"}, &R::read_list, nullptr, &D::outputs},
    {{"decide", Shape::text, "The output that decides the road"}, &R::read_text, &D::decide},
    {{"on", Shape::nodes,
      "Where an action's result leads; of a node that hands over, where unavailable and timeout "
      "lead"},
     &R::read_on},
    {{"type", Shape::type, "What is asked for"}, &R::read_type},
    {{"choices", Shape::choices, "What to choose from"}, &R::read_choices},
    {{"show", Shape::show, "How choices are shown"}, &R::read_show},
    {{"retry", Shape::texts, "Said when the answer was not understood, by attempt"},
     &R::read_retry},
    {{"max_tries", Shape::integer, "Then on_fail", 1, 100}, &R::read_integer_rule},
    {{"on_fail", Shape::node, "After max_tries"}, &R::read_ask_text},
    {{"why", Shape::text, "Answers 'why do you ask?'"}, &R::read_ask_text},
    {{"subject", Shape::text, "What is asked for, in a consumer's words: 'change my …'"},
     &R::read_ask_text},
    {{"reminders", Shape::reminders, "Said while the consumer is silent"}, &R::read_reminders},
    {{"on_silence", Shape::node, "After the last reminder"}, &R::read_ask_text},
    {{"skip_when_known", Shape::truth, "Not asked when its variable has a value"},
     &R::read_truth_rule},
    {{"min", Shape::number, "Least number"}, &R::read_number_rule},
    {{"max", Shape::number, "Greatest number"}, &R::read_number_rule},
    {{"whole", Shape::truth, "No fraction"}, &R::read_truth_rule},
    {{"earliest", Shape::day, "First day, 1900-01-31"}, &R::read_day_rule},
    {{"latest", Shape::day, "Last day"}, &R::read_day_rule},
    {{"not_future", Shape::truth, "Not after today"}, &R::read_truth_rule},
    {{"not_past", Shape::truth, "Not before today"}, &R::read_truth_rule},
    {{"region", Shape::text, "Of telephone numbers: PT, US"}, &R::read_text_rule},
    {{"pattern", Shape::text, "A regular expression the whole answer must match"},
     &R::read_text_rule},
    {{"length_min", Shape::integer, "Characters", 0, 4'096}, &R::read_integer_rule},
    {{"length_max", Shape::integer, "Characters", 1, 4'096}, &R::read_integer_rule},
    {{"fuzzy", Shape::integer, "Typing mistakes tolerated in a choice", 0, 5},
     &R::read_integer_rule},
};

std::span<const NodeReader::NodeKey> NodeReader::keys() {
  return kKeys;
}

std::vector<Key> node_keys() {
  std::vector<Key> keys;
  for (const Key& key : NodeReader::keys()) keys.push_back(key);
  return keys;
}

}  // namespace millrace::flow
