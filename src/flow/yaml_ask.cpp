// The keys of a typed ask (docs/flows.md, "Asking").
#include <algorithm>

#include "flow/notation.hpp"
#include "flow/yaml_node.hpp"

namespace millrace::flow {
namespace {

const std::vector<std::string> kTypeNames{"text",   "email",  "phone",   "number", "date", "time",
                                          "choice", "yes_no", "address", "regex",  "file"};

TargetText target_of(const YamlPair& pair) {
  const YamlSpot spot = spot_of(pair.value);
  return {pair.value.IsScalar() ? pair.value.Scalar() : std::string(), spot.line, spot.position};
}

Localized localized(std::string_view text) {
  return {parse_template(text)};
}

}  // namespace

Ask& NodeReader::ask() {
  if (!yaml_.ask) yaml_.ask.emplace();
  return *yaml_.ask;
}

bool NodeReader::read_ask(const YamlPair& pair) {
  if (pair.key == "type") {
    const auto name = file_.scalar(pair);
    const auto type = name ? ask::type_from(*name) : std::nullopt;
    if (type) {
      ask().rules.type = *type;
      type_at_ = pair;
    } else if (name) {
      const std::string near = did_you_mean(*name, kTypeNames);
      file_.error(
          pair, "bad_type", "'" + *name + "' is not a type of answer",
          near.empty() ? "it is one of " + list_of(kTypeNames) : "did you mean '" + near + "'?");
    }
  } else if (pair.key == "retry") {
    for (const std::string& text : file_.texts(pair)) ask().retries.push_back(localized(text));
  } else if (pair.key == "max_tries") {
    ask().tries_max = file_.integer(pair, 1, 100).value_or(0);
  } else if (pair.key == "on_fail") {
    ask();
    yaml_.on_fail = target_of(pair);
  } else if (pair.key == "on_silence") {
    ask();
    yaml_.on_silence = target_of(pair);
  } else if (pair.key == "why") {
    if (const auto text = file_.scalar(pair)) ask().why = localized(*text);
  } else if (pair.key == "subject") {
    if (const auto text = file_.scalar(pair)) ask().subject = localized(*text);
  } else if (pair.key == "skip_when_known") {
    ask().skip_when_known = file_.truth(pair).value_or(false);
  } else if (pair.key == "reminders") {
    read_reminders(pair);
  } else if (pair.key == "choices") {
    ask();
    read_buttons(pair, "button");
  } else if (pair.key == "show") {
    read_show(pair);
  } else {
    return read_ask_rules(pair, ask().rules);
  }
  return true;
}

void NodeReader::read_show(const YamlPair& pair) {
  const std::pair<std::string_view, std::string_view> kinds[] = {{"buttons", "button"},
                                                                 {"list", "listpicker"},
                                                                 {"quick_replies", "quick_reply"},
                                                                 {"images", "imagebutton"},
                                                                 {"none", ""}};
  const auto text = file_.scalar(pair);
  const auto* found = std::ranges::find(kinds, text.value_or(""),
                                        &std::pair<std::string_view, std::string_view>::first);
  if (found != std::end(kinds)) {
    show_ = found->second;
  } else if (text) {
    file_.error(pair, "bad_value", "'" + *text + "' is not a way to show choices",
                "it is one of buttons, list, quick_replies, images and none");
  }
}

bool NodeReader::read_ask_rules(const YamlPair& pair, ask::Rules& rules) {
  const auto date = [&](std::optional<base::Date>& into) {
    const auto text = file_.scalar(pair);
    if (!text) return;
    into = base::parse_iso8601_date(*text);
    if (!into) file_.error(pair, "bad_date", "'" + *text + "' is not a day", "write 1900-01-31");
  };
  if (pair.key == "min") {
    rules.min = file_.number(pair);
  } else if (pair.key == "max") {
    rules.max = file_.number(pair);
  } else if (pair.key == "whole") {
    rules.whole = file_.truth(pair).value_or(false);
  } else if (pair.key == "earliest") {
    date(rules.earliest);
  } else if (pair.key == "latest") {
    date(rules.latest);
  } else if (pair.key == "not_future") {
    rules.not_future = file_.truth(pair).value_or(false);
  } else if (pair.key == "not_past") {
    rules.not_past = file_.truth(pair).value_or(false);
  } else if (pair.key == "region") {
    rules.region = file_.scalar(pair).value_or("");
  } else if (pair.key == "pattern") {
    rules.pattern = file_.scalar(pair).value_or("");
    if (const auto usable = ask::check_pattern(rules.pattern); !usable) {
      file_.error(pair, "bad_pattern", usable.error().message);
    }
  } else if (pair.key == "length_min") {
    rules.length_min = static_cast<size_t>(file_.integer(pair, 0, 4'096).value_or(1));
  } else if (pair.key == "length_max") {
    rules.length_max = static_cast<size_t>(file_.integer(pair, 1, 4'096).value_or(4'096));
  } else if (pair.key == "fuzzy") {
    rules.fuzzy = file_.integer(pair, 0, 5).value_or(2);
  } else {
    return false;
  }
  return true;
}

// reminders: [{after: 5m, say: Are you still there?}]
void NodeReader::read_reminders(const YamlPair& pair) {
  for (const YAML::Node& item : file_.maps(pair)) {
    Reminder reminder;
    for (const YamlPair& part : file_.pairs(item, "a reminder")) {
      if (part.key == "after") {
        reminder.after_ms = file_.duration(part).value_or(0);
      } else if (part.key != "say") {
        file_.unknown_key(part, {"after", "say"});
      } else if (const auto text = file_.scalar(part)) {
        reminder.text = localized(*text);
      }
    }
    if (reminder.after_ms > 0) {
      ask().reminders.push_back(std::move(reminder));
    } else {
      file_.error(item, "after", "key_missing", "a reminder needs 'after'", "write after: 5m");
    }
  }
}

// Choices become the node's rich asset, and what a choice ask accepts.
void NodeReader::finish_ask() {
  if (yaml_.ask) {
    ask::Rules& rules = yaml_.ask->rules;
    if (rules.type == ask::Type::choice && choices_.empty() && !choices_at_ &&
        draft_[Column::rich_asset_type].text.empty()) {
      file_.error(draft_.line, "choices", "key_missing", "a choice needs something to choose from",
                  "add choices: [...]");
    }
    if (rules.type == ask::Type::regex && rules.pattern.empty()) {
      file_.error(draft_.line, "pattern", "key_missing", "a regex ask needs its pattern",
                  "add pattern: ...");
    }
    if (rules.type == ask::Type::file && draft_[Column::rich_asset_type].text.empty()) {
      draft_[Column::rich_asset_type] = {"file_upload", draft_.line, 1};
      draft_[Column::rich_asset_content] = {R"({"type": "direct_post", "upload_label": "+"})",
                                            draft_.line, 1};
    }
    for (const Choice& choice : choices_) {
      ask::Choice accepted{choice.label, {choice.label}};
      accepted.labels.insert(accepted.labels.end(), choice.synonyms.begin(), choice.synonyms.end());
      rules.choices.push_back(std::move(accepted));
    }
  }
  if (choices_.empty() || !choices_at_) return;
  choices_lead_ = std::ranges::all_of(
      choices_, [](const Choice& choice) { return !choice.to.empty() || !choice.url.empty(); });
  if (show_.empty()) return;
  const bool as_pairs =
      show_ == "button" && std::ranges::all_of(choices_, [](const Choice& choice) {
        return !choice.to.empty() && !choice.label.contains('|') && choice.url.empty();
      });
  std::string content;
  json::array options;
  for (const Choice& choice : choices_) {
    yaml_.synonyms.push_back(choice.synonyms);
    const std::string icon = choice.icon.empty() ? "" : "<<" + choice.icon + ">> ";
    content += (content.empty() ? "" : "|") + icon + choice.label + "~" + choice.to;
    json::object option{{"label", choice.label}};
    const std::pair<std::string_view, const std::string*> fields[] = {
        {"description", &choice.description},
        {"image", &choice.image},
        {"url", &choice.url},
        {"icon", &choice.icon}};
    for (const auto& [key, text] : fields) {
      if (!text->empty()) option[key] = *text;
    }
    const auto number = parse_number(choice.to);
    if (number && show_ == "quick_reply") {
      option["dest"] = *number;
    } else if (!choice.to.empty()) {
      option["dest"] = choice.to;
    }
    options.push_back(std::move(option));
  }
  set(Column::rich_asset_type, show_, *choices_at_);
  set(Column::rich_asset_content,
      as_pairs ? content
               : spaced_json(json::object{{"type", "static"}, {"options", std::move(options)}}),
      *choices_at_);
}

}  // namespace millrace::flow
