#include "runtime/retirement.hpp"

#include "runtime/records/record.hpp"

namespace millrace::runtime {

base::Result<std::string> state_alone(const std::vector<JournalRecord>& tail,
                                      std::string_view key) {
  if (tail.empty()) return base::fail(base::Code::not_found, "there is no record");
  auto state = state_after(tail, key);
  if (!state) return std::unexpected(state.error());
  state->last_message.clear();
  state->held.clear();
  state->history.clear();
  state->again.clear();
  state->ahead.clear();
  state->candidates.clear();
  state->meant.clear();
  const auto last = read_record(tail.back());
  if (!last) return std::unexpected(last.error());
  return write_record(dialog::Turn{std::move(*state), 0, {}}, nullptr, last->at, key);
}

bool is_state_alone(std::string_view body) {
  const auto record = read_record(body);
  return record && record->kind == "open" && record->messages.empty();
}

}  // namespace millrace::runtime
