// A conversation that its author holds with a solution as it is written: said, waited, gone back,
// held again with what was changed, and written down as a test. Pure: time is only moved, no script
// runs, nothing leaves.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "trial/trial.hpp"

namespace millrace::trial {

inline constexpr size_t kTalkTurnsMax = 200;

// How the action that is awaited ends.
struct Answer {
  Stub stub;
};
using Move = std::variant<Start, Say, Wait, PageEvent, AgentDoes, Answer>;

struct TalkOptions {
  std::string locale;
  std::string channel;
  std::map<std::string, std::string> variables;  // set before the first move
  json::object user_data;
  base::Timestamp at;
  std::string from;  // the id of the node it begins at; "" = at the start
  // Actions that are answered by themselves: as `actions` says, otherwise on the first road. Else
  // each waits for its Answer.
  bool answers_itself = true;
  std::map<std::string, std::vector<Stub>> actions;
  // As a test has it: what the engine draws, it draws from this.
  std::string seed = "talk";
  // Reads what is said, where the solution has a model; null otherwise.
  std::shared_ptr<const dialog::Reader> reader = {};
};

struct TalkCall {
  std::string key;
  std::string command;
  json::object payload;
  json::object context;
  bool is_owed = false;        // a delivery rather than a script
  std::optional<Stub> answer;  // none while it is awaited, or when nobody waits for it
};
// "next", "option", "result", ...
std::string_view road_word(flow::RoadKind kind);
struct TalkRoad {
  std::string from;  // ids of nodes
  std::string to;
  std::string label;
  flow::RoadKind kind = flow::RoadKind::next;
};
// A move and all that came of it.
struct TalkTurn {
  int number = 0;  // 1, 2, 3, ...
  Move move;
  base::Timestamp at;  // when all of it was over
  std::vector<dialog::Message> said;
  std::vector<TalkRoad> roads;
  std::vector<TalkCall> calls;
  std::vector<dialog::Track> tracked;
  std::vector<std::string> remarks;  // what went wrong without ending it: "flow.node: ..."
  std::map<std::string, std::optional<std::string>> variables;  // changed ones; nullopt: gone
  std::string node;  // where it stands; "" before the first node
  dialog::State state;
};

struct TalkDifference {
  int turn = 0;
  TalkTurn before;
  TalkTurn after;
};

class Talk {
 public:
  using ProgramPtr = std::shared_ptr<const flow::Program>;
  // not_found: `from` is no node of the program.
  static base::Result<Talk> begin(ProgramPtr program, TalkOptions options);

  // failed_precondition: nothing is awaited, or something is; resource_exhausted: too many turns;
  // others as dialog::advance. The conversation is then as it was.
  base::Result<void> take(const Move& move);
  // Until the next timer comes due, or by nothing when none is set.
  Wait until_timer() const;

  const std::vector<TalkTurn>& turns() const { return turns_; }
  const flow::Program& program() const { return *program_; }
  const TalkOptions& options() const { return options_; }
  // The call that waits for its Answer; nullptr when none does.
  const TalkCall* awaited() const;

  // As it was after that turn; 0 = before the first. not_found: there was no such turn.
  base::Result<void> go_back(int turn);
  // The same moves on another program, as far as the same comes of them. The difference is the last
  // turn then; what cannot be said any more is an error.
  base::Result<std::optional<TalkDifference>> reload(ProgramPtr program);

  struct Wanted {
    std::string file;  // tests/NAME.test.yaml
    std::string name;
    bool buttons = true;
    bool variables = false;
    bool calls = false;
  };
  // As a test file that passes. failed_precondition: what is said cannot be told as a test.
  base::Result<std::string> test(const Wanted& wanted) const;

 private:
  Talk(ProgramPtr program, TalkOptions options)
      : program_(std::move(program)), options_(std::move(options)) {}
  base::Result<void> open();

  ProgramPtr program_;
  TalkOptions options_;
  dialog::State first_;
  std::vector<TalkTurn> turns_;
};

}  // namespace millrace::trial
