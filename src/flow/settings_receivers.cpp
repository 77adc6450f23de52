#include "flow/settings_receivers.hpp"

#include <algorithm>

namespace millrace::flow {
namespace {

constexpr size_t kReceiversMax = 50;  // of one kind
constexpr size_t kValuesMax = 100;    // of one setting
constexpr size_t kNameMax = 40;
constexpr std::string_view kKeep = "keep";

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::vector<std::string> values_of(YamlFile& file, const YamlPair& pair,
                                   const delivery::SettingRule& rule) {
  if (!rule.may_be_several) return {file.scalar(pair).value_or("")};
  std::vector<std::string> values = file.texts(pair);
  if (values.size() > kValuesMax) {
    file.error(pair, "too_many", "'" + pair.key + "' has more than 100 values", "");
    values.resize(kValuesMax);
  }
  return values;
}

void read_setting(YamlFile& file, const YamlPair& pair, const delivery::SettingRule& rule,
                  delivery::Settings& into) {
  std::vector<std::string> values = values_of(file, pair, rule);
  for (const std::string& value : values) {
    if (!rule.is_secret || value.empty() || value.contains("${")) continue;
    file.error(pair, "secret_in_file", "a key does not belong into a file under version control",
               "write ${secret:NAME}, and keep it with `millrace secret set NAME`");
    break;
  }
  into[std::string(rule.name)] = std::move(values);
}

void read_receiver(YamlFile& file, const YamlPair& section, const delivery::Kind& kind,
                   delivery::Settings& into) {
  std::vector<std::string> known;
  for (const delivery::SettingRule& rule : kind.settings) known.emplace_back(rule.name);
  const auto pairs = file.pairs(section.value, section.key);
  for (const YamlPair& pair : pairs) {
    const auto rule = std::ranges::find(kind.settings, pair.key, &delivery::SettingRule::name);
    if (rule == kind.settings.end()) {
      file.unknown_key(pair, known);
    } else {
      read_setting(file, pair, *rule, into);
    }
  }
  if (kind.check == nullptr) return;
  for (delivery::Complaint& complaint : kind.check(into)) {
    const auto about = std::ranges::find(pairs, complaint.key, &YamlPair::key);
    file.error(about == pairs.end() ? section : *about, std::move(complaint.code),
               std::move(complaint.message), std::move(complaint.remedy));
  }
}

void read_ambiguous(YamlFile& file, const YamlPair& pair, Receiver& receiver) {
  const std::string policy = file.scalar(pair).value_or("hold");
  receiver.resends_ambiguous = policy == "resend";
  if (policy == "hold" || policy == "resend") return;
  file.error(pair, "bad_value", "ambiguous cannot be '" + policy + "'",
             "hold: what may have arrived waits for your decision; resend: it is sent again");
}

void read_named(YamlFile& file, const YamlPair& section, const delivery::Kind& kind,
                Program& program) {
  size_t count = 0;
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    if (!is_name(pair.key)) {
      file.error(pair, "bad_name", "'" + pair.key + "' is not a name for one of " + section.key,
                 "write small letters, digits, - and _, at most 40 of them");
    } else if (++count > kReceiversMax) {
      file.error(pair, "too_many", "more than 50 of " + section.key, "");
      return;
    } else {
      Receiver& receiver = program.receivers[std::string(kind.name) + ":" + pair.key];
      receiver.kind = &kind;
      read_receiver(file, pair, kind, receiver.settings[""]);
    }
  }
}

}  // namespace

void assume_receivers(delivery::Kinds kinds, Program& program) {
  for (const delivery::Kind* kind : kinds) {
    if (kind->is_named) continue;
    Receiver& receiver = program.receivers[std::string(kind->name)];
    receiver.kind = kind;
    for (const delivery::SettingRule& rule : kind->settings) {
      receiver.settings["sandbox"][std::string(rule.name)] = {std::string(rule.sandbox)};
      receiver.settings["live"][std::string(rule.name)] = {std::string(rule.live)};
    }
  }
}

const delivery::Kind* kind_of_section(delivery::Kinds kinds, std::string_view section) {
  const auto found = std::ranges::find(kinds, section, &delivery::Kind::section);
  return found == kinds.end() ? nullptr : *found;
}

void read_receivers(YamlFile& file, const YamlPair& section, const delivery::Kind& kind,
                    Program& program) {
  if (kind.is_named) return read_named(file, section, kind, program);
  Receiver& receiver = program.receivers[std::string(kind.name)];
  std::vector<std::string> known{"sandbox", "live"};
  if (kind.asks_ambiguous) known.emplace_back("ambiguous");
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    if (pair.key == "sandbox" || pair.key == "live") {
      read_receiver(file, pair, kind, receiver.settings[pair.key]);
    } else if (pair.key == "ambiguous" && kind.asks_ambiguous) {
      read_ambiguous(file, pair, receiver);
    } else {
      file.unknown_key(pair, known);
    }
  }
}

void read_track(YamlFile& file, const YamlPair& track, Program& program) {
  const std::string name = file.scalar(track).value_or(std::string(kKeep));
  if (name == kKeep) return;
  std::vector<std::string> known{std::string(kKeep)};
  for (const auto& [receiver, settings] : program.receivers) {
    if (settings.kind->track != nullptr) known.push_back(receiver);
  }
  if (std::ranges::find(known, name) != known.end()) {
    program.track = name;
    return;
  }
  const std::string near = did_you_mean(name, known);
  file.error(track, "unknown_receiver", "analytics events cannot go to '" + name + "'",
             near.empty() ? "it is one of " + list_of(known) : "did you mean '" + near + "'?");
}

}  // namespace millrace::flow
