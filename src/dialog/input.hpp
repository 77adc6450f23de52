// What can come in to a chat. Every input carries the moment at which it came.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "base/json.hpp"
#include "base/time.hpp"
#include "dialog/understood.hpp"

namespace millrace::dialog {

// `progress`: a call under way takes long. `limit`: it has taken too long. `queue`: no agent came.
enum class TimerKind { opening, silence, pause, progress, limit, queue };
struct Timer {
  TimerKind kind = TimerKind::opening;
  base::Timestamp due;
  bool operator==(const Timer&) const = default;
};

// The consumer opened the chat and the bot may begin.
struct Started {};
// The consumer said something. `starts` lets it begin a chat that was only opened.
struct Said {
  std::string input_id;
  std::string text;
  bool starts = false;
  // Where the consumer talks from now on; both "" when it is where the chat is already.
  std::string channel = {};
  std::string address = {};
  // What a model read in it, where the solution has one.
  std::optional<Understood> understood = {};
};
enum class CallEnd { returned, raised, timed_out, crashed, refused, unknown };
struct CallEnded {
  std::string key;
  CallEnd end = CallEnd::returned;
  json::object result;
  std::string message;
};
// The moment state.timer names has come.
struct TimerDue {
  Timer timer;
};
// A page that the chat runs in or has opened told of an event.
struct PageEvent {
  std::string name;
  json::object detail;
};
// The chat goes on with another program: a survey after the end, or a newer version of its own.
struct Adopted {
  enum class Why { survey, migrated, restarted };
  Why why = Why::survey;
};
struct EndRequested {
  std::string reason;
};
// Someone outside wants an agent to take the chat, wherever it stands.
struct AgentOffered {
  std::string skill;
};
struct AgentJoined {
  std::string agent;  // id
  std::string name;
};
struct AgentSaid {
  std::string input_id;
  std::string agent;
  std::string text;
};
// The bot has the chat again: at the node of that id, else behind the node that handed over, else
// at what stands open; where nothing does the chat ends.
struct AgentLeft {
  std::string agent;
  std::string to;  // "" = none
};
// Nobody will take the chat that waits.
struct NoAgent {};
// Somebody outside gives variables these values; the chat stays where it is.
struct Assigned {
  std::map<std::string, std::string> variables;
};

struct Input {
  base::Timestamp at;
  std::variant<Started, Said, CallEnded, TimerDue, PageEvent, Adopted, EndRequested, AgentOffered,
               AgentJoined, AgentSaid, AgentLeft, NoAgent, Assigned>
      what;
};

}  // namespace millrace::dialog
