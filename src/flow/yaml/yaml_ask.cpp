// The keys of a typed ask (docs/flows.md, "Typed asks").
#include <algorithm>

#include "ask/known.hpp"
#include "flow/yaml/yaml_node.hpp"

namespace millrace::flow {

namespace {

struct RuleOf {
  std::string_view key;
  ask::Type type;
  ask::Type other;  // or this one
};

// What each rule is about; what stands in no row goes with any type.
constexpr RuleOf kRules[] = {
    {"min", ask::Type::number, ask::Type::number},
    {"max", ask::Type::number, ask::Type::number},
    {"whole", ask::Type::number, ask::Type::number},
    {"earliest", ask::Type::date, ask::Type::date},
    {"latest", ask::Type::date, ask::Type::date},
    {"not_future", ask::Type::date, ask::Type::date},
    {"not_past", ask::Type::date, ask::Type::date},
    {"region", ask::Type::phone, ask::Type::phone},
    {"pattern", ask::Type::regex, ask::Type::regex},
    {"length_min", ask::Type::text, ask::Type::address},
    {"length_max", ask::Type::text, ask::Type::address},
    {"fuzzy", ask::Type::choice, ask::Type::choice},
};

}  // namespace

void NodeReader::warn_of_unused_rules(ask::Type type) {
  for (const auto& [key, place] : rules_given_) {
    const auto* rule = std::ranges::find(kRules, key, &RuleOf::key);
    if (rule == std::end(kRules) || rule->type == type || rule->other == type) continue;
    file_.problems().warning(problem_in(
        draft_, place, "rule_unused",
        "'" + key + "' says nothing about an answer of the type " + std::string(to_string(type)),
        "it is for type: " + std::string(to_string(rule->type))));
  }
}

AskDraft& NodeReader::ask() {
  if (!draft_.ask) draft_.ask.emplace();
  return *draft_.ask;
}

void NodeReader::read_type(const YamlPair& pair, const NodeKey&) {
  const auto name = file_.scalar(pair);
  const auto type = name ? ask::type_from(*name) : std::nullopt;
  if (type) {
    ask().rules.type = *type;
  } else if (name) {
    const std::string near = did_you_mean(*name, answer_types());
    file_.error(
        pair, "bad_type", "'" + *name + "' is not a type of answer",
        near.empty() ? "it is one of " + list_of(answer_types()) : "did you mean '" + near + "'?");
  }
}

void NodeReader::read_retry(const YamlPair& pair, const NodeKey& key) {
  ask().retries = file_.text_list(pair, key.name).value;
}

void NodeReader::read_number_rule(const YamlPair& pair, const NodeKey& key) {
  rules_given_.emplace_back(key.name, file_.place(pair, key.name));
  const bool is_min = key.name == "min";
  (is_min ? ask().rules.min : ask().rules.max) = file_.number(pair);
  if (is_min) ask().min_at = file_.place(pair.value, key.name);
}

void NodeReader::read_integer_rule(const YamlPair& pair, const NodeKey& key) {
  rules_given_.emplace_back(key.name, file_.place(pair, key.name));
  AskDraft& ask = this->ask();
  const auto given = file_.integer(pair, key.min, key.max);
  if (!given) return;
  if (key.name == "max_tries") {
    ask.tries_max = {*given, file_.place(pair.value, key.name)};
  } else if (key.name == "length_min") {
    ask.rules.length_min = static_cast<size_t>(*given);
  } else if (key.name == "length_max") {
    ask.rules.length_max = static_cast<size_t>(*given);
  } else {
    ask.rules.fuzzy = *given;
  }
}

void NodeReader::read_truth_rule(const YamlPair& pair, const NodeKey& key) {
  rules_given_.emplace_back(key.name, file_.place(pair, key.name));
  AskDraft& ask = this->ask();
  bool& into = key.name == "whole"        ? ask.rules.whole
               : key.name == "not_future" ? ask.rules.not_future
               : key.name == "not_past"   ? ask.rules.not_past
                                          : ask.skip_when_known;
  into = file_.truth(pair).value_or(false);
}

void NodeReader::read_day_rule(const YamlPair& pair, const NodeKey& key) {
  rules_given_.emplace_back(key.name, file_.place(pair, key.name));
  AskDraft& ask = this->ask();
  const auto text = file_.scalar(pair);
  if (!text) return;
  const bool is_earliest = key.name == "earliest";
  auto& into = is_earliest ? ask.rules.earliest : ask.rules.latest;
  into = base::parse_iso8601_date(*text);
  if (is_earliest) ask.earliest_at = file_.place(pair.value, key.name);
  if (!into) file_.error(pair, "bad_date", "'" + *text + "' is not a day", "write 1900-01-31");
}

void NodeReader::read_text_rule(const YamlPair& pair, const NodeKey& key) {
  rules_given_.emplace_back(key.name, file_.place(pair, key.name));
  AskDraft& ask = this->ask();
  const auto text = file_.scalar(pair);
  if (!text) return;
  if (key.name == "region") {
    ask.rules.region = *text;
    if (ask::is_phone_region(*text)) return;
    file_.error(pair, "bad_region", "'" + *text + "' is not a country",
                "write its two letters of ISO 3166, such as PT");
    return;
  }
  ask.rules.pattern = *text;
  if (const auto usable = ask::check_pattern(*text); !usable) {
    file_.error(pair, "bad_pattern", usable.error().message);
  }
}

void NodeReader::read_ask_text(const YamlPair& pair, const NodeKey& key) {
  AskDraft& ask = this->ask();
  Text& into = key.name == "why"       ? ask.why
               : key.name == "subject" ? ask.subject
               : key.name == "on_fail" ? ask.on_fail
                                       : ask.on_silence;
  into = file_.text(pair, key.name);
}

// reminders: [{after: 5m, say: Are you still there?}]
void NodeReader::read_reminders(const YamlPair& pair, const NodeKey& key) {
  for (const YAML::Node& item : file_.maps(pair)) {
    ReminderDraft reminder;
    for (const YamlPair& part : file_.pairs(item, "a reminder")) {
      if (part.key == "after") {
        reminder.after_ms = file_.duration(part).value_or(0);
      } else if (part.key == "say") {
        reminder.text = file_.text(part, key.name);
      } else {
        file_.unknown_key(part, names_of(reminder_keys()));
      }
    }
    if (reminder.after_ms > 0) {
      ask().reminders.push_back(std::move(reminder));
    } else {
      file_.error(item, "after", "key_missing", "a reminder needs 'after'", "write after: 5m");
    }
  }
}

void NodeReader::finish_ask() {
  if (!draft_.ask) return;
  ask::Rules& rules = draft_.ask->rules;
  warn_of_unused_rules(rules.type);
  if (rules.type == ask::Type::choice && choices_.empty() && !choices_at_.given() &&
      !draft_.asset) {
    file_.error(draft_.at.line, "choices", "key_missing", "a choice needs something to choose from",
                "add choices: [...]");
  }
  if (rules.type == ask::Type::regex && rules.pattern.empty()) {
    file_.error(draft_.at.line, "pattern", "key_missing", "a regex ask needs its pattern",
                "add pattern: ...");
  }
  if (rules.type == ask::Type::file && !draft_.asset) {
    draft_.asset.emplace();
    draft_.asset->kind = {"file_upload", draft_.at};
    draft_.asset->type = AssetType::file_upload;
    draft_.asset->label = {"+", draft_.at};
  }
  for (const OptionDraft& choice : choices_) {
    ask::Choice accepted{choice.label.value, {choice.label.value}};
    for (const Text& word : choice.synonyms) accepted.labels.push_back(word.value);
    rules.choices.push_back(std::move(accepted));
  }
}

}  // namespace millrace::flow
