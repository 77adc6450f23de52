#include "runtime/runtime.hpp"

#include <array>
#include <atomic>

#include "runtime/completion_token.hpp"
#include "runtime/lane/on_consumer.hpp"

namespace millrace::runtime {

using base::Code;
using base::fail;

namespace {

// The chat goes on where the consumer talks now: who was joined may come by another way than the
// one by which it began.
void note_where(dialog::Said& said, const SessionRequest& request, const dialog::State& chat) {
  if (chat.channel == request.channel && chat.address == request.address) return;
  said.channel = request.channel;
  said.address = request.address;
}

}  // namespace

Runtime::Runtime(Ports ports, const Solutions& solutions, Limits limits)
    : ports_(ports), solutions_(solutions) {
  const size_t count = ports.lanes.count();
  limits.hot_consumers_max = std::max<size_t>(1, limits.hot_consumers_max / count);
  limits.hot_bytes_max /= count;
  limits.waiting_bytes_max /= count;
  limits.queue_max = std::max<size_t>(2, limits.queue_max / count);
  limits.queue_bytes_max /= count;
  for (size_t i = 0; i < count; ++i) {
    lanes_.push_back(std::make_unique<Lane>(i, ports, solutions, limits));
    lanes_.back()->start_sweeping();
  }
}

Runtime::~Runtime() = default;

Runtime::Lane& Runtime::home(base::Id consumer) {
  return *lanes_[base::IdHash{}(consumer) % lanes_.size()];
}

base::Id Runtime::new_id() {
  std::array<uint8_t, 10> random{};
  ports_.random.fill(random);
  return base::Id::version7(ports_.clock.now(), random);
}

base::Result<void> Runtime::recover() {
  auto due = ports_.journal.due_consumers();
  if (!due) return std::unexpected(due.error());
  auto parked = ports_.journal.parked_chats();
  if (!parked) return std::unexpected(parked.error());
  struct Share {
    std::vector<DueConsumer> due;
    std::vector<ParkedChat> parked;
  };
  std::vector<Share> shares(lanes_.size());
  for (const DueConsumer& one : *due) shares[home(one.consumer).index()].due.push_back(one);
  for (ParkedChat& one : *parked) {
    shares[home(one.consumer).index()].parked.push_back(std::move(one));
  }
  for (size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i]->run_here([&lane = *lanes_[i], share = std::move(shares[i])]() mutable {
      for (ParkedChat& one : share.parked) lane.keep_parked(std::move(one), std::nullopt);
      for (const DueConsumer& one : share.due) lane.recover(one);
    });
  }
  return {};
}

void Runtime::open_session(SessionRequest request, Done<Session> done) {
  const base::Id app = request.app;
  auto begin = [this, chat = new_id(), request = std::move(request)](Lane& lane, Consumer& consumer,
                                                                     Done<Session> opened) {
    const SolutionPtr solution = solutions_.find(request.app);
    if (solution == nullptr) {
      lane.tell(std::move(opened),
                base::Result<Session>(
                    fail(Code::not_found, "there is no solution with this app_id", "app_id")));
      return;
    }
    lane.open(consumer, lane.new_chat(consumer, *solution, request, chat),
              lane.told<Session>(std::move(opened), [id = consumer.id, chat, solution](auto&) {
                return Session{id, chat, solution};
              }));
  };
  on_consumer<Session>({.consumer = new_id(), .app = app}, std::move(done), std::move(begin));
}

void Runtime::start(base::Id consumer, base::Id chat, Done<void> done) {
  take_input({consumer}, chat, dialog::Started{}, std::move(done));
}

void Runtime::end(base::Id consumer, base::Id chat, std::string reason, Done<void> done) {
  take_input({consumer}, chat, dialog::EndRequested{std::move(reason)}, std::move(done));
}

void Runtime::assign(base::Id consumer, base::Id chat,
                     std::map<std::string, std::string> variables, Done<void> done) {
  take_input({consumer}, chat, dialog::Assigned{std::move(variables)}, std::move(done));
}

void Runtime::clock_moved() {
  for (const auto& lane : lanes_) {
    lane->run_here([at = lane.get()] { at->look_at_timers(); });
  }
}

void Runtime::tell_event(base::Id consumer, base::Id chat, dialog::PageEvent event,
                         Done<void> done) {
  take_input({consumer, Priority::event}, chat, std::move(event), std::move(done));
}

void Runtime::take_input(Asked asked, base::Id chat, decltype(dialog::Input::what) what,
                         Done<void> done) {
  on_consumer<void>(
      asked, std::move(done),
      [chat, what = std::move(what)](Lane& lane, Consumer& consumer, Done<void> taken) mutable {
        if (const auto found = check_chat(consumer, chat); !found) {
          lane.tell(std::move(taken), found);
          return;
        }
        lane.take_turn(consumer, {lane.now(), std::move(what)},
                       lane.told<void>(std::move(taken), [](auto&) {}));
      });
}

void Runtime::say(SayRequest request, Done<Receipt> done) {
  take_said(std::move(request), Wait::no, Came::straight, receipt_only(std::move(done)));
}

void Runtime::converse(SayRequest request, Done<Answer> done) {
  take_said(std::move(request), Wait::yes, Came::straight, std::move(done));
}

std::string_view sender_message_id(std::string_view input_id) {
  return input_id.substr(0, input_id.find(kSenderAfter));
}

void Runtime::take_said(SayRequest request, Wait wait, Came came, Done<Answer> done) {
  const Asked asked{.consumer = request.consumer,
                    .bytes = request.text.size(),
                    .app = request.begin ? request.begin->app : request.app};
  auto take = [this, wait, came, request = std::move(request)](Lane& lane, Consumer& consumer,
                                                               Done<Answer> answered) mutable {
    const auto refuse = [&](std::unexpected<base::Error> why) {
      lane.tell(std::move(answered), base::Result<Answer>(std::move(why)));
    };
    if (came == Came::straight && request.input_id.size() > kInputIdMax) {
      refuse(input_id_too_long());
      return;
    }
    if (request.chat) {
      if (const auto found = check_chat(consumer, *request.chat); !found) {
        refuse(std::unexpected(found.error()));
        return;
      }
    }
    if (!request.input_id.empty() && lane.is_repeated(consumer, request.input_id)) {
      Receipt receipt{consumer.chat->chat, {}, 0, true};
      lane.answer_again(consumer,
                        Waiter{receipt, std::move(request.input_id), {}, std::move(answered)},
                        std::move(request.text));
      return;
    }
    const bool begins =
        request.begin && (!consumer.chat || consumer.chat->phase == dialog::Phase::ended);
    if (begins && !request.joined.empty()) {
      // Each of those who were joined counts their messages as they like.
      if (came == Came::straight && !request.input_id.empty()) {
        request.input_id += kSenderAfter + request.consumer.to_string();
      }
      request.consumer = request.joined.front();
      request.joined.erase(request.joined.begin());
      take_said(std::move(request), wait, Came::forwarded, std::move(answered));
      return;
    }
    const SolutionPtr solution = begins ? solutions_.find(request.begin->app) : nullptr;
    if (begins && solution == nullptr) {
      refuse(fail(Code::not_found, "there is no solution with this app_id", "app_id"));
      return;
    }
    // Without an id of the sender's own the answer still has to be told from others.
    if (request.input_id.empty()) request.input_id = "~" + new_id().to_string();
    auto taken = wait == Wait::no ? lane.told<Answer>(std::move(answered),
                                                      [](const dialog::Turn& turn) {
                                                        return Answer{receipt_of(turn), {}};
                                                      })
                                  : lane.told_all(consumer, request.input_id, std::move(answered));
    dialog::Said words{std::move(request.input_id), std::move(request.text),
                       request.begin.has_value()};
    if (!begins && request.begin) note_where(words, *request.begin, *consumer.chat);
    dialog::Input said{lane.now(), std::move(words)};
    if (begins) {
      lane.take_first_turn(consumer, lane.new_chat(consumer, *solution, *request.begin, new_id()),
                           std::move(said), std::move(taken));
    } else {
      lane.take_turn(consumer, std::move(said), std::move(taken));
    }
  };
  on_consumer<Answer>(asked, std::move(done), std::move(take));
}

void Runtime::complete(std::string_view token, json::object result, Done<void> done) {
  auto completion = read_completion_token(ports_.seal_key, token);
  if (!completion || completion->until < ports_.clock.now()) {
    done(fail(Code::permission_denied, "this token completes nothing, or its time is over"));
    return;
  }
  result.erase("pending");
  dialog::CallEnded ended{
      std::move(completion->call_key), dialog::CallEnd::returned, std::move(result), {}};
  on_consumer<void>(
      {completion->consumer}, std::move(done),
      [ended = std::move(ended)](Lane& lane, Consumer& consumer, Done<void> taken) mutable {
        lane.take_turn(consumer, {lane.now(), std::move(ended)},
                       lane.told<void>(std::move(taken), [](auto&) {}));
      });
}

void Runtime::snapshot(base::Id id, base::Id chat, int64_t before, Done<Snapshot> done) {
  on_consumer<Snapshot>(
      {id}, std::move(done), [chat, before](Lane& lane, Consumer& consumer, Done<Snapshot> read) {
        if (const auto found = check_chat(consumer, chat); !found) {
          lane.tell(std::move(read), base::Result<Snapshot>(std::unexpected(found.error())));
          return;
        }
        lane.read_page(consumer, {chat, before, std::move(read), {}});
      });
}

void Runtime::subscribe(base::Id id, base::Id chat, std::weak_ptr<Subscriber> subscriber,
                        Done<dialog::Phase> done) {
  on_consumer<dialog::Phase>(
      {id}, std::move(done),
      [chat, subscriber = std::move(subscriber)](Lane& lane, Consumer& consumer,
                                                 Done<dialog::Phase> heard) mutable {
        base::Result<dialog::Phase> phase = fail(Code::not_found, "there is no such chat");
        if (check_chat(consumer, chat)) {
          phase = consumer.chat->phase;
          if (!lane.listen(consumer, chat, std::move(subscriber))) {
            phase = fail(Code::resource_exhausted, "too many sockets listen to this chat");
          }
        }
        lane.tell(std::move(heard), std::move(phase));
      });
}

void Runtime::when_at_rest(base::Id consumer, std::move_only_function<void(bool)> then) {
  Lane& lane = home(consumer);
  lane.run_here(
      [&lane, consumer, then = std::move(then)]() mutable { then(lane.leave_memory(consumer)); });
}

void Runtime::forget_gone_subscribers(base::Id consumer) {
  Lane& lane = home(consumer);
  lane.run_here([&lane, consumer] {
    if (Consumer* kept = lane.in_memory(consumer)) Lane::drop_gone_listeners(*kept);
  });
}

void Runtime::deployed(const std::string& solution) {
  for (const auto& lane : lanes_) {
    lane->run_here([&lane = *lane, solution] { lane.try_parked_again(solution); });
  }
}

void Runtime::drain(base::Task idle) {
  struct Countdown {
    std::atomic<size_t> left;
    base::Task idle;
  };
  auto countdown = std::make_shared<Countdown>(lanes_.size(), std::move(idle));
  for (const auto& lane : lanes_) {
    lane->run_here([&lane = *lane, countdown] {
      lane.drain([countdown] {
        if (countdown->left.fetch_sub(1) == 1) countdown->idle();
      });
    });
  }
}

int Runtime::retry_after_seconds() const {
  int longest = 1;
  for (const auto& lane : lanes_) longest = std::max(longest, lane->retry_after_seconds());
  return longest;
}

size_t Runtime::hot_consumers() const {
  size_t total = 0;
  for (const auto& lane : lanes_) total += lane->hot();
  return total;
}

size_t Runtime::parked_chats() const {
  size_t total = 0;
  for (const auto& lane : lanes_) total += lane->parked();
  return total;
}

}  // namespace millrace::runtime
