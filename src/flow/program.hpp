// The program of a conversation: its nodes and all that the solution's settings say. Immutable, and
// named by the hash of everything that it was made of.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "flow/node.hpp"
#include "nlu/entities/lexicon.hpp"

namespace millrace::flow {

// An intent and what people say for it. Where the solution has no model, a message matches when it
// says one of the utterances and little else; where it has one, when it says just that.
struct Intent {
  std::string name;
  std::vector<std::string> utterances;
};

// What people say beside the point, and whether the solution wants it understood.
struct Asides {
  std::set<ask::Command> off;
  std::vector<std::vector<ask::OwnPhrases>> own;  // by locale
  std::map<ask::Command, NodeNumber> nodes;       // where a command leads instead of the default
};

// How what a model understands is used (solution.yaml: nlu, and nlu/<locale>.yaml).
struct Understanding {
  bool has_model = true;       // where there are examples enough
  int threshold_permille = 0;  // of an intent that leads away; 0: the model's own
  // By flow: which of two intents goes first there when they are close.
  std::map<std::string, std::vector<std::string>, std::less<>> priorities;
};

struct Silence {
  std::vector<Reminder> reminders;  // where the ask has none of its own
  int64_t abandon_after_ms = 0;     // of silence, since the last reminder; 0: never
};

// What is done about a command that fails; solution.yaml: actions.commands.<Name>.
struct CommandSettings {
  int time_limit_ms = 0;  // 0: the solution's
  int attempts_max = 1;
  std::vector<std::string> retry;  // outcomes: timed_out, crashed, raised, refused
  int64_t backoff_base_ms = 200;
  int64_t backoff_cap_ms = 60'000;
  int concurrency_max = 0;  // 0: no bound
  int breaker_failures_percent = 50;
  int breaker_calls_min = 20;
  int64_t breaker_window_ms = 10'000;
  int64_t breaker_open_ms = 5'000;
};

// Somebody outside to whom turns can owe something.
struct Receiver {
  const delivery::Kind* kind = nullptr;
  // As solution.yaml has them, places to fill included: by environment (sandbox, live), or under ""
  // for every one.
  std::map<std::string, delivery::Settings, std::less<>> settings;
  bool resends_ambiguous = false;  // what may have arrived; otherwise it is held

  // nullptr when nothing is said for that environment.
  const delivery::Settings* in(std::string_view environment) const;
};

// How many days what people leave behind is kept (solution.yaml: retention).
struct Retention {
  static constexpr int kDaysMax = 36'500;
  static constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
  int transcripts_days = 365;  // after the last turn of a chat
  int variables_days = 365;    // after a person's last turn; not less than the transcripts
  int traces_days = 0;         // 0 = as the server keeps them (calls::TraceLimits)
  int deliveries_days = 7;     // of what has arrived, was refused or dropped
};

// What people may send as files (solution.yaml: uploads).
struct Uploads {
  static constexpr int kMegabytesMax = 25;
  int megabytes_max = 10;          // of one file; 0: nobody may send any
  std::vector<std::string> kinds;  // of upload_kinds(); empty: all
};
const std::vector<std::string>& upload_kinds();

// Where events come from (solution.yaml: sources).
struct EventSource {
  std::string name;
  std::string write_key;
  std::vector<std::string> origins;  // pages that may send with it; empty: all
  std::string addresses = "drop";    // of kept_addresses()
};
const std::vector<std::string>& kept_addresses();

struct Program {
  std::string hash;      // of everything the solution's files say; 32 hexadecimal digits
  std::string solution;  // its name
  std::string survey;    // name of the solution that follows when this one has ended; may be empty
  std::vector<std::string> locales;          // [0] is the default
  std::string time_zone;                     // of people whose own is not known; "" = UTC
  int64_t agent_wait_limit_ms = 5 * 60'000;  // how long a chat waits for an agent to take it
  Retention retention;
  int opening_wait_ms = 0;  // how long a started chat waits for the consumer to speak first
  int action_time_limit_ms = 10'000;
  int64_t action_progress_after_ms = 0;              // then the consumer is told; 0: never
  int64_t action_pending_limit_ms = 24 * 3'600'000;  // what a script left pending may take
  std::map<std::string, CommandSettings, std::less<>> commands;
  std::vector<std::string> egress_allowed;  // hosts that scripts may reach; ${env:NAME} allowed
  std::string egress_ca_file;               // of the solution's; trusted instead of the system's
  std::map<std::string, Receiver, std::less<>> receivers;  // by name: a kind's, or "kind:name"
  std::string track;       // the receiver of analytics events; "": they are only kept, for reports
  std::string hand_overs;  // the receiver that is told of them; "": nobody is
  // Channels whose messages are sent, and the receivers that have them.
  std::map<std::string, std::string, std::less<>> pushed;
  int interruptions_max = 4;          // questions left open by intents, one in the other
  std::vector<std::string> channels;  // whose limits are checked
  std::vector<std::string> environment_variables;  // names handed to the scripts
  std::vector<std::string> origins;  // pages of others that may talk to it: web::is_origin_pattern
  std::shared_ptr<const struct Theme> theme;  // flow/theme.hpp; nullptr: the page's own
  std::string rest_key;  // of the REST channel; holds ${secret:NAME}; "" = none
  NodeNumber start = kStartNode;
  std::unordered_map<NodeNumber, Node> nodes;
  std::unordered_map<std::string, NodeNumber> by_id;
  std::vector<std::vector<Intent>> intents;  // by locale
  // By locale: every utterance as base::squash() has it, and the place of its intent.
  std::vector<std::unordered_map<std::string, uint32_t>> utterances;
  std::map<std::string, NodeNumber, std::less<>> intent_nodes;
  Understanding understanding;
  nlu::Lexicon lexicon;  // words and patterns that are listed for slots
  Asides asides;
  Silence silence;
  std::map<std::string, Localized, std::less<>> texts;  // ask::stock_keys(), worded by the solution
  std::map<std::string, NodeNumber, std::less<>> asked;  // variable -> the typed ask that fills it
  std::set<NodeNumber> kept;    // nodes whose answer or result a later node asks for
  std::set<NodeNumber> broken;  // written, and too wrong to be read; empty in a sound program
  Uploads uploads;
  std::vector<EventSource> sources;
  // Proves whom a page says that its visitor is; holds ${secret:NAME}; "" = nobody can be proved.
  std::string identity_key;
  // Has the events of chats whose session asked for them at an address of its own; "": none may.
  std::string webhook_mode;

  const Node* find(NodeNumber number) const;
  // What Millrace says by itself: the solution's wording, else the stock text.
  const Template& text(std::string_view key, size_t locale) const;
  // The index of the best locale for a request such as "pt-BR" or "pt-PT,pt;q=0.9,en;q=0.8".
  size_t choose_locale(std::string_view requested) const;
};

}  // namespace millrace::flow
