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

// A record does not say its chat's solution, its version does: for chats whose turns are so new
// that the list of chats does not have them yet.
std::vector<std::string> versions_of(const Call& call, const std::string& solution);

// The moment that a parameter of that name says; invalid_argument.
base::Result<std::optional<base::Timestamp>> moment_of(const Call& call, std::string_view name);

// A place in a list of chats, as a cursor has it.
json::object cursor_of(const runtime::ChatFilter::After& place);
std::optional<runtime::ChatFilter::After> after_of(const json::object& cursor);

// The position of the last turn.
base::Result<int64_t> head_of(runtime::Archive& archive);

// The chat that `id` names, if the operation's right reaches it; else not_found.
base::Result<runtime::ChatEntry> permitted_chat(Call& call, runtime::Archive& archive,
                                                std::string_view id);

// Stands for what whoever asks may not read.
inline constexpr std::string_view kMasked = "[masked]";

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
