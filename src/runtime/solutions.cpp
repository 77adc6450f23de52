#include "runtime/solutions.hpp"

#include <algorithm>
#include <mutex>

#include "base/enum_names.hpp"

namespace millrace::runtime {
namespace {

constexpr auto kPolicies = base::enum_names<OnLive>("policy", "pin", "migrate", "restart");

}  // namespace

std::string_view to_string(OnLive policy) {
  return kPolicies(policy);
}

base::Result<OnLive> on_live_from(std::string_view name) {
  if (const auto found = kPolicies.find(name)) return *found;
  return base::fail(base::Code::invalid_argument, "expected pin, migrate or restart");
}

base::Id app_id_of(std::string_view name) {
  return base::Id::derived("app", name);
}

Solution make_solution(std::shared_ptr<const flow::Program> program) {
  Solution solution;
  solution.name = program->solution;
  solution.app_id = app_id_of(solution.name);
  solution.pype_id = base::Id::derived("pype", solution.name);
  solution.stream_id = base::Id::derived("stream", solution.name);
  solution.program = std::move(program);
  return solution;
}

void Solutions::deploy(Solution solution) {
  add_version(solution.program, solution.reader);
  auto fresh = std::make_shared<const Solution>(std::move(solution));
  const std::unique_lock lock(mutex_);
  for (SolutionPtr& old : solutions_) {
    if (old->name == fresh->name) {
      old = std::move(fresh);
      return;
    }
  }
  solutions_.push_back(std::move(fresh));
}

void Solutions::add_version(std::shared_ptr<const flow::Program> program,
                            std::shared_ptr<const dialog::Reader> reader) {
  std::string hash = program->hash;
  const std::unique_lock lock(mutex_);
  if (reader) readers_.insert_or_assign(hash, std::move(reader));
  versions_.insert_or_assign(std::move(hash), std::move(program));
}

SolutionPtr Solutions::find(base::Id app_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = std::ranges::find(solutions_, app_id, &Solution::app_id);
  return found == solutions_.end() ? nullptr : *found;
}

SolutionPtr Solutions::named(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = std::ranges::find(solutions_, name, &Solution::name);
  return found == solutions_.end() ? nullptr : *found;
}

SolutionPtr Solutions::fallback() const {
  const std::shared_lock lock(mutex_);
  return solutions_.empty() ? nullptr : solutions_.front();
}

std::vector<SolutionPtr> Solutions::all() const {
  const std::shared_lock lock(mutex_);
  return solutions_;
}

std::shared_ptr<const flow::Program> Solutions::version(std::string_view hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = versions_.find(hash);
  return found == versions_.end() ? nullptr : found->second;
}

std::shared_ptr<const dialog::Reader> Solutions::reader(std::string_view hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = readers_.find(hash);
  return found == readers_.end() ? nullptr : found->second;
}

void Solutions::understand(const flow::Program& program, const dialog::State& state,
                           dialog::Input& input) const {
  auto* said = std::get_if<dialog::Said>(&input.what);
  if (said == nullptr) return;
  const auto model = reader(program.hash);
  said->understood = dialog::understand(program, state, said->text, input.at, model.get());
}

}  // namespace millrace::runtime
