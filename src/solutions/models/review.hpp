// What a model was not sure of, or wrong about, in what people have said: for whoever makes
// examples of it. What was asked for securely is never among it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "dialog/understood.hpp"
#include "runtime/archive.hpp"

namespace millrace::solutions {

struct Reviewed {
  // corrected: of two intents that were close the person has picked one. rephrased: it was not
  // understood, and what was said next was. close: the person was asked and picked neither.
  // unsure: no intent was probable enough.
  enum class Why { corrected, rephrased, close, unsure };
  Why why = Why::unsure;
  base::Id chat;
  base::Timestamp at;
  std::string text;
  std::vector<dialog::Guess> guesses;
  std::string intent;  // that it has, as far as is known; of close and unsure the first guess
};
std::string_view to_string(Reviewed::Why why);

// Calls `each` with what is worth a look in the chats that are meant, the chats with the latest
// turn first, and the messages of a chat in their order. Texts that come again in a chat come once.
using EachReviewed = std::move_only_function<void(const Reviewed&)>;
base::Result<void> review(runtime::Archive& archive, const runtime::ChatFilter& filter,
                          EachReviewed each);
// The same of one chat.
base::Result<void> review_chat(runtime::Archive& archive, base::Id chat, EachReviewed& each);

}  // namespace millrace::solutions
