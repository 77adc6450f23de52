// Chats as an operator is shown them, for the files of this room only.
#pragma once

#include <set>
#include <string>

#include "api/operation.hpp"
#include "base/redact.hpp"
#include "dialog/dialog.hpp"
#include "runtime/archive.hpp"
#include "runtime/runtime.hpp"

namespace millrace::api {

// Its name; where a former build did not note it, that of its version; "" when nobody knows.
std::string solution_of(const runtime::Solutions& solutions, const runtime::ChatEntry& chat);

// The position of the last turn.
base::Result<int64_t> head_of(runtime::Archive& archive);

// The chat that `id` names, if the operation's right reaches it; else not_found.
base::Result<runtime::ChatEntry> permitted_chat(Call& call, runtime::Archive& archive,
                                                std::string_view id);

// Replaces what people have said. What a bot says shows what it was told: the values that the chat
// knows are taken out of it.
class Mask {
 public:
  explicit Mask(bool hides) : hides_(hides) {}
  // What was known once stays known: a bot may say what a variable was.
  void know(const dialog::State& state);
  json::object message(const runtime::ChatMessage& message) const;
  json::object state(const dialog::State& state) const;

 private:
  bool hides_;
  std::vector<base::Sensitive> values_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace millrace::api
