// Rich assets and typed asks of a model: the parts of draft_writer's nodes.
#include <algorithm>
#include <charconv>

#include "base/time.hpp"
#include "flow/notation.hpp"
#include "flow/yaml/draft_writer.hpp"
#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {
namespace {

std::string number_text(double number) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  return error == std::errc() ? std::string(buffer, end) : "0";
}

class AssetDraftWriter : DraftLines {
 public:
  AssetDraftWriter(const Draft& draft, size_t indent) : DraftLines(indent), draft_(draft) {}

  std::string run() {
    write(*draft_.asset);
    return std::move(out_);
  }

 private:
  void write(const AssetDraft& asset) {
    if (draft_.cells && draft_.cells->has(Column::rich_asset_content)) {
      head("asset");
      out_ += std::string(indent_ + 2, ' ') + "kind: " + yaml_inline(asset.kind.value) + "\n";
      out_ += std::string(indent_ + 2, ' ') + "content: " +
              yaml_scalar((*draft_.cells)[Column::rich_asset_content].text, indent_ + 2, true) +
              "\n";
    } else if (asset.fields) {
      head("asset");
      out_ += std::string(indent_ + 2, ' ') + "kind: " + yaml_inline(asset.kind.value) + "\n";
      for (const auto& member : json_of(*asset.fields).as_object()) {
        out_ += std::string(indent_ + 2, ' ') + yaml_inline(member.key()) + ": " +
                yaml_value(member.value()) + "\n";
      }
    } else if (!asset.options.empty()) {
      head(draft_.ask ? "choices" : "buttons");
      for (const OptionDraft& each : asset.options) item(option(each));
      const auto shown = std::ranges::find(show_words(), asset.kind.value, &ShowWord::asset);
      if (draft_.ask && asset.kind.value != "button" && shown != show_words().end()) {
        line("show", std::string(shown->word));
      }
    }
  }

  static std::string option(const OptionDraft& option) {
    std::string out = "{label: " + yaml_inline(option.label.value);
    const std::pair<std::string_view, const Text*> fields[] = {
        {"to", &option.node},
        {"icon", &option.icon},
        {"url", &option.url},
        {"image", &option.image},
        {"description", &option.description}};
    for (const auto& [key, text] : fields) {
      if (text->given()) out += ", " + std::string(key) + ": " + yaml_inline(text->value);
    }
    if (!option.synonyms.empty()) out += ", synonyms: " + inlined(option.synonyms);
    return out + "}";
  }

  const Draft& draft_;
};

class AskDraftWriter : DraftLines {
 public:
  AskDraftWriter(const Draft& draft, size_t indent) : DraftLines(indent), draft_(draft) {}

  std::string run() {
    write_ask(*draft_.ask);
    return std::move(out_);
  }

 private:
  // What nobody sees is chosen from words alone.
  void write_hidden_choices(const ask::Rules& rules) {
    if (draft_.asset || rules.choices.empty()) return;
    head("choices");
    for (const ask::Choice& choice : rules.choices) {
      std::vector<Text> synonyms;
      for (size_t i = 1; i < choice.labels.size(); ++i) synonyms.push_back({choice.labels[i], {}});
      item("{label: " + yaml_inline(choice.value) +
           (synonyms.empty() ? "" : ", synonyms: " + inlined(synonyms)) + "}");
    }
    line("show", "none");
  }

  void write_ask(const AskDraft& ask) {
    const ask::Rules& rules = ask.rules;
    line("type", std::string(to_string(rules.type)));
    write_hidden_choices(rules);
    if (!ask.retries.empty()) texts("retry", ask.retries);
    if (ask.tries_max.given()) line("max_tries", std::to_string(ask.tries_max.value));
    text("on_fail", ask.on_fail);
    text("why", ask.why);
    text("subject", ask.subject);
    if (!ask.reminders.empty()) head("reminders");
    for (const ReminderDraft& each : ask.reminders) {
      item("{after: " + duration_in_yaml(each.after_ms) +
           (each.text.given() ? ", say: " + yaml_inline(each.text.value) : "") + "}");
    }
    text("on_silence", ask.on_silence);
    if (ask.skip_when_known) line("skip_when_known", "true");
    write_rules(rules);
  }

  void write_rules(const ask::Rules& rules) {
    const ask::Rules usual;
    if (rules.min) line("min", number_text(*rules.min));
    if (rules.max) line("max", number_text(*rules.max));
    if (rules.whole) line("whole", "true");
    if (rules.earliest) line("earliest", base::to_iso8601(*rules.earliest));
    if (rules.latest) line("latest", base::to_iso8601(*rules.latest));
    if (rules.not_future) line("not_future", "true");
    if (rules.not_past) line("not_past", "true");
    if (!rules.region.empty()) line("region", yaml_inline(rules.region));
    if (!rules.pattern.empty()) line("pattern", yaml_scalar(rules.pattern, indent_));
    if (rules.length_min != usual.length_min) {
      line("length_min", std::to_string(rules.length_min));
    }
    if (rules.length_max != usual.length_max) {
      line("length_max", std::to_string(rules.length_max));
    }
    if (rules.fuzzy != usual.fuzzy) line("fuzzy", std::to_string(rules.fuzzy));
  }

  const Draft& draft_;
};

}  // namespace

std::string duration_in_yaml(int64_t ms) {
  constexpr std::pair<int64_t, std::string_view> kUnits[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}};
  for (const auto& [unit, name] : kUnits) {
    if (ms % unit == 0) return std::to_string(ms / unit) + std::string(name);
  }
  return std::to_string(ms) + "ms";
}

std::string asset_from_model(const Draft& draft, size_t indent) {
  return draft.asset ? AssetDraftWriter(draft, indent).run() : std::string();
}

std::string ask_from_model(const Draft& draft, size_t indent) {
  return draft.ask ? AskDraftWriter(draft, indent).run() : std::string();
}

}  // namespace millrace::flow
