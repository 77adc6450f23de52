// Retention over a year in which the clock is moved: real files, the runtime, and the sweep that
// the server makes.
#include "app/wire/data/retention.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "app/wire/data/data_reading.hpp"
#include "base/meter.hpp"
#include "lanes/lanes.hpp"
#include "solutions/chats.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/verify.hpp"
#include "tests/example.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/deliveries.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/runner.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

constexpr const char* kFlow = R"(
nodes:
  topic: {ask: 'What is it about?', variable: TOPIC}
  more: {ask: 'Tell me more about {TOPIC}.', variable: STORY}
  bye: {say: 'Thank you.', end: true}
)";

std::string word(const std::string& who, int day) {
  return "story-of-" + who + "-on-day-" + std::to_string(day) + "-";
}

class Retention : public testing::Test {
 protected:
  void serve(const std::string& kept) {
    flow::Files files{{"app.py", ""},
                      {"flows/main.flow.yaml", kFlow},
                      {"solution.yaml", "name: Diary\nretention: " + kept + "\n"}};
    auto compiled = flow::compile(files, {{"Test"}, {}, {}});
    for (const auto& problem : compiled.problems) ADD_FAILURE() << problem.describe();
    ASSERT_TRUE(compiled.program);
    solutions_.deploy(runtime::make_solution(
        std::make_shared<const flow::Program>(std::move(*compiled.program))));
    start();
  }
  void start() {
    sweep_.reset();
    if (lanes_) lanes_->stop();
    runtime_.reset();
    journal_.reset();
    auto opened = storage::open_journal(file_, log_);
    ASSERT_TRUE(opened) << opened.error().describe();
    journal_ = std::move(*opened);
    lanes_ = lanes::IoLanes::make(1);
    runtime_ = std::make_unique<runtime::Runtime>(
        runtime::Runtime::Ports{*lanes_, clock_, chance_, *journal_, runner_, deliveries_, log_,
                                std::string(32, 'k')},
        solutions_);
    ASSERT_TRUE(runtime_->recover());
    lanes_->start();
    sweep_ = std::make_unique<app::RetentionSweep>(
        app::RetentionSweep::Ports{folder_.path, *journal_, *runtime_, solutions_, clock_, log_,
                                   meter_, std::string(32, 'k')});
  }
  void TearDown() override {
    sweep_.reset();
    if (lanes_) lanes_->stop();
    runtime_.reset();
    journal_.reset();
  }

  base::Result<runtime::Answer> say(const std::string& who, const std::string& text) {
    std::promise<base::Result<runtime::Answer>> promise;
    runtime_->converse({.consumer = base::Id::derived("test", who),
                        .chat = std::nullopt,
                        .begin = runtime::SessionRequest{solutions_.fallback()->app_id, "en", {}},
                        .input_id = std::to_string(++said_),
                        .text = text},
                       [&](auto answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }
  void talk(const std::string& who, int day) {
    for (const std::string& text : {std::string("hi"), word(who, day), word(who, day) + "again"}) {
      const auto answer = say(who, text);
      ASSERT_TRUE(answer) << answer.error().describe();
    }
  }
  app::RetentionSweep::Swept sweep() {
    const auto swept = sweep_->sweep();
    EXPECT_TRUE(swept) << swept.error().describe();
    return swept ? *swept : app::RetentionSweep::Swept();
  }
  // In any file of the folder, once the log has been emptied as it is when a server ends.
  bool is_found(const std::string& text) {
    start();
    journal_.reset();
    bool found = false;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(in)), {});
      found = found || bytes.contains(text);
    }
    return found;
  }
  size_t problems() {
    storage::Verification into;
    EXPECT_TRUE(storage::verify_journal(file_, nullptr, into));
    for (const auto& problem : into.problems) ADD_FAILURE() << problem.place << " " << problem.what;
    return into.problems_found;
  }

  fakes::Folder folder_;
  const fs::path file_ = folder_.path / "journal.db";
  fakes::Clock clock_;
  fakes::CountingChance chance_;
  fakes::KeptLog log_;
  base::NoMeter meter_;
  fakes::Runner runner_;
  fakes::NoDeliveries deliveries_;
  runtime::Solutions solutions_;
  std::unique_ptr<storage::DurableJournal> journal_;
  std::unique_ptr<lanes::IoLanes> lanes_;
  std::unique_ptr<runtime::Runtime> runtime_;
  std::unique_ptr<app::RetentionSweep> sweep_;
  int said_ = 0;
};

TEST_F(Retention, OfAYearThirtyDaysAreKeptAndTheFileStaysSmall) {
  serve("{transcripts: 30, variables: 30}");
  uintmax_t after_sixty = 0;
  constexpr int kDays = 365;
  for (int day = 0; day < kDays; ++day) {
    talk("ada", day);  // every day, so always the same person
    talk("guest" + std::to_string(day), day);
    clock_.pass(hours(24));
    sweep();
    if (day == 60) after_sixty = fs::file_size(file_);
  }
  EXPECT_LT(fs::file_size(file_), after_sixty + after_sixty / 4);
  EXPECT_EQ(problems(), 0u);
  EXPECT_TRUE(is_found(word("ada", kDays - 2)));
  EXPECT_TRUE(is_found(word("guest340", 340)));
  for (const int day : {0, 100, 200, 300, 330}) {
    EXPECT_FALSE(is_found(word("ada", day))) << day;
    EXPECT_FALSE(is_found(word("guest" + std::to_string(day), day))) << day;
  }
}

TEST_F(Retention, WhoComesBackAfterItBeginsAnewAndWhoWasThereGoesOn) {
  serve("{transcripts: 30, variables: 30}");
  talk("ada", 0);
  say("bob", "hi");
  clock_.pass(hours(24 * 20));
  talk("ada", 20);
  clock_.pass(hours(24 * 12));
  const auto swept = sweep();
  EXPECT_EQ(swept.people, 1u) << "bob";
  EXPECT_EQ(swept.chats, 1u) << "the first of ada's";
  EXPECT_EQ(problems(), 0u);
  EXPECT_EQ(say("bob", "hello")->messages.front().content.text, "What is it about?");
  talk("ada", 32);
  start();
  talk("ada", 33);
  EXPECT_EQ(problems(), 0u);
  const auto again = sweep();
  EXPECT_EQ(again.people + again.chats + again.transcripts, 0u) << "nothing is removed twice";
}

TEST_F(Retention, OfAPersonWhoIsQuietTheTranscriptGoesBeforeTheVariables) {
  serve("{transcripts: 30, variables: 90}");
  say("ada", "hi");
  say("ada", "the-topic");
  clock_.pass(hours(24 * 31));
  EXPECT_EQ(sweep().transcripts, 1u);
  EXPECT_EQ(sweep().transcripts, 0u);
  EXPECT_EQ(problems(), 0u);
  const auto archive = app::archive_of(folder_.path);
  ASSERT_TRUE(archive);
  const auto chats = (*archive)->live({});
  ASSERT_EQ(chats->size(), 1u);
  EXPECT_EQ(chats->front().version, solutions_.fallback()->program->hash);
  EXPECT_EQ(chats->front().turns, 2);
  const auto state = solutions::state_of(**archive, chats->front(), std::string(32, 'k'));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->variables.at("TOPIC"), "the-topic");
  // The chat goes on at its open question.
  const auto answer = say("ada", "more of it");
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->messages.front().content.text, "Thank you.");
  clock_.pass(hours(24 * 91));
  EXPECT_EQ(sweep().people, 1u);
  EXPECT_EQ(problems(), 0u);
  EXPECT_FALSE(is_found("the-topic"));
}

TEST_F(Retention, NothingIsRemovedUnderSomebodyWhoIsOwedSomething) {
  serve("{transcripts: 30, variables: 30}");
  say("ada", "hi");
  const auto consumer = base::Id::derived("test", "ada");
  std::promise<bool> written;
  std::promise<base::Result<runtime::Tail>> tail;
  journal_->read_tail(consumer, 1, [&](auto read) { tail.set_value(std::move(read)); });
  auto record = tail.get_future().get()->records.back();
  record.number += 1;
  record.deliveries.push_back({"key", consumer, "chat", "Diary", "sandbox", "braze", "track", {}});
  journal_->append(std::move(record), [&](auto done) { written.set_value(done.has_value()); });
  ASSERT_TRUE(written.get_future().get());
  clock_.pass(hours(24 * 400));
  EXPECT_EQ(sweep().people, 0u);
  EXPECT_EQ(problems(), 0u);
}

TEST_F(Retention, IsRefusedWhereVariablesWouldGoBeforeWhatTheyWereTakenFrom) {
  flow::Files files{{"app.py", ""},
                    {"flows/main.flow.yaml", kFlow},
                    {"solution.yaml", "retention: {transcripts: 60, variables: 30}\n"}};
  const auto compiled = flow::compile(files, {{"Test"}, {}, {}});
  ASSERT_EQ(compiled.problems.size(), 1u);
  EXPECT_EQ(compiled.problems.front().code, "retention_order");
  files["solution.yaml"] = "retention: {transcripts: 700}\n";
  const auto longer = flow::compile(files, {{"Test"}, {}, {}});
  ASSERT_TRUE(longer.program);
  EXPECT_EQ(longer.program->retention.variables_days, 700) << "as long as the transcripts";
}

}  // namespace
}  // namespace millrace
