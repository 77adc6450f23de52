#include "runtime/solutions.hpp"

#include <algorithm>

namespace millrace::runtime {

Solution make_solution(std::shared_ptr<const flow::Program> program) {
  Solution solution;
  solution.name = program->solution;
  solution.app_id = base::Id::derived("app", solution.name);
  solution.pype_id = base::Id::derived("pype", solution.name);
  solution.stream_id = base::Id::derived("stream", solution.name);
  solution.program = std::move(program);
  return solution;
}

void Solutions::add(Solution solution) {
  add_version(solution.program);
  solutions_.push_back(std::move(solution));
}

void Solutions::add_version(std::shared_ptr<const flow::Program> program) {
  std::string hash = program->hash;
  versions_.insert_or_assign(std::move(hash), std::move(program));
}

const Solution* Solutions::find(base::Id app_id) const {
  const auto found = std::ranges::find(solutions_, app_id, &Solution::app_id);
  return found == solutions_.end() ? nullptr : &*found;
}

const Solution* Solutions::fallback() const {
  return solutions_.empty() ? nullptr : &solutions_.front();
}

std::shared_ptr<const flow::Program> Solutions::version(std::string_view hash) const {
  const auto found = versions_.find(hash);
  return found == versions_.end() ? nullptr : found->second;
}

}  // namespace millrace::runtime
