// A kind of receiver, as everybody but the pipe knows it: what solution.yaml says of one, which
// commands of a flow owe it something, and who speaks its language. What a kind is made of stands
// in a folder of its own below; `app` lists the kinds there are. Pure functions and tables.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "delivery/settings.hpp"

namespace millrace::delivery {

class Codec;

// What is wrong with something that an author wrote under that key.
struct Complaint {
  std::string key;
  std::string code;  // stable, e.g. "parameter_value"
  std::string message;
  std::string remedy;  // may be empty
};

// The moment at which something is owed.
struct Occasion {
  std::string key;  // unique for ever; what else is owed then has a key that begins with it
  base::Id consumer;
  base::Id chat;
  base::Timestamp at;
};

struct Owed {
  std::string key;
  std::string kind;
  json::object body;
};
// In order; the one at `main` is what it is about, the others go with it.
struct Owing {
  std::vector<Owed> items;
  size_t main = 0;
};

// A command of a flow that owes something to receivers of a kind.
struct Command {
  std::string_view name;                  // "OrderSend"
  std::vector<std::string_view> outputs;  // keys it may be asked to answer under
  std::vector<std::string_view> takes;    // keys of its parameters
  std::vector<std::string_view> needs;    // those without which it cannot work
  // Of the parameters as they are written, places to fill included.
  std::vector<Complaint> (*check)(const json::object& parameters) = nullptr;
  // Of the parameters filled in. `known_as` is how the receiver knows the consumer, kept with the
  // chat and handed from one chat of the consumer to the next; null at first; brought up to date.
  Owing (*owe)(const Occasion& occasion, const json::object& parameters,
               json::value& known_as) = nullptr;
};

// An analytics event of a chat.
struct Event {
  std::string name;
  json::object properties;
};

// A key of solution.yaml about a receiver. Values may hold ${env:NAME} and ${secret:NAME}.
struct SettingRule {
  std::string_view name;
  bool is_secret = false;       // it has to come from somewhere else
  bool may_be_several = false;  // one text or a list
  // What it is in each environment when solution.yaml does not say.
  std::string_view sandbox;
  std::string_view live;
};

struct Kind {
  std::string_view name;     // what a receiver's name begins with: of "webhook:crm", "webhook"
  std::string_view title;    // as people call it
  std::string_view section;  // of solution.yaml
  // Several, under names that the author gives; else one for each environment.
  bool is_named = false;
  bool asks_ambiguous = false;  // the section says what is done about what may have arrived
  std::vector<SettingRule> settings;
  // Of the settings as written.
  std::vector<Complaint> (*check)(const Settings& settings) = nullptr;
  std::vector<Command> commands;
  // What an analytics event owes the receiver with these settings; nullopt: nothing.
  std::optional<Owed> (*track)(const Occasion& occasion, const Event& event,
                               const Settings& settings, json::value& known_as) = nullptr;
  // What the receiver is owed of something that happened in a chat: `type` is "message.said" or
  // "handover.STEP", `data` what docs/webhooks.md has of it; or "engagement.event", whose `data` is
  // {"url", "event"}: where it goes, and all that is sent. nullptr: it cannot be told.
  Owed (*tell)(const Occasion&, std::string_view type, json::object data) = nullptr;
  std::unique_ptr<Codec> (*speak)() = nullptr;
  // Whether what is owed may go to that address instead of the one that the settings have: it has
  // to lie below that one. nullptr: it cannot.
  bool (*takes_address)(const Settings& settings, std::string_view url) = nullptr;
};
using Kinds = std::span<const Kind* const>;

// nullptr when there is no such kind, or no such command of any.
const Kind* kind_of(Kinds kinds, std::string_view receiver);
struct KindCommand {
  const Kind* kind = nullptr;
  const Command* command = nullptr;
};
KindCommand command_of(Kinds kinds, std::string_view command);

}  // namespace millrace::delivery
