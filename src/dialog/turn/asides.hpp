// What people say beside the point, understood at every question without authoring: go back, change
// an earlier answer, cancel, start over, why do you ask, a person please. For the files of this
// room only.
#pragma once

#include <optional>
#include <string>

#include "dialog/turn/draft.hpp"
#include "dialog/turn/questions.hpp"
#include "dialog/turn/voice.hpp"
#include "dialog/turn/walk.hpp"

namespace millrace::dialog {

class Asides {
 public:
  // All outlive it.
  Asides(Draft& draft, Voice& voice, Walk& walk, Questions& questions)
      : draft_(draft), voice_(voice), walk_(walk), questions_(questions) {}

  // False when the text is none.
  bool take(const std::string& text);

 private:
  bool can_apply(const ask::Aside& aside);
  void go_back();
  void change(const ask::Aside& aside);
  std::optional<size_t> find_answered(const std::string& subject);
  void undo_from(size_t index);
  void cancel();
  void restart();
  void explain();
  const flow::Node* find_desk() const;
  void find_person();
  State& state() { return draft_.state(); }
  const flow::Program& program() const { return draft_.program(); }

  Draft& draft_;
  Voice& voice_;
  Walk& walk_;
  Questions& questions_;
};

}  // namespace millrace::dialog
