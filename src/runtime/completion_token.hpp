// The token with which an outside system completes a call that its script left pending: whose call
// it is, until when, and a signature over both. Whoever has it can complete that call and nothing
// else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/time.hpp"

namespace millrace::runtime {

struct Completion {
  base::Id consumer;
  base::Timestamp until;
  std::string call_key;
};

std::string make_completion_token(std::string_view key, const Completion& completion);
// nullopt when it is not ours. Whether it is still in time is for the caller to say.
std::optional<Completion> read_completion_token(std::string_view key, std::string_view token);

}  // namespace millrace::runtime
