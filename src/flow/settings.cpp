#include <algorithm>

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
      file.unknown_key(pair, {"wait_ms"});
    } else if (const auto wait_ms = file.integer(pair, 0, 60'000)) {
      program.opening_wait_ms = *wait_ms;
    }
  }
}

void read_actions(YamlFile& file, const YamlPair& actions, Program& program) {
  for (const YamlPair& pair : file.pairs(actions.value, "actions")) {
    if (pair.key != "time_limit_ms") {
      file.unknown_key(pair, {"time_limit_ms"});
    } else if (const auto limit_ms = file.integer(pair, 100, 60'000)) {
      program.action_time_limit_ms = *limit_ms;
    }
  }
}

void read_locales(YamlFile& file, const YamlPair& pair, std::vector<std::string>& locales) {
  for (std::string& locale : file.strings(pair)) {
    if (!is_locale_name(locale)) {
      file.error(pair.line, pair.key, "bad_locale", "'" + locale + "' is not a locale",
                 "write it like en or pt-BR");
    } else if (std::ranges::find(locales, locale) == locales.end()) {
      locales.push_back(std::move(locale));
    }
  }
}

}  // namespace

void read_settings(const Files& files, Program& program, Problems& problems) {
  const std::vector<std::string> known{"name",    "default_locale", "locales",
                                       "opening", "environment",    "actions"};
  std::string default_locale = "en";
  std::vector<std::string> locales;
  YamlFile file(std::string(kSettingsFile), problems);
  const auto found = files.find(std::string(kSettingsFile));
  const auto root = found == files.end() ? std::nullopt : file.parse(found->second);
  if (root) {
    for (const YamlPair& pair : file.pairs(*root, kSettingsFile)) {
      if (pair.key == "name") {
        program.solution = file.scalar(pair).value_or(program.solution);
      } else if (pair.key == "default_locale") {
        default_locale = file.scalar(pair).value_or(default_locale);
        if (!is_locale_name(default_locale)) {
          file.error(pair.line, pair.key, "bad_locale", "'" + default_locale + "' is not a locale",
                     "write it like en or pt-BR");
        }
      } else if (pair.key == "locales") {
        read_locales(file, pair, locales);
      } else if (pair.key == "opening") {
        read_opening(file, pair, program);
      } else if (pair.key == "environment") {
        program.environment_variables = file.strings(pair);
      } else if (pair.key == "actions") {
        read_actions(file, pair, program);
      } else {
        file.unknown_key(pair, known);
      }
    }
  }
  program.locales = {default_locale};
  for (std::string& locale : locales) {
    if (locale != default_locale) program.locales.push_back(std::move(locale));
  }
}

std::vector<std::string> declared_environment(const Files& files) {
  Problems problems;  // compile() files them again, for people to read
  Program program;
  read_settings(files, program, problems);
  return program.environment_variables;
}

}  // namespace millrace::flow
