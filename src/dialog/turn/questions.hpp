// The asking of questions: what an answer means (a choice, a value of the type asked for, an
// intent, nothing yet), what is asked again and given again. For the files of this room only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialog/turn/draft.hpp"
#include "dialog/turn/silence.hpp"
#include "dialog/turn/voice.hpp"
#include "dialog/turn/walk.hpp"

namespace millrace::dialog {

class Asides;

class Questions {
 public:
  // Whether a question is asked again when it has not been answered. What was said before the
  // question was seen does not call for that.
  enum class Repeat { no, yes };

  // All outlive it.
  Questions(Draft& draft, Voice& voice, Walk& walk, Silence& silence, Asides& asides)
      : draft_(draft), voice_(voice), walk_(walk), silence_(silence), asides_(asides) {}

  // The question has been shown, and the chat waits for an answer.
  void wait_at(const flow::DialogNode& node);
  // Shows the open question once more.
  void ask_again();
  // Whatever the consumer may have meant by it, the most certain first.
  void answer(const std::string& text, const std::optional<Understood>& understood, Repeat repeat);
  // The page that the question has opened was left.
  void leave_page();
  // An earlier answer, at whose question the chat stands, becomes this one.
  void change_to(const std::string& text);
  // Whether that could answer the question.
  bool could_answer(const flow::DialogNode& node, const std::string& text);
  // The open question takes whatever is said.
  bool takes_anything() const;
  // The open question has been shown, though answers wait to be given again behind it.
  void stands_open() { is_shown_ = true; }

  // After an earlier answer was changed, the answers behind it are given again, as long as the same
  // questions come; then what was answered before it was asked.
  void give_again();
  // What was said while a call ran.
  void take_up_held_messages();

 private:
  base::Date today(const flow::Ask& ask) const;
  // Each is true when the message has been dealt with.
  bool answer_ambiguous(const std::string& text);
  bool answer_by_choice(const flow::DialogNode& node, const std::string& text);
  bool answer_typed(const flow::DialogNode& node, const std::string& text, Repeat repeat);
  bool answer_meant(const std::string& text);
  bool interrupt(const std::string& text);
  bool interrupt_for(const std::string& intent);
  void ask_meant(const std::vector<std::string>& intents);
  bool answer_by_entity(const flow::DialogNode& node);
  // What else the message has is kept for the questions of that node's flow.
  void keep_ahead(flow::NodeNumber of);
  bool give_ahead();

  void accept(const flow::DialogNode& node, const std::string& text, const std::string& value,
              flow::RoadKind kind, size_t index, flow::NodeNumber target);
  void note_answer(const flow::DialogNode& node, const std::string& text, const std::string& value);
  void tell_of_change(const flow::DialogNode& node, const std::string& value);
  void not_understood(const flow::DialogNode& node, ask::Verdict verdict, Repeat repeat);
  void ask_which(std::vector<ask::Candidate> readings);
  State& state() { return draft_.state(); }
  const flow::Program& program() const { return draft_.program(); }

  Draft& draft_;
  Voice& voice_;
  Walk& walk_;
  Silence& silence_;
  Asides& asides_;
  bool changing_ = false;      // the next accepted answer replaces an earlier one
  bool giving_again_ = false;  // an answer of before, not what was said just now
  bool is_shown_ = false;      // as stands_open() says; until it is answered
  // What was read in the message that is being dealt with; null when nothing was.
  const Understood* understood_ = nullptr;
};

}  // namespace millrace::dialog
