#include "tests/simulation/scenario.hpp"

#include <algorithm>

#include "dialog/turn/poison.hpp"

namespace millrace::simulation {
namespace {

constexpr int kPeople = 12;
constexpr int kCrashes = 5;
constexpr int64_t kDrainMs = 60'000;

// What to answer to what the bot said last.
std::string reply_to(std::string_view said, std::string_view city) {
  const std::pair<std::string_view, std::string_view> kReplies[] = {
      {"first name", "Ada"},
      {"last name", "Lovelace"},
      {"city", city},
      {"Shall I try again", "Try again"}};
  for (const auto& [asked, reply] : kReplies) {
    if (said.find(asked) != std::string_view::npos) return std::string(reply);
  }
  return {};
}

}  // namespace

struct Scenario::Server {
  explicit Server(Scenario& run)
      : lanes(run.schedule_, run.dice_),
        outbox(run.schedule_, run.ledger_, run.receivers_,
               {run.ledger_, run.receivers_, run.clock_, run.random_, run.log_, run.meter_,
                &Receivers::resolve, &Receivers::speak}),
        runtime({lanes, run.clock_, run.random_, run.disk_, run.back_end_, outbox, run.log_, kKey},
                run.solutions_, limits(run.seed_)) {}

  // In most runs a lane takes so few turns at once that people queue, in some so few may queue that
  // most are refused.
  static runtime::Limits limits(uint64_t seed) {
    return {.hot_consumers_max = 6,
            .queue_max = seed % 5 == 0 ? size_t{18} : size_t{32'000},
            .under_way_min = 1 + seed % 4,
            .under_way_max = 1 + seed % 4};
  }
  Lanes lanes;
  Outbox outbox;
  runtime::Runtime runtime;
};

Scenario::Scenario(uint64_t seed, std::shared_ptr<const flow::Program> program)
    : seed_(seed),
      dice_(seed),
      disk_(schedule_, dice_),
      back_end_(schedule_, dice_),
      ledger_(schedule_, dice_),
      receivers_(schedule_, dice_),
      clock_(schedule_),
      random_(dice_) {
  for (const char* hash : {"a", "b", "c"}) {
    auto version = std::make_shared<flow::Program>(*program);
    version->hash = hash;
    versions_.push_back(std::move(version));
  }
  solutions_.deploy(runtime::make_solution(versions_[0]));
  for (int i = 0; i < kPeople; ++i) {
    people_.push_back({.consumer = base::Id::derived("person", std::to_string(i)),
                       .city = i % 4 == 0 ? "badlands" : "London"});  // Braze refuses "bad"
  }
  disk_.when_kept([this](const runtime::JournalRecord& record) { ledger_.take(record); });
  const char* const ill[] = {"", "braze", "webhook:crm"};
  receivers_.make_ill(ill[seed % 3]);
#ifdef MILLRACE_BREAKABLE
  dialog::is_poisoned = [this](std::string_view) {
    EXPECT_FALSE(is_inside_) << "a turn began inside the call that answers another";
    return dice_.fails_one_in(200);
  };
#endif
}

Scenario::~Scenario() {
#ifdef MILLRACE_BREAKABLE
  dialog::is_poisoned = nullptr;
#endif
}

void Scenario::play() {
  start_server();
  for (int crash = 0; crash < kCrashes; ++crash) {
    const int64_t steps = dice_.between(1, 400);
    for (int64_t i = 0; i < steps && schedule_.run_one(); ++i) {
      if (dice_.one_in(100)) clock_.jump(dice_.between(-100'000, 100'000));
      if (dice_.one_in(150)) deploy();
      if (dice_.one_in(20))
        act_as_agent(people_[static_cast<size_t>(dice_.between(0, kPeople - 1))]);
    }
    crash_server();
    start_server();
  }
  dice_.be_kind();  // but for the receiver that is ill
  crash_server();   // what is parked is tried again by the next run
  start_server();
  int64_t steps = 0;
  while (!all_finished() && ++steps < 2'000'000 && schedule_.run_one()) {
    if (steps % 200 == 0) {
      for (Person& person : people_) leave(person);
    }
  }
  EXPECT_TRUE(all_finished()) << "somebody waits for one who is ill: '" << receivers_.ill() << "'";
  for (const char* receiver : {"braze", "webhook:crm"}) {
    if (receivers_.ill() != receiver) drain(receiver, kDrainMs);
  }
  receivers_.make_ill("");
  drain("", kDrainMs);
}

void Scenario::drain(std::string_view receiver, int64_t longest_ms) {
  const int64_t until = schedule_.now() + longest_ms;
  while (ledger_.waiting_for(receiver) > 0 && schedule_.now() < until && schedule_.run_one()) {
  }
  EXPECT_EQ(ledger_.waiting_for(receiver), 0u)
      << "still owed to " << (receiver.empty() ? "somebody" : receiver) << " while '"
      << receivers_.ill() << "' is ill";
}

void Scenario::start_server() {
  server_ = std::make_unique<Server>(*this);
  ASSERT_TRUE(server_->runtime.recover());
  ASSERT_TRUE(server_->outbox.start());
  for (Person& person : people_) {
    if (!person.finished) say(person);
  }
}

void Scenario::crash_server() {
  schedule_.forget();
  disk_.crash();
  ledger_.crash();
  server_.reset();
}

void Scenario::deploy() {
  auto solution = runtime::make_solution(versions_[static_cast<size_t>(dice_.between(0, 2))]);
  solution.on_live = static_cast<runtime::OnLive>(dice_.between(0, 2));
  const std::string name = solution.name;
  solutions_.deploy(std::move(solution));
  server_->runtime.deployed(name);
}

void Scenario::act_as_agent(Person& person) {
  runtime::Runtime& runtime = server_->runtime;
  const std::string id = "a" + std::to_string(person.by_agents);
  const auto ignored = [](auto) {};
  switch (dice_.between(0, 5)) {
    case 0: return runtime.offer_to_agent(person.consumer, person.chat, "", ignored);
    case 1: return runtime.agent_join(person.consumer, person.chat, {"agent", "Ada"}, ignored);
    case 2:
      runtime.agent_say({person.consumer, person.chat, "agent", id, "Good day"}, ignored);
      [[fallthrough]];
    case 3:
      return runtime.agent_say({person.consumer, person.chat, "agent", id, "Good day"},
                               [&person](auto said) {
                                 if (said) ++person.by_agents;
                               });
    case 4: return runtime.no_agent(person.consumer, person.chat, ignored);
    default: return leave(person);
  }
}

void Scenario::leave(const Person& person) {
  server_->runtime.agent_leave(person.consumer, person.chat, "agent", "", [](auto) {});
}

void Scenario::say_at_once(Person& person) {
  is_inside_ = true;
  send(person, person.message_id(), person.text);
  is_inside_ = false;
}

void Scenario::say(Person& person) {
  const int times = dice_.one_in(4) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    schedule_.after(dice_.between(0, 30), [this, &person, id = person.message_id(),
                                           text = person.text] { send(person, id, text); });
  }
}

void Scenario::send(Person& person, const std::string& id, const std::string& text) {
  runtime::SayRequest request{person.consumer, std::nullopt,
                              runtime::SessionRequest{solutions_.fallback()->app_id, "en", {}}, id,
                              text};
  server_->runtime.converse(std::move(request), [this, &person, id](auto answer) {
    if (answer) {
      check_durable(person, *answer);
      told(person, id, *answer);
    } else if (id == person.message_id() && !person.finished) {
      schedule_.after(200, [this, &person, id] {
        if (id == person.message_id() && !person.finished) say(person);
      });
    }
  });
}

void Scenario::told(Person& person, const std::string& id, const runtime::Answer& answer) {
  std::string all;
  for (const auto& message : answer.messages) all += message.content.text + "\n";
  const auto [known, first_time] = person.answers.emplace(id, all);
  EXPECT_EQ(known->second, all) << "a repeat of " << id << " was answered differently";
  if (!first_time || id != person.message_id()) return;
  person.chat = answer.receipt.chat;
  if (all.find("Thanks") != std::string::npos) {
    person.finished = true;
    return;
  }
  if (answer.messages.empty()) {  // an agent has it: said again, until somebody answers
    ++person.said;
    schedule_.after(20'000, [this, &person, next = person.message_id()] {
      if (next == person.message_id() && !person.finished) say(person);
    });
    return;
  }
  person.text = reply_to(answer.messages.back().content.text, person.city);
  ASSERT_FALSE(person.text.empty()) << "nothing to say to: " << all;
  ++person.said;
  if (dice_.one_in(3)) {
    say_at_once(person);
  } else {
    say(person);
  }
}

bool Scenario::all_finished() const {
  return std::ranges::all_of(people_, [](const Person& person) { return person.finished; });
}

}  // namespace millrace::simulation
