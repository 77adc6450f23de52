// What must be true after a run, and at each answer.
#include <set>

#include "delivery/braze/parcel.hpp"
#include "runtime/records/record.hpp"
#include "runtime/replay.hpp"
#include "tests/simulation/scenario.hpp"

namespace millrace::simulation {
namespace {

using delivery::Fate;
using delivery::State;

}  // namespace

void Scenario::check() {
  for (const Person& person : people_) {
    EXPECT_TRUE(person.finished) << "stuck at " << person.message_id() << " " << person.text;
  }
  EXPECT_EQ(disk_.refused(), 0) << "records out of order";
  for (const auto& [key, times] : back_end_.effects()) EXPECT_EQ(times, 1) << key;
  for (const Person& person : people_) check_journal(person);
  for (const auto& [consumer, chat] : disk_.parked()) {
    ADD_FAILURE() << "a chat that goes on is still listed as parked: " << chat.chat_id << " at "
                  << chat.node << ", " << disk_.kept().at(consumer).back().body;
  }
  check_owed();
}

// Told now: so it must be on the disk now.
void Scenario::check_durable(const Person& person, const runtime::Answer& answer) {
  if (answer.messages.empty()) return;
  runtime::StateReader reader(kKey);
  bool found = false;
  const auto kept = disk_.kept().find(person.consumer);
  if (kept != disk_.kept().end()) {
    for (const auto& record : kept->second) ASSERT_TRUE(reader.take(record.body));
    const auto state = reader.state();
    // A later chat's numbers begin anew; whoever is in it was told of the former one.
    found = state && (state->chat != answer.receipt.chat ||
                      state->sequence >= answer.messages.back().sequence);
  }
  EXPECT_TRUE(found) << "told before it was durable: " << answer.messages.back().content.text;
}

void Scenario::check_replay(const std::vector<runtime::JournalRecord>& records) {
  using Program = runtime::Replay::Program;
  runtime::Replay replay(kKey, [&](const std::string& hash) -> base::Result<Program> {
    Program program = solutions_.version(hash);
    if (!program) return base::fail(base::Code::not_found, "no version " + hash);
    return program;
  });
  for (const auto& record : records) {
    const auto difference = replay.take(record);
    ASSERT_TRUE(difference) << difference.error().message;
    ASSERT_FALSE(*difference) << **difference << " in " << record.body;
  }
}

void Scenario::check_journal(const Person& person) {
  std::multiset<std::string> inputs, by_agents;
  const auto found = disk_.kept().find(person.consumer);
  ASSERT_NE(found, disk_.kept().end());
  for (const auto& record : found->second) {
    const auto turn = runtime::read_record(record.body);
    ASSERT_TRUE(turn);
    if (!turn->input_id.empty()) inputs.insert(turn->input_id);
    for (const auto& message : turn->messages) {
      if (message.side == runtime::Side::agent) by_agents.insert(message.input_id);
    }
  }
  check_replay(found->second);
  for (const auto& [id, answer] : person.answers) EXPECT_EQ(inputs.count(id), 1u) << id;
  for (const auto& id : inputs) EXPECT_EQ(inputs.count(id), 1u) << id << " had two turns";
  for (const auto& id : by_agents) EXPECT_EQ(by_agents.count(id), 1u) << id << " was said twice";
}

// All that turns owed has come to an end that can be seen.
void Scenario::check_owed() {
  size_t owed = 0;
  for (const Person& person : people_) {
    for (const auto& record : disk_.kept().at(person.consumer)) owed += record.deliveries.size();
  }
  EXPECT_EQ(ledger_.rows().size(), owed);
  EXPECT_EQ(receivers_.bad_signatures(), 0);
  for (const runtime::StoredDelivery& row : ledger_.rows()) {
    SCOPED_TRACE(row.row.key + " " + row.row.body + " " + row.row.progress);
    EXPECT_NE(row.state, State::waiting);
    if (ledger_.receiver_of(row) == "braze") {
      check_at_braze(row);
    } else {
      check_at_webhook(row);
    }
  }
  check_order();
}

// It knows repeats by their id, so that nothing of it is ever uncertain.
void Scenario::check_at_webhook(const runtime::StoredDelivery& owed) {
  const auto told = receivers_.told().find(owed.row.key);
  const bool is_told = told != receivers_.told().end();
  if (Receivers::is_refused(owed.row.key)) {
    EXPECT_EQ(owed.state, State::rejected);
    EXPECT_FALSE(is_told);
    return;
  }
  EXPECT_EQ(owed.state, State::delivered);
  ASSERT_TRUE(is_told);
  EXPECT_EQ(told->second.body, owed.row.body);
}

// An event is there once; twice only where that is flagged; perhaps only where it is held.
void Scenario::check_at_braze(const runtime::StoredDelivery& owed) {
  const auto parcel = delivery::braze::read_parcel(owed.row);
  ASSERT_TRUE(parcel);
  const auto progress = delivery::read_progress(owed.row.progress, parcel->objects.size());
  for (size_t n = 0; n < parcel->objects.size(); ++n) {
    const auto& object = progress.objects[n];
    const Fate fate = owed.state == State::delivered ? Fate::delivered : object.fate;
    if (fate == Fate::rejected) EXPECT_FALSE(object.reason.empty());
    if (!parcel->objects[n].is_counting) {
      const bool is_bad = json::serialize(parcel->objects[n].fields).contains("\"bad");
      EXPECT_EQ(fate, is_bad ? Fate::rejected : Fate::delivered);
      continue;
    }
    const auto found =
        receivers_.braze().by_delivery_id.find(owed.row.key + "#" + std::to_string(n));
    const int times = found == receivers_.braze().by_delivery_id.end() ? 0 : found->second;
    EXPECT_TRUE(fate == Fate::delivered || fate == Fate::unknown);
    if (fate == Fate::delivered) EXPECT_GE(times, 1);
    if (times > 1) EXPECT_TRUE(object.may_be_twice) << times << " times";
  }
}

// Whatever comes of a person's rows, a receiver sees them for the first time in their order.
void Scenario::check_order() {
  std::map<std::string, size_t> first_at_braze;
  for (const std::string& id : receivers_.braze().seen) {
    first_at_braze.try_emplace(id, first_at_braze.size());
  }
  std::map<std::pair<std::string, base::Id>, size_t> last;
  for (const runtime::StoredDelivery& row : ledger_.rows()) {
    const std::string& receiver = ledger_.receiver_of(row);
    std::optional<size_t> at;
    if (receiver == "braze") {
      for (const char* object : {"#0", "#1"}) {
        const auto found = first_at_braze.find(row.row.key + object);
        if (!at && found != first_at_braze.end()) at = found->second;
      }
    } else if (const auto told = receivers_.told().find(row.row.key);
               told != receivers_.told().end()) {
      at = told->second.order;
    }
    if (!at) continue;
    const auto [before, is_first] = last.try_emplace({receiver, row.row.consumer}, *at);
    EXPECT_TRUE(is_first || before->second < *at) << row.row.key << " came before its turn";
    before->second = *at;
  }
}

}  // namespace millrace::simulation
