#include "runtime/runtime.hpp"

#include <atomic>

#include "runtime/completion_token.hpp"
#include "runtime/lane.hpp"
#include "runtime/promises.hpp"

namespace millrace::runtime {
namespace {

using base::Code;
using base::fail;

constexpr size_t kInputIdMax = 128;

// The consumer's chat must be the one that is meant.
base::Result<void> check_chat(const Consumer& consumer, base::Id chat) {
  if (consumer.chat && consumer.chat->chat == chat) return {};
  return fail(Code::not_found, "there is no such chat");
}

Receipt receipt_of(const dialog::Turn& turn) {
  return {turn.state.chat, message_id(turn.state.chat, turn.said_sequence), turn.said_sequence,
          false};
}

}  // namespace

Runtime::Runtime(Ports ports, const Solutions& solutions, Limits limits)
    : ports_(ports), solutions_(solutions) {
  const size_t count = ports.lanes.count();
  limits.hot_consumers_max = std::max<size_t>(1, limits.hot_consumers_max / count);
  limits.hot_bytes_max /= count;
  limits.waiting_bytes_max /= count;
  for (size_t i = 0; i < count; ++i) {
    lanes_.push_back(std::make_unique<Lane>(i, ports, solutions, limits));
    lanes_.back()->start_sweeping();
  }
}

Runtime::~Runtime() = default;

Runtime::Lane& Runtime::home(base::Id consumer) {
  return *lanes_[base::IdHash{}(consumer) % lanes_.size()];
}

base::Result<void> Runtime::recover() {
  auto due = ports_.journal.due_consumers();
  if (!due) return std::unexpected(due.error());
  std::vector<std::vector<DueConsumer>> shares(lanes_.size());
  for (const DueConsumer& one : *due) shares[home(one.consumer).index()].push_back(one);
  for (size_t i = 0; i < lanes_.size(); ++i) {
    ports_.lanes.run_on(i, [&lane = *lanes_[i], share = std::move(shares[i])] {
      for (const DueConsumer& one : share) lane.recover(one);
    });
  }
  return {};
}

void Runtime::open_session(SessionRequest request, Done<Session> done) {
  const SolutionPtr solution = solutions_.find(request.app);
  if (solution == nullptr) {
    done(fail(Code::not_found, "there is no solution with this app_id", "app_id"));
    return;
  }
  const base::Id consumer_id = lanes_.front()->new_id();
  const base::Id chat = lanes_.front()->new_id();
  Lane& lane = home(consumer_id);
  ports_.lanes.run_on(lane.index(), [&lane, consumer_id, chat, solution,
                                     request = std::move(request),
                                     done = std::move(done)]() mutable {
    lane.submit(consumer_id, Lane::From::outside,
                [&lane, chat, solution, request = std::move(request),
                 done = std::move(done)](base::Result<Consumer*> consumer) mutable {
                  if (!consumer) {
                    done(std::unexpected(consumer.error()));
                    return;
                  }
                  Standing opened = lane.new_chat(**consumer, *solution, request, chat);
                  const Session session{(*consumer)->id, chat, solution};
                  lane.commit(
                      **consumer, std::move(opened.program),
                      dialog::Turn{std::move(opened.state), 0, {}}, nullptr,
                      [session, done = std::move(done)](base::Result<dialog::Turn*> taken) mutable {
                        if (taken) {
                          done(session);
                        } else {
                          done(std::unexpected(taken.error()));
                        }
                      });
                });
  });
}

void Runtime::start(base::Id consumer, base::Id chat, Done<void> done) {
  turn_of(consumer, chat, dialog::Started{}, std::move(done));
}

void Runtime::end(base::Id consumer, base::Id chat, std::string reason, Done<void> done) {
  turn_of(consumer, chat, dialog::EndRequested{std::move(reason)}, std::move(done));
}

void Runtime::tell_event(base::Id consumer, base::Id chat, dialog::PageEvent event,
                         Done<void> done) {
  turn_of(consumer, chat, std::move(event), std::move(done));
}

void Runtime::turn_of(base::Id consumer_id, base::Id chat,
                      std::variant<dialog::Started, dialog::EndRequested, dialog::PageEvent> what,
                      Done<void> done) {
  Lane& lane = home(consumer_id);
  ports_.lanes.run_on(lane.index(), [&lane, consumer_id, chat, what = std::move(what),
                                     done = std::move(done)]() mutable {
    lane.submit(
        consumer_id, Lane::From::outside,
        [&lane, chat, what = std::move(what),
         done = std::move(done)](base::Result<Consumer*> consumer) mutable {
          auto found = consumer ? check_chat(**consumer, chat) : std::unexpected(consumer.error());
          if (!found) {
            done(std::unexpected(found.error()));
            return;
          }
          dialog::Input input{lane.now(), {}};
          std::visit([&](auto& given) { input.what = std::move(given); }, what);
          lane.take_turn(**consumer, std::move(input),
                         [done = std::move(done)](base::Result<dialog::Turn*> taken) mutable {
                           if (taken) {
                             done({});
                           } else {
                             done(std::unexpected(taken.error()));
                           }
                         });
        });
  });
}

void Runtime::say(SayRequest request, Done<Receipt> done) {
  take_said(std::move(request), Wait::no,
            [done = std::move(done)](base::Result<Answer> answer) mutable {
              if (answer) {
                done(answer->receipt);
              } else {
                done(std::unexpected(answer.error()));
              }
            });
}

void Runtime::converse(SayRequest request, Done<Answer> done) {
  take_said(std::move(request), Wait::yes, std::move(done));
}

void Runtime::take_said(SayRequest request, Wait wait, Done<Answer> done) {
  if (request.input_id.size() > kInputIdMax) {
    done(fail(Code::invalid_argument,
              "the message id is longer than " + std::to_string(kInputIdMax) + " bytes"));
    return;
  }
  Lane& lane = home(request.consumer);
  const base::Id id = request.consumer;
  ports_.lanes.run_on(lane.index(), [this, &lane, id, wait, request = std::move(request),
                                     done = std::move(done)]() mutable {
    const size_t bytes = request.text.size();
    lane.submit(
        id, Lane::From::outside,
        [this, &lane, wait, request = std::move(request),
         done = std::move(done)](base::Result<Consumer*> consumer) mutable {
          if (!consumer) {
            done(std::unexpected(consumer.error()));
            return;
          }
          take_said_now(lane, **consumer, std::move(request), wait, std::move(done));
        },
        bytes);
  });
}

void Runtime::take_said_now(Lane& lane, Consumer& consumer, SayRequest request, Wait wait,
                            Done<Answer> done) {
  if (request.chat) {
    if (const auto found = check_chat(consumer, *request.chat); !found) {
      done(std::unexpected(found.error()));
      return;
    }
  }
  if (!request.input_id.empty() && lane.is_repeated(consumer, request.input_id)) {
    Receipt receipt{consumer.chat->chat, {}, 0, true};
    lane.answer_again(consumer, Waiter{receipt, std::move(request.input_id), {}, std::move(done)},
                      std::move(request.text));
    return;
  }
  // Without an id of the sender's own the answer still has to be told from others.
  if (request.input_id.empty()) request.input_id = "~" + lane.new_id().to_string();
  auto taken = [&consumer, wait, input_id = request.input_id,
                done = std::move(done)](base::Result<dialog::Turn*> turn) mutable {
    if (!turn) {
      done(std::unexpected(turn.error()));
    } else if (wait == Wait::no) {
      done(Answer{receipt_of(**turn), {}});
    } else {
      consumer.waiters.push_back(
          Waiter{receipt_of(**turn), std::move(input_id), {}, std::move(done)});
    }
  };
  dialog::Input said{lane.now(), dialog::Said{std::move(request.input_id), std::move(request.text),
                                              request.begin.has_value()}};
  if (!request.begin || (consumer.chat && consumer.chat->phase != dialog::Phase::ended)) {
    lane.take_turn(consumer, std::move(said), std::move(taken));
    return;
  }
  const SolutionPtr solution = solutions_.find(request.begin->app);
  if (solution == nullptr) {
    taken(fail(Code::not_found, "there is no solution with this app_id", "app_id"));
    return;
  }
  lane.take_first_turn(consumer, lane.new_chat(consumer, *solution, *request.begin, lane.new_id()),
                       std::move(said), std::move(taken));
}

void Runtime::complete(std::string_view token, json::object result, Done<void> done) {
  const auto completion = read_completion_token(ports_.seal_key, token);
  if (!completion || completion->until < ports_.clock.now()) {
    done(fail(Code::permission_denied, "this token completes nothing, or its time is over"));
    return;
  }
  Lane& lane = home(completion->consumer);
  ports_.lanes.run_on(lane.index(), [&lane, completion = *completion, result = std::move(result),
                                     done = std::move(done)]() mutable {
    lane.submit(
        completion.consumer, Lane::From::outside,
        [&lane, key = std::move(completion.call_key), result = std::move(result),
         done = std::move(done)](base::Result<Consumer*> consumer) mutable {
          if (!consumer) {
            done(std::unexpected(consumer.error()));
            return;
          }
          result.erase("pending");
          lane.take_turn(
              **consumer,
              {lane.now(),
               dialog::CallEnded{std::move(key), dialog::CallEnd::returned, std::move(result), {}}},
              [done = std::move(done)](base::Result<dialog::Turn*> taken) mutable {
                if (taken) {
                  done({});
                } else {
                  done(std::unexpected(taken.error()));
                }
              });
        });
  });
}

void Runtime::snapshot(base::Id consumer_id, base::Id chat, int64_t before, Done<Snapshot> done) {
  Lane& lane = home(consumer_id);
  ports_.lanes.run_on(lane.index(), [&lane, consumer_id, chat, before,
                                     done = std::move(done)]() mutable {
    lane.submit(
        consumer_id, Lane::From::outside,
        [&lane, chat, before, done = std::move(done)](base::Result<Consumer*> consumer) mutable {
          auto found = consumer ? check_chat(**consumer, chat) : std::unexpected(consumer.error());
          if (found) {
            lane.read_page(**consumer, {chat, before, std::move(done), {}});
          } else {
            done(std::unexpected(found.error()));
          }
        });
  });
}

void Runtime::subscribe(base::Id consumer_id, base::Id chat, std::weak_ptr<Subscriber> subscriber,
                        Done<dialog::Phase> done) {
  Lane& lane = home(consumer_id);
  ports_.lanes.run_on(lane.index(), [&lane, consumer_id, chat, subscriber = std::move(subscriber),
                                     done = std::move(done)]() mutable {
    lane.submit(consumer_id, Lane::From::outside,
                [&lane, chat, subscriber = std::move(subscriber),
                 done = std::move(done)](base::Result<Consumer*> consumer) mutable {
                  auto found =
                      consumer ? check_chat(**consumer, chat) : std::unexpected(consumer.error());
                  if (!found) {
                    done(std::unexpected(found.error()));
                    return;
                  }
                  if (!lane.listen(**consumer, chat, std::move(subscriber))) {
                    done(fail(Code::resource_exhausted, "too many sockets listen to this chat"));
                    return;
                  }
                  done((*consumer)->chat->phase);
                });
  });
}

void Runtime::forget_gone_subscribers(base::Id consumer) {
  Lane& lane = home(consumer);
  ports_.lanes.run_on(lane.index(), [&lane, consumer] {
    if (Consumer* kept = lane.in_memory(consumer)) Lane::drop_gone_listeners(*kept);
  });
}

void Runtime::drain(base::Task idle) {
  struct Countdown {
    std::atomic<size_t> left;
    base::Task idle;
  };
  auto countdown = std::make_shared<Countdown>(lanes_.size(), std::move(idle));
  for (const auto& lane : lanes_) {
    ports_.lanes.run_on(lane->index(), [&lane = *lane, countdown] {
      lane.drain([countdown] {
        if (countdown->left.fetch_sub(1) == 1) countdown->idle();
      });
    });
  }
}

size_t Runtime::hot_consumers() const {
  size_t total = 0;
  for (const auto& lane : lanes_) total += lane->hot();
  return total;
}

}  // namespace millrace::runtime
