// What a lane reads of the past for others: the recorded answer to a repeated message, and pages of
// a chat. Records are parsed on the journal's thread, never on the lane.
#include <algorithm>

#include "runtime/lane/lane.hpp"
#include "runtime/promises.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;

constexpr size_t kPagesWaitingMax = 32;

// What was said under an id, and in answer to it.
struct Found {
  std::optional<base::Id> chat;
  std::optional<ChatMessage> said;
  bool same_text = true;
  std::vector<ChatMessage> answers;
};

base::Result<bool> is_text_of(const JournalRecord& record, std::string_view key,
                              std::string_view text) {
  const auto input = read_input(record, key);
  if (!input) return std::unexpected(input.error());
  if (!*input) return false;
  const auto is = [&](std::string_view was) { return dialog::heard(was) == dialog::heard(text); };
  if (const auto* said = std::get_if<dialog::Said>(&(*input)->what)) return is(said->text);
  const auto* by_agent = std::get_if<dialog::AgentSaid>(&(*input)->what);
  return by_agent != nullptr && is(by_agent->text);
}

base::Result<Found> find_answer(const std::vector<JournalRecord>& records, std::string_view key,
                                std::string_view input_id, std::string_view text) {
  Found found;
  for (const JournalRecord& record : records) {
    auto turn = read_record(record);
    if (!turn) return std::unexpected(turn.error());
    for (ChatMessage& message : turn->messages) {
      if (message.input_id != input_id) continue;
      found.chat = turn->chat;
      if (message.side != Side::bot) {
        const auto same = is_text_of(record, key, text);
        if (!same) return std::unexpected(same.error());
        found.same_text = *same;
        found.said = std::move(message);
      } else {
        found.answers.push_back(std::move(message));
      }
    }
  }
  return found;
}

base::Result<Snapshot> messages_of(const std::vector<JournalRecord>& records, base::Id chat) {
  Snapshot page;
  for (const JournalRecord& record : records) {
    auto turn = read_record(record);
    if (!turn) return std::unexpected(turn.error());
    // What stands before another chat's record is that chat's, or an earlier one's.
    if (turn->chat != chat) {
      page = {};
      continue;
    }
    if (page.messages.empty() && page.before == 0 && record.number > 1) page.before = record.place;
    std::ranges::move(turn->messages, std::back_inserter(page.messages));
  }
  std::ranges::sort(page.messages, {}, &ChatMessage::sequence);
  return page;
}

}  // namespace

bool Runtime::Lane::is_repeated(const Consumer& consumer, std::string_view input_id) const {
  if (!is_kept(Promise::repeats_are_known)) return false;
  const InputMark mark = mark_of(input_id);
  return std::ranges::any_of(consumer.marked,
                             [mark](const MarkedPlace& place) { return place.mark == mark; });
}

void Runtime::Lane::answer_again(Consumer& consumer, Waiter waiter, std::string text) {
  std::vector<int64_t> places;
  const InputMark mark = mark_of(waiter.input_id);
  for (const MarkedPlace& place : consumer.marked) {
    if (place.mark == mark) places.push_back(place.place);
  }
  consumer.busy = true;  // no turn may slip in between what is read and what is still to come
  ++under_way_;
  std::string id = waiter.input_id;
  auto answer = [this, &consumer, waiter = std::move(waiter)](base::Result<Found> found) mutable {
    if (!found) {
      tell(std::move(waiter.done), base::Result<Answer>(std::unexpected(found.error())));
    } else if (!found->said || !found->same_text) {
      tell(std::move(waiter.done),
           base::Result<Answer>(
               fail(Code::already_exists, "this message id was that of another message")));
    } else {
      waiter.receipt.chat = *found->chat;
      waiter.receipt.message = found->said->id;
      waiter.receipt.sequence = found->said->sequence;
      waiter.messages = std::move(found->answers);
      consumer.waiters.push_back(std::move(waiter));
      settle(consumer);
    }
    rest(consumer);
    finished_one();
  };
  ports_.journal.read_at(
      consumer.id, std::move(places),
      [key = ports_.seal_key, id = std::move(id), text = std::move(text),
       back = back_here<base::Result<Found>>(std::move(answer))](auto records) mutable {
        if (records) {
          back(find_answer(*records, key, id, text));
        } else {
          back(std::unexpected(records.error()));
        }
      });
}

void Runtime::Lane::read_page(Consumer& consumer, PageRequest request) {
  if (consumer.pages.size() >= kPagesWaitingMax) {
    tell(std::move(request.done),
         base::Result<Snapshot>(
             fail(Code::resource_exhausted, "too many readings of this chat at once")));
    return;
  }
  consumer.pages.push_back(std::move(request));
  if (consumer.pages.size() == 1) read_next_page(consumer);
}

void Runtime::Lane::read_next_page(Consumer& consumer) {
  PageRequest& request = consumer.pages.front();
  // As it stands before the reading, so that no message is missing that it counts.
  if (consumer.chat) request.state = *consumer.chat;
  ++under_way_;
  auto back = back_here<base::Result<Snapshot>>(
      [this, &consumer](auto page) { page_read(consumer, std::move(page)); });
  ports_.journal.read_before(consumer.id, request.before,
                             {limits_.page_records_max, limits_.page_bytes_max},
                             [chat = request.chat, back = std::move(back)](auto records) mutable {
                               if (records) {
                                 back(messages_of(*records, chat));
                               } else {
                                 back(std::unexpected(records.error()));
                               }
                             });
}

void Runtime::Lane::page_read(Consumer& consumer, base::Result<Snapshot> page) {
  PageRequest request = std::move(consumer.pages.front());
  consumer.pages.pop_front();
  if (page) {
    page->state = std::move(request.state);
    if (const auto program = solutions_.version(page->state.program)) {
      page->solution = program->solution;
    }
  }
  tell(std::move(request.done), std::move(page));
  if (!consumer.pages.empty()) read_next_page(consumer);
  finished_one();
}

}  // namespace millrace::runtime
