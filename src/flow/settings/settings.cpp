#include <algorithm>

#include "flow/settings/settings_keys.hpp"
#include "flow/settings/settings_outside.hpp"
#include "flow/settings/settings_receivers.hpp"
#include "flow/settings/settings_sources.hpp"
#include "flow/settings/settings_theme.hpp"
#include "flow/settings/settings_visitors.hpp"
#include "flow/yaml.hpp"

namespace millrace::flow {
namespace {

bool is_locale_name(std::string_view text) {
  return !text.empty() && text.size() <= 35 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_opening(YamlFile& file, const YamlPair& opening, Program& program) {
  for (const YamlPair& pair : file.pairs(opening.value, "opening")) {
    if (pair.key != "wait_ms") {
      file.unknown_key(pair, names_of(opening_keys()));
    } else if (const auto wait_ms = file.integer(pair, 0, 60'000)) {
      program.opening_wait_ms = *wait_ms;
    }
  }
}

void read_time_zone(YamlFile& file, const YamlPair& pair, Program& program) {
  const auto zone = file.scalar(pair);
  if (!zone) return;
  if (base::is_time_zone(*zone)) {
    program.time_zone = *zone;
    return;
  }
  const std::string near = did_you_mean(*zone, base::time_zones());
  file.error(
      pair, "bad_time_zone", "'" + *zone + "' is not a time zone",
      near.empty() ? "write one such as Europe/Lisbon or UTC" : "did you mean '" + near + "'?");
}

void read_locales(YamlFile& file, const YamlPair& pair, std::vector<std::string>& locales) {
  for (std::string& locale : file.strings(pair)) {
    if (!is_locale_name(locale)) {
      file.error(pair, "bad_locale", "'" + locale + "' is not a locale",
                 "write it like en or pt-BR");
    } else if (std::ranges::find(locales, locale) == locales.end()) {
      locales.push_back(std::move(locale));
    }
  }
}

std::vector<Reminder> read_reminders(YamlFile& file, const YamlPair& list) {
  std::vector<Reminder> out;
  for (const YAML::Node& item : file.maps(list)) {
    Reminder reminder;
    for (const YamlPair& pair : file.pairs(item, "a reminder")) {
      if (pair.key != "after") {
        file.unknown_key(pair, names_of(silence_reminder_keys()));
      } else if (const auto after = file.duration(pair)) {
        reminder.after_ms = *after;
      }
    }
    if (reminder.after_ms > 0) {
      out.push_back(std::move(reminder));
    } else {
      file.error(item, "after", "key_missing", "a reminder needs 'after'", "write after: 5m");
    }
  }
  return out;
}

void read_silence(YamlFile& file, const YamlPair& silence, Program& program) {
  for (const YamlPair& pair : file.pairs(silence.value, "silence")) {
    if (pair.key == "reminders") {
      program.silence.reminders = read_reminders(file, pair);
    } else if (pair.key != "abandon_after") {
      file.unknown_key(pair, names_of(silence_keys()));
    } else if (const auto after = file.duration(pair)) {
      program.silence.abandon_after_ms = *after;
    }
  }
}

void read_asides(YamlFile& file, const YamlPair& asides, Program& program,
                 std::vector<AsideTarget>& targets) {
  for (const YamlPair& pair : file.pairs(asides.value, "asides")) {
    const auto command = ask::command_from(pair.key);
    if (!command) {
      file.unknown_key(pair, names_of(asides_keys()));
    } else if (pair.value.IsMap()) {
      for (const YamlPair& inner : file.pairs(pair.value, pair.key)) {
        if (inner.key != "to") {
          file.unknown_key(inner, names_of(asides_keys().front().section));
        } else if (const auto node = file.scalar(inner)) {
          targets.push_back({*command,
                             *node,
                             {.file = file.name(),
                              .line = inner.line,
                              .position = inner.position,
                              .column = "asides." + pair.key + ".to"}});
        }
      }
    } else if (const auto on = file.truth(pair); on && !*on) {
      program.asides.off.insert(*command);
    }
  }
}

void read_agents(YamlFile& file, const YamlPair& section, Program& program) {
  for (const YamlPair& pair : file.pairs(section.value, "agents")) {
    if (pair.key == "notify") {
      read_notify(file, pair, program);
    } else if (pair.key != "wait_limit") {
      file.unknown_key(pair, names_of(agents_keys()));
    } else if (const auto limit = file.duration(pair)) {
      program.agent_wait_limit_ms = *limit;
    }
  }
}

void read_retention(YamlFile& file, const YamlPair& section, Program& program) {
  Retention& kept = program.retention;
  const std::vector<std::pair<std::string, int*>> settings{{"transcripts", &kept.transcripts_days},
                                                           {"variables", &kept.variables_days},
                                                           {"traces", &kept.traces_days},
                                                           {"deliveries", &kept.deliveries_days}};
  bool says_variables = false;
  for (const YamlPair& pair : file.pairs(section.value, "retention")) {
    const auto setting =
        std::ranges::find(settings, pair.key, &std::pair<std::string, int*>::first);
    if (setting == settings.end()) {
      file.unknown_key(pair, names_of(retention_keys()));
    } else if (const auto days = file.integer(pair, 1, Retention::kDaysMax)) {
      *setting->second = static_cast<int>(*days);
      says_variables = says_variables || pair.key == "variables";
    }
  }
  if (!says_variables) kept.variables_days = std::max(kept.variables_days, kept.transcripts_days);
  if (kept.variables_days < kept.transcripts_days) {
    file.error(section, "retention_order",
               "variables are kept for " + std::to_string(kept.variables_days) +
                   " days and transcripts for " + std::to_string(kept.transcripts_days) +
                   ", but what people said holds what the variables do",
               "keep variables as long as transcripts, or longer");
  }
}

void read_interruptions(YamlFile& file, const YamlPair& section, Program& program) {
  for (const YamlPair& pair : file.pairs(section.value, "interruptions")) {
    if (pair.key != "max") {
      file.unknown_key(pair, names_of(interruptions_keys()));
    } else if (const auto max = file.integer(pair, 0, 20)) {
      program.interruptions_max = *max;
    }
  }
}

void read_understanding(YamlFile& file, const YamlPair& section, Program& program) {
  for (const YamlPair& pair : file.pairs(section.value, "nlu")) {
    if (pair.key == "model") {
      program.understanding.has_model = file.truth(pair).value_or(true);
    } else if (pair.key == "threshold") {
      program.understanding.threshold_permille = read_threshold(file, pair);
    } else {
      file.unknown_key(pair, names_of(understanding_keys()));
    }
  }
}

// The sections that need nothing but the program; false for any other.
bool read_section(YamlFile& file, const YamlPair& pair, Program& program) {
  using Read = void (*)(YamlFile&, const YamlPair&, Program&);
  static const std::pair<std::string_view, Read> kSections[] = {
      {"rest", read_rest},           {"identify", read_identify},
      {"uploads", read_uploads},     {"silence", read_silence},
      {"retention", read_retention}, {"interruptions", read_interruptions},
      {"nlu", read_understanding},   {"theme", read_theme},
      {"sources", read_sources}};
  const auto found = std::ranges::find(kSections, std::string_view(pair.key),
                                       &std::pair<std::string_view, Read>::first);
  if (found == std::end(kSections)) return false;
  found->second(file, pair, program);
  return true;
}

}  // namespace

std::vector<AsideTarget> read_settings(const Files& files, delivery::Kinds kinds,
                                       YamlMemory& memory, Program& program, Problems& problems) {
  std::vector<std::string> known = names_of(settings_keys());
  for (const delivery::Kind* kind : kinds) known.emplace_back(kind->section);
  std::string default_locale = "en";
  std::vector<std::string> locales;
  std::vector<AsideTarget> targets;
  std::optional<YamlPair> track;
  std::optional<YamlPair> agents;
  std::optional<YamlPair> engagement;
  std::optional<YamlPair> channels;
  assume_receivers(kinds, program);
  YamlFile file(std::string(kSettingsFile), problems, &memory);
  const auto found = files.find(std::string(kSettingsFile));
  const auto root = found == files.end() ? std::nullopt : file.parse(found->second);
  for (const YamlPair& pair : root ? file.pairs(*root, kSettingsFile) : std::vector<YamlPair>()) {
    if (pair.key == "name") {
      program.solution = file.scalar(pair).value_or(program.solution);
    } else if (pair.key == "survey") {
      program.survey = file.scalar(pair).value_or("");
    } else if (pair.key == "default_locale") {
      default_locale = file.scalar(pair).value_or(default_locale);
      if (!is_locale_name(default_locale)) {
        file.error(pair, "bad_locale", "'" + default_locale + "' is not a locale",
                   "write it like en or pt-BR");
      }
    } else if (pair.key == "time_zone") {
      read_time_zone(file, pair, program);
    } else if (pair.key == "locales") {
      read_locales(file, pair, locales);
    } else if (pair.key == "opening") {
      read_opening(file, pair, program);
    } else if (pair.key == "channels") {
      channels = pair;
    } else if (pair.key == "environment") {
      program.environment_variables = file.strings(pair);
    } else if (pair.key == "actions") {
      read_actions(file, pair, program);
    } else if (pair.key == "egress") {
      read_egress(file, pair, files, program);
    } else if (const auto* kind = kind_of_section(kinds, pair.key)) {
      read_receivers(file, pair, *kind, program);
    } else if (pair.key == "track") {
      track = pair;
    } else if (pair.key == "origins") {
      read_origins(file, pair, program);
    } else if (pair.key == "asides") {
      read_asides(file, pair, program, targets);
    } else if (pair.key == "agents") {
      agents = pair;
    } else if (pair.key == "engagement") {
      engagement = pair;
    } else if (!read_section(file, pair, program)) {
      file.unknown_key(pair, known);
    }
  }
  if (track) read_track(file, *track, program);
  if (agents) read_agents(file, *agents, program);
  if (engagement) read_engagement(file, *engagement, program);
  if (channels) read_channels(file, *channels, program);
  program.locales = {default_locale};
  for (std::string& locale : locales) {
    if (locale != default_locale) program.locales.push_back(std::move(locale));
  }
  return targets;
}

void link_asides(const std::vector<AsideTarget>& targets, Program& program, Problems& problems) {
  for (const AsideTarget& target : targets) {
    const auto found = program.by_id.find(target.node);
    if (found != program.by_id.end()) {
      program.asides.nodes[target.command] = found->second;
      continue;
    }
    std::vector<std::string> ids;
    for (const auto& [id, number] : program.by_id) ids.push_back(id);
    std::ranges::sort(ids);
    const std::string near = did_you_mean(target.node, ids);
    Problem problem = target.where;
    problem.code = "target_missing";
    problem.message = "there is no node '" + target.node + "'";
    problem.remedy =
        near.empty() ? "write a node's number, or flow.node" : "did you mean '" + near + "'?";
    problems.error(std::move(problem));
  }
}

Program declared_settings(const Files& files, delivery::Kinds kinds) {
  Problems problems;  // compile() files them again, for people to read
  Program program;
  YamlMemory memory;
  read_settings(files, kinds, memory, program, problems);
  return program;
}

std::vector<std::string> declared_environment(const Files& files) {
  return declared_settings(files).environment_variables;
}

}  // namespace millrace::flow
