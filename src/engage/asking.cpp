#include "engage/asking.hpp"

namespace millrace::engage {

std::optional<int> take_turn(base::Shares& shares, const Asker& asker, const Identity& identity,
                             size_t bytes) {
  return base::take_message(shares, {asker.network, asker.is_local, identity.consumer.as_bytes(),
                                     identity.app.as_bytes(), bytes});
}

std::optional<int> take_event(base::Shares& shares, const Identity& identity) {
  return shares.take(base::Share::consumer_events, identity.consumer.as_bytes(), 1);
}

std::vector<std::string> origins_of(const runtime::Solutions& solutions, base::Id app) {
  const runtime::SolutionPtr solution = solutions.find(app);
  return solution ? solution->program->origins : std::vector<std::string>();
}

}  // namespace millrace::engage
