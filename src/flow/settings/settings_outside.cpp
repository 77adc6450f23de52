#include "flow/settings/settings_outside.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/web/web_origin.hpp"
#include "flow/settings/settings_keys.hpp"

namespace millrace::flow {
namespace {

constexpr int kTimeLimitMin = 100;
constexpr int kTimeLimitMax = 60'000;
constexpr size_t kHostsMax = 200;
constexpr size_t kOriginsMax = 100;

void read_retry(YamlFile& file, const YamlPair& pair, CommandSettings& command) {
  const std::vector<std::string>& known = retried_outcomes();
  for (std::string& outcome : file.strings(pair)) {
    if (std::ranges::find(known, outcome) == known.end()) {
      const std::string near = did_you_mean(outcome, known);
      file.error(pair, "bad_outcome", "a call does not end as '" + outcome + "'",
                 near.empty() ? "it is one of " + list_of(known) : "did you mean '" + near + "'?");
    } else if (std::ranges::find(command.retry, outcome) == command.retry.end()) {
      command.retry.push_back(std::move(outcome));
    }
  }
}

void read_backoff(YamlFile& file, const YamlPair& section, CommandSettings& command) {
  for (const YamlPair& pair : file.pairs(section.value, "backoff")) {
    int64_t* const into = pair.key == "base"  ? &command.backoff_base_ms
                          : pair.key == "cap" ? &command.backoff_cap_ms
                                              : nullptr;
    if (into == nullptr) {
      file.unknown_key(pair, names_of(backoff_keys()));
    } else if (const auto duration = file.duration(pair)) {
      *into = *duration;
    }
  }
}

void read_breaker(YamlFile& file, const YamlPair& section, CommandSettings& command) {
  for (const YamlPair& pair : file.pairs(section.value, "breaker")) {
    if (pair.key == "failures_percent") {
      if (const auto percent = file.integer(pair, 1, 100)) {
        command.breaker_failures_percent = *percent;
      }
    } else if (pair.key == "calls_min") {
      if (const auto calls = file.integer(pair, 1, 1'000)) command.breaker_calls_min = *calls;
    } else if (pair.key == "window") {
      if (const auto window = file.duration(pair)) command.breaker_window_ms = *window;
    } else if (pair.key == "open") {
      if (const auto open = file.duration(pair)) command.breaker_open_ms = *open;
    } else {
      file.unknown_key(pair, names_of(breaker_keys()));
    }
  }
}

std::optional<int> time_limit(YamlFile& file, const YamlPair& pair) {
  const auto limit = file.duration(pair);
  if (!limit) return std::nullopt;
  if (*limit < kTimeLimitMin || *limit > kTimeLimitMax) {
    file.error(pair, "out_of_range", "a call may take from 100ms to 60s",
               "what takes longer returns {'pending': True} and is completed later");
    return std::nullopt;
  }
  return static_cast<int>(*limit);
}

CommandSettings read_command(YamlFile& file, const YamlPair& section) {
  CommandSettings command;
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    if (pair.key == "time_limit") {
      command.time_limit_ms = time_limit(file, pair).value_or(0);
    } else if (pair.key == "attempts") {
      command.attempts_max = file.integer(pair, 1, 20).value_or(1);
    } else if (pair.key == "retry") {
      read_retry(file, pair, command);
    } else if (pair.key == "backoff") {
      read_backoff(file, pair, command);
    } else if (pair.key == "concurrency") {
      command.concurrency_max = file.integer(pair, 1, 10'000).value_or(0);
    } else if (pair.key == "breaker") {
      read_breaker(file, pair, command);
    } else {
      file.unknown_key(pair, names_of(command_keys()));
    }
  }
  if (command.attempts_max > 1 && command.retry.empty()) {
    file.error(section, "retry_missing",
               "attempts is " + std::to_string(command.attempts_max) +
                   ", and nothing says which outcomes are tried again",
               "write retry: [raised], or some of timed_out, crashed, raised, refused");
  }
  return command;
}

bool is_host_rule(std::string_view text) {
  if (text == "*" || text.starts_with("*:")) text = text.substr(1);
  if (text.empty()) return true;  // any public host
  if (text.ends_with(":*")) text.remove_suffix(2);
  if (text.empty()) return true;
  if (text.starts_with("${env:") && text.ends_with("}") && text.size() > 7) return true;
  if (text.starts_with("*.")) text.remove_prefix(2);
  return !text.empty() && text.size() <= 260 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == ':' || c == '[' || c == ']';
  });
}

void read_allowed(YamlFile& file, const YamlPair& pair, Program& program) {
  for (std::string& host : file.strings(pair)) {
    if (!is_host_rule(host)) {
      file.error(pair, "bad_host", "'" + host + "' is not a host",
                 "write api.example.com, *.example.com, api.example.com:8443, or "
                 "${env:NAME} for the host of the address in that variable");
    } else if (program.egress_allowed.size() >= kHostsMax) {
      file.error(pair, "too_many", "more than 200 hosts",
                 "a pattern such as *.example.com "
                 "stands for many");
      return;
    } else {
      program.egress_allowed.push_back(std::move(host));
    }
  }
}

}  // namespace

void read_actions(YamlFile& file, const YamlPair& actions, Program& program) {
  for (const YamlPair& pair : file.pairs(actions.value, "actions")) {
    if (pair.key == "time_limit_ms") {
      if (const auto limit_ms = file.integer(pair, kTimeLimitMin, kTimeLimitMax)) {
        program.action_time_limit_ms = *limit_ms;
      }
    } else if (pair.key == "time_limit") {
      program.action_time_limit_ms = time_limit(file, pair).value_or(program.action_time_limit_ms);
    } else if (pair.key == "progress_after") {
      program.action_progress_after_ms = file.duration(pair).value_or(0);
    } else if (pair.key == "pending_limit") {
      program.action_pending_limit_ms =
          file.duration(pair).value_or(program.action_pending_limit_ms);
    } else if (pair.key == "commands") {
      for (const YamlPair& command : file.pairs(pair.value, "commands")) {
        program.commands[command.key] = read_command(file, command);
      }
    } else {
      file.unknown_key(pair, names_of(actions_keys()));
    }
  }
}

void check_commands(const Program& program, const AppFacts& facts, Problems& problems) {
  for (const auto& [name, settings] : program.commands) {
    const auto warn = [&](std::string code, std::string message, std::string remedy) {
      problems.warning({.file = std::string(kSettingsFile),
                        .column = "actions.commands." + name,
                        .code = std::move(code),
                        .message = std::move(message),
                        .remedy = std::move(remedy)});
    };
    if (!facts.scripts.contains(name)) {
      const std::string near = did_you_mean(name, {facts.scripts.begin(), facts.scripts.end()});
      warn("command_unknown", "there is no script '" + name + "'",
           near.empty() ? "" : "did you mean " + near + "?");
      continue;
    }
    const bool tries_what_may_have_happened =
        settings.attempts_max > 1 && std::ranges::any_of(settings.retry, [](const auto& outcome) {
          return outcome != "refused";
        });
    if (tries_what_may_have_happened && !facts.repeatable.contains(name)) {
      warn("not_repeatable",
           name +
               " is to be tried again, and does not say that it may be: such an attempt ends as "
               "`unknown`",
           "look before you act when context['uncertain'] is set, and write repeatable = True in "
           "the class");
    }
  }
}

void read_egress(YamlFile& file, const YamlPair& egress, const Files& files, Program& program) {
  for (const YamlPair& pair : file.pairs(egress.value, "egress")) {
    if (pair.key == "allow") {
      read_allowed(file, pair, program);
    } else if (pair.key == "ca_file") {
      program.egress_ca_file = file.scalar(pair).value_or("");
      if (!program.egress_ca_file.empty() && !files.contains(program.egress_ca_file)) {
        file.error(pair, "file_missing", "there is no " + program.egress_ca_file,
                   "keep the certificates (PEM) under certs/, and name that file");
      } else if (!program.egress_ca_file.empty() && !is_part_of_version(program.egress_ca_file)) {
        file.error(pair, "bad_place", "certificates belong under certs/",
                   "move the file to certs/NAME.pem");
      }
    } else {
      file.unknown_key(pair, names_of(egress_keys()));
    }
  }
}

std::vector<std::string> read_origin_list(YamlFile& file, const YamlPair& origins) {
  std::vector<std::string> out;
  for (std::string& origin : file.strings(origins)) {
    if (!web::is_origin_pattern(origin)) {
      file.error(origins, "bad_origin", "'" + origin + "' is not an origin",
                 "write https://brand.example, https://*.brand.example, or \"*\" for every page");
    } else if (out.size() >= kOriginsMax) {
      file.error(origins, "too_many", "more than 100 origins",
                 "a pattern such as https://*.brand.example stands for many");
      return out;
    } else {
      out.push_back(std::move(origin));
    }
  }
  return out;
}

void read_origins(YamlFile& file, const YamlPair& origins, Program& program) {
  program.origins = read_origin_list(file, origins);
}

void read_rest(YamlFile& file, const YamlPair& rest, Program& program) {
  for (const YamlPair& pair : file.pairs(rest.value, "rest")) {
    if (pair.key != "key") {
      file.unknown_key(pair, names_of(rest_keys()));
      continue;
    }
    program.rest_key = file.scalar(pair).value_or("");
    if (!program.rest_key.contains("${")) refuse_secret(file, pair);
  }
}

}  // namespace millrace::flow
