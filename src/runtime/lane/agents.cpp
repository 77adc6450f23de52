// What agents do, through the runtime's public face.
#include "runtime/lane/on_consumer.hpp"

namespace millrace::runtime {

void Runtime::assign(base::Id consumer, base::Id chat, std::map<std::string, std::string> variables,
                     Done<void> done) {
  take_input({consumer}, chat, dialog::Assigned{std::move(variables)}, std::move(done));
}

void Runtime::offer_to_agent(base::Id consumer, base::Id chat, std::string skill, Done<void> done) {
  take_input({consumer, Priority::agent}, chat, dialog::AgentOffered{std::move(skill)},
             std::move(done));
}

void Runtime::agent_join(base::Id consumer, base::Id chat, Agent agent, Done<void> done) {
  take_input({consumer, Priority::agent}, chat,
             dialog::AgentJoined{std::move(agent.id), std::move(agent.name)}, std::move(done));
}

void Runtime::agent_leave(base::Id consumer, base::Id chat, std::string agent, std::string to,
                          Done<void> done) {
  take_input({consumer, Priority::agent}, chat, dialog::AgentLeft{std::move(agent), std::move(to)},
             std::move(done));
}

void Runtime::no_agent(base::Id consumer, base::Id chat, Done<void> done) {
  take_input({consumer, Priority::agent}, chat, dialog::NoAgent{}, std::move(done));
}

void Runtime::agent_say(AgentSay say, Done<Receipt> done) {
  const Asked asked{say.consumer, Priority::agent, From::outside, say.text.size()};
  auto take = [this, say = std::move(say)](Lane& lane, Consumer& consumer,
                                           Done<Receipt> said) mutable {
    auto right = check_chat(consumer, say.chat);
    if (right && say.input_id.size() > kInputIdMax) right = input_id_too_long();
    if (!right) {
      lane.tell(std::move(said), base::Result<Receipt>(std::unexpected(right.error())));
      return;
    }
    // "~" marks ids that no consumer can give.
    std::string input_id =
        "~agent:" + (say.input_id.empty() ? new_id().to_string() : std::move(say.input_id));
    if (lane.is_repeated(consumer, input_id)) {
      Receipt receipt{consumer.chat->chat, {}, 0, true};
      lane.answer_again(consumer,
                        Waiter{receipt, std::move(input_id), {}, receipt_only(std::move(said))},
                        std::move(say.text));
      return;
    }
    lane.take_turn(
        consumer,
        {lane.now(),
         dialog::AgentSaid{std::move(input_id), std::move(say.agent), std::move(say.text)}},
        lane.told<Receipt>(std::move(said), [](const dialog::Turn& turn) {
          const int64_t sequence = turn.state.sequence;
          return Receipt{turn.state.chat, message_id(turn.state.chat, sequence), sequence, false};
        }));
  };
  on_consumer<Receipt>(asked, std::move(done), std::move(take));
}

}  // namespace millrace::runtime
