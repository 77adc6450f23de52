#include "flow/settings/settings_receivers.hpp"

#include <algorithm>

#include "flow/capabilities.hpp"
#include "flow/settings/settings_keys.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kReceiversMax = 50;  // of one kind
constexpr size_t kValuesMax = 100;    // of one setting
constexpr size_t kNameMax = 40;
constexpr size_t kChannelsMax = 50;  // that are sent
constexpr std::string_view kKeep = "keep";
constexpr const char* kNameRemedy = "write small letters, digits, - and _, at most 40 of them";

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
    refuse_secret(file, pair);
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
                 kNameRemedy);
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

bool can_tell(const delivery::Kind& kind) {
  return kind.tell != nullptr;
}

// The name of one of the receivers that can have `what`; "", with a problem filed, when it is not.
std::string receiver_named(YamlFile& file, const YamlPair& pair, const Program& program,
                           bool (*can)(const delivery::Kind&), const std::string& what,
                           std::vector<std::string> known = {}) {
  const std::string name = file.scalar(pair).value_or("");
  for (const auto& [receiver, settings] : program.receivers) {
    if (!can(*settings.kind)) continue;
    if (receiver == name) return name;
    known.push_back(receiver);
  }
  const std::string near = did_you_mean(name, known);
  const std::string among = known.empty() ? "name one under webhooks: of solution.yaml"
                                          : "it is one of " + list_of(known);
  file.error(pair, "unknown_receiver", what + " cannot go to '" + name + "'",
             near.empty() ? among : "did you mean '" + near + "'?");
  return {};
}

void check_channel(YamlFile& file, const YamlPair& pair, const std::string& name,
                   Program& program) {
  if (find_channel(name) != nullptr) {
    program.channels.push_back(name);
    return;
  }
  std::vector<std::string> known;
  for (const Capabilities& channel : known_channels()) known.emplace_back(channel.name);
  const std::string near = did_you_mean(name, known);
  file.error(pair, "unknown_channel", "there is no channel '" + name + "'",
             near.empty() ? "known are " + list_of(known) : "did you mean '" + near + "'?");
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
  program.track = receiver_named(file, track, program,
                                 [](const delivery::Kind& kind) { return kind.track != nullptr; },
                                 "analytics events", {std::string(kKeep)});
}

void read_notify(YamlFile& file, const YamlPair& notify, Program& program) {
  program.hand_overs = receiver_named(file, notify, program, can_tell, "news of hand-overs");
}

void read_engagement(YamlFile& file, const YamlPair& engagement, Program& program) {
  for (const YamlPair& pair : file.pairs(engagement.value, "engagement")) {
    if (pair.key != "webhooks") {
      file.unknown_key(pair, names_of(engagement_keys()));
      continue;
    }
    program.webhook_mode = receiver_named(
        file, pair, program,
        [](const delivery::Kind& kind) { return kind.takes_address != nullptr; },
        "the events of chats");
  }
}

void read_channels(YamlFile& file, const YamlPair& channels, Program& program) {
  if (!channels.value.IsMap()) {
    for (const std::string& name : file.strings(channels)) {
      check_channel(file, channels, name, program);
    }
    return;
  }
  for (const YamlPair& pair : file.pairs(channels.value, "channels")) {
    if (pair.value.IsNull()) {
      check_channel(file, pair, pair.key, program);
    } else if (pair.key == "web" || pair.key == "rest") {
      file.error(pair, "channel_not_sent", "what is said on '" + pair.key + "' is not sent",
                 "the page hears it, and REST has it in its answer; leave the receiver out");
    } else if (!is_name(pair.key)) {
      file.error(pair, "bad_name", "'" + pair.key + "' is not a name for a channel", kNameRemedy);
    } else if (program.pushed.size() >= kChannelsMax) {
      file.error(pair, "too_many", "more than 50 channels", "");
      return;
    } else {
      if (find_channel(pair.key) != nullptr) program.channels.push_back(pair.key);
      program.pushed[pair.key] =
          receiver_named(file, pair, program, can_tell, "what is said on a channel");
    }
  }
}

}  // namespace millrace::flow
