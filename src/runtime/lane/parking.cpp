// Chats whose turn the engine could not take, through a fault of its own: each is left as it was,
// listed, and tried again when another version is served, or by the next run.
#include "runtime/lane/lane.hpp"

namespace millrace::runtime {
namespace {

using base::Code;

// Listed and left alone, over one lane's chats; those beyond are tried again with every input.
constexpr size_t kParkedMax = 10'000;

const base::Error kFault{
    Code::internal, "the server met a fault of its own in this conversation", {}};

}  // namespace

base::Error Runtime::Lane::engine_failed(const flow::Program& program, std::string what) {
  log_failure(program.solution, "the engine failed in a turn",
              {Code::internal, std::move(what), {}});
  return kFault;
}

base::Error Runtime::Lane::park(Consumer& consumer, const flow::Program& program,
                                std::string what) {
  const dialog::State& state = *consumer.chat;
  if (ports_.meter != nullptr) {
    ports_.meter->count("chats_parked_total", {{"solution", program.solution}});
  }
  const flow::Node* node = program.find(state.node);
  ParkedChat chat{consumer.id,   state.chat.to_string(),          program.solution,
                  state.program, node == nullptr ? "" : node->id, std::move(what),
                  now()};
  log_failure(chat.chat_id, "parked at node '" + chat.node + "' of " + chat.solution,
              {Code::internal, chat.what, {}});
  // What they wait for does not come.
  for (Waiter& waiter : consumer.waiters) {
    tell(std::move(waiter.done), base::Result<Answer>(std::unexpected(kFault)));
  }
  consumer.waiters.clear();
  if (parked_.size() < kParkedMax || parked_.contains(consumer.id)) {
    ports_.journal.park(chat);
    keep_parked(std::move(chat), deployed_of(program.solution));
  }
  return kFault;
}

void Runtime::Lane::keep_parked(ParkedChat chat, std::optional<std::string> deployed) {
  const base::Id consumer = chat.consumer;
  parked_.insert_or_assign(consumer, Parked{std::move(chat), std::move(deployed)});
  parked_count_.store(parked_.size(), std::memory_order_relaxed);
}

bool Runtime::Lane::is_parked(base::Id consumer) const {
  const auto found = parked_.find(consumer);
  return found != parked_.end() &&
         found->second.deployed == deployed_of(found->second.chat.solution);
}

void Runtime::Lane::unpark(base::Id consumer) {
  if (parked_.empty() || parked_.erase(consumer) == 0) return;
  parked_count_.store(parked_.size(), std::memory_order_relaxed);
}

std::string Runtime::Lane::deployed_of(const std::string& solution) const {
  const SolutionPtr latest = solutions_.named(solution);
  return latest ? latest->program->hash : std::string();
}

void Runtime::Lane::try_parked_again(const std::string& solution) {
  std::vector<base::Id> again;
  for (const auto& [consumer, parked] : parked_) {
    if (parked.chat.solution == solution && !is_parked(consumer)) again.push_back(consumer);
  }
  for (const base::Id id : again) {
    Consumer* consumer = in_memory(id);
    if (consumer != nullptr && consumer->loaded) {
      if (!consumer->busy) take_up(*consumer);
    } else {
      submit({id, Priority::consumer, From::inside},
             [](base::Result<Consumer*>) {});  // being read takes it up
    }
  }
}

void Runtime::Lane::take_up(Consumer& consumer) {
  if (!consumer.chat || !consumer.program) return;
  if (consumer.chat->call) take_up_call(consumer);
  if (!timers_.has(consumer.id)) keep_timer(consumer);
}

}  // namespace millrace::runtime
