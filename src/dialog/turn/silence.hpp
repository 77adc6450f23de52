// What happens when the consumer says nothing: reminders, then the road drawn for it, then the end.
// For the files of this room only.
#pragma once

#include <vector>

#include "dialog/turn/draft.hpp"
#include "dialog/turn/voice.hpp"
#include "dialog/turn/walk.hpp"

namespace millrace::dialog {

class Silence {
 public:
  // All outlive it.
  Silence(Draft& draft, Voice& voice, Walk& walk) : draft_(draft), voice_(voice), walk_(walk) {}

  // Waits for the next moment of that question; not while the chat waits for something else.
  void arm(const flow::DialogNode& node);
  // The moment has come.
  void break_it();

 private:
  const std::vector<flow::Reminder>& reminders_of(const flow::DialogNode& node) const;
  State& state() { return draft_.state(); }

  Draft& draft_;
  Voice& voice_;
  Walk& walk_;
};

}  // namespace millrace::dialog
