#include "runtime/lane/measures.hpp"

#include <algorithm>

namespace millrace::runtime {

void measure_turn(base::Meter* meter, std::string_view solution, const dialog::State& state,
                  bool is_end, base::Timestamp came, base::Timestamp now) {
  if (meter == nullptr) return;
  const int64_t took_ms = std::max<int64_t>(0, now.ms - came.ms);
  meter->observe("turn_seconds", {{"solution", solution}}, static_cast<double>(took_ms) / 1e3);
  if (state.turn == 1) meter->count("chats_started_total", {{"solution", solution}});
  if (!is_end) return;
  meter->count("chats_ended_total", {{"solution", solution}, {"reason", state.end_reason}});
}

}  // namespace millrace::runtime
