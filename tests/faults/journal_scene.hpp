// The real journal on a disk that does as it is told, beside what has to be in it.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/records/record.hpp"
#include "storage/upkeep/verify.hpp"
#include "tests/faults/disk.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::faults {

namespace fs = std::filesystem;
using delivery::State;

inline constexpr int kConsumers = 3;
inline constexpr int kCheckpointPages = 12;
inline constexpr size_t kTurnsBehind = 4;  // so that heads and chats are written again and again
inline constexpr size_t kTurnsOfAChat = 3;

inline base::Id chat_of(int who, size_t chat) {
  return base::Id::derived("chat", std::to_string(who) + ":" + std::to_string(chat));
}

// What is known of one consumer: the bodies of its records, and those that were refused as the
// next one.
struct Known {
  std::vector<std::string> bodies;
  std::set<std::string> refused;
};

class Scene {
 public:
  explicit Scene(uint64_t seed) : dice_(seed), is_encrypted_(seed / 3 % 2 == 1) {
    for (int i = 0; i < kConsumers; ++i) ids_.push_back(id_of(i));
    known_.resize(kConsumers);
    home_ = root_.path / "0";
    fs::create_directory(home_);
    if (is_encrypted_) encrypt(home_);
    Disk::get().follow(home_);
  }
  ~Scene() {
    journal_.reset();
    Disk::get().leave();
  }

  uint64_t roll(uint64_t n) { return dice_() % n; }

  // Opens it; not at once when the disk fails just then.
  void open() {
    if (journal_) return;
    auto opened = storage::open_journal(home_ / "journal.db", log_, storage::no_meter(),
                                        kCheckpointPages, kTurnsBehind);
    if (!opened) {
      why_closed_ = opened.error().describe();
      EXPECT_NE(opened.error().code, base::Code::data_loss) << why_closed_;
      return;
    }
    journal_ = std::move(*opened);
    is_fresh_ = true;
  }

  // Appends the next record of these consumers at once; each owes one delivery.
  void append_all(const std::vector<int>& who) {
    begin(who);
    end();
  }
  void begin(const std::vector<int>& who) {
    if (!journal_) return;
    for (const int i : who) {
      const auto number = static_cast<int64_t>(known_[i].bodies.size()) + 1;
      const std::string body = body_of(i, known_[i].bodies.size());
      runtime::JournalRecord record{ids_[i], number, body};
      record.facts = runtime::facts_in(body);
      EXPECT_TRUE(record.facts);
      if (roll(2) == 0) record.due = base::Timestamp{static_cast<int64_t>(roll(1'000))};
      record.deliveries.push_back(
          {key_of(body), ids_[i], "chat", "shop", "live", "braze", "braze.track", {}});
      auto promise = std::make_shared<std::promise<base::Result<void>>>();
      under_way_.push_back({i, body, promise->get_future()});
      journal_->append(std::move(record), [promise](base::Result<int64_t> done) {
        promise->set_value(done ? base::Result<void>() : std::unexpected(done.error()));
      });
    }
  }
  void end() {
    for (auto& [who, body, told] : under_way_) note(who, body, told.get());
    under_way_.clear();
  }

  void settle_one() {
    if (!journal_ || states_.empty()) return;
    auto at = std::next(states_.begin(), static_cast<int64_t>(roll(states_.size())));
    const auto found = journal_->deliveries().find(at->first);
    if (!found || !*found) return;
    std::promise<base::Result<void>> promise;
    runtime::DeliveryWrite write;
    write.target = (*found)->target;
    write.updates = {{(*found)->row.id, State::delivered, ""}};
    journal_->deliveries().commit(
        std::move(write), [&](base::Result<void> done) { promise.set_value(std::move(done)); });
    if (promise.get_future().get()) {
      at->second = {State::delivered};
    } else {
      at->second.insert(State::delivered);
    }
  }

  // Everything fails while it is closed, as for a run that is killed; the files stay as they are.
  void kill_here() {
    Disk::get().judge([](const Seen&) { return Verdict{EIO, 0}; });
    journal_.reset();
    Disk::get().judge(nullptr);
  }
  // The machine loses its power, or the run is killed, with appends under way.
  void crash(bool loses_power) {
    std::vector<std::pair<int, std::string>> open_ends;
    std::vector<std::pair<int, std::string>> acknowledged;
    for (auto& [who, body, told] : under_way_) {
      const bool is_told = told.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
      if (is_told && told.get()) {
        acknowledged.emplace_back(who, body);
      } else {
        open_ends.emplace_back(who, body);
      }
    }
    under_way_.clear();
    const fs::path next = root_.path / std::to_string(++homes_);
    if (loses_power) {
      Disk::get().copy_after_power_cut(next, dice_());
    } else {
      Disk::get().copy_after_kill(next);
    }
    Disk::get().judge(nullptr);
    journal_.reset();
    for (const auto& [who, body] : acknowledged) note(who, body, {});
    for (const auto& [who, body] : open_ends) {
      note(who, body, base::fail(base::Code::unavailable, ""));
    }
    home_ = next;
    if (is_encrypted_) encrypt(home_);
    Disk::get().follow(home_);
  }

  // On a disk that is well: all is as it is known, and all is taken.
  void check() {
    Disk::get().judge(nullptr);
    open();
    ASSERT_TRUE(journal_) << why_closed_;
    // A sync that failed for another handle of the file is told to this one now.
    auto proven = probe(*journal_);
    if (!proven) proven = probe(*journal_);
    ASSERT_TRUE(proven) << proven.error().describe();
    for (int i = 0; i < kConsumers; ++i) check_records(i);
    for (const auto& [key, allowed] : states_) {
      const auto found = journal_->deliveries().find(key);
      ASSERT_TRUE(found && *found) << key;
      EXPECT_TRUE(allowed.contains((*found)->state)) << key;
    }
    for (const Known& known : known_) {
      for (const std::string& body : known.refused) {
        EXPECT_FALSE(*journal_->deliveries().find(key_of(body))) << body;
      }
    }
    is_fresh_ = false;
    check_chats();
  }
  void check_taken() {
    for (int i = 0; i < kConsumers; ++i) {
      const size_t before = known_[i].bodies.size();
      append_all({i});
      EXPECT_EQ(known_[i].bodies.size(), before + 1);
    }
    check();
  }
  // While the disk fails a read gives an error or the truth.
  void read_in_bad_weather(int i) {
    if (!journal_ || is_fresh_) return;
    const auto records = read(*journal_, ids_[i]);
    if (!records) {
      EXPECT_NE(records.error().code, base::Code::data_loss) << records.error().describe();
      return;
    }
    ASSERT_EQ(records->size(), known_[i].bodies.size());
    for (size_t at = 0; at < records->size(); ++at) {
      ASSERT_EQ(records->at(at).body, known_[i].bodies[at]);
    }
  }

 private:
  // A turn as far as a list of chats reads it; no two have the same.
  std::string body_of(int who, size_t number) {
    const json::object state{{"chat", chat_of(who, number / kTurnsOfAChat).to_string()},
                             {"consumer", ids_[static_cast<size_t>(who)].to_string()},
                             {"program", "p"},
                             {"phase", number % 2 == 0 ? "waiting" : "ended"},
                             {"turn", number % kTurnsOfAChat + 1},
                             {"born", 1}};
    return json::serialize(json::object{{"v", 1},
                                        {"at", ++attempts_},
                                        {"in", {{"k", "open"}}},
                                        {"state", state},
                                        {"pad", std::string(roll(3) * 3'000, 'x')}});
  }

  // The list of chats says what the records say, however much of it was written.
  void check_chats() {
    storage::Verification found;
    ASSERT_TRUE(storage::verify_journal(home_ / "journal.db", nullptr, found));
    for (const storage::Problem& problem : found.problems) {
      ADD_FAILURE() << problem.place << " " << problem.what;
    }
    const auto archive = storage::open_archive(home_ / "journal.db");
    ASSERT_TRUE(archive) << archive.error().describe();
    for (int i = 0; i < kConsumers; ++i) {
      const size_t turns = known_[static_cast<size_t>(i)].bodies.size();
      if (turns == 0) continue;
      const auto last = (*archive)->find(chat_of(i, (turns - 1) / kTurnsOfAChat));
      ASSERT_TRUE(last && *last);
      EXPECT_EQ((*last)->turns, static_cast<int64_t>((turns - 1) % kTurnsOfAChat + 1));
      EXPECT_EQ((*last)->phase, turns % 2 == 1 ? "waiting" : "ended");
      EXPECT_TRUE((*last)->is_latest);
      const auto none = (*archive)->find(chat_of(i, (turns - 1) / kTurnsOfAChat + 1));
      EXPECT_TRUE(none && !*none) << "a chat whose turns were refused";
    }
  }

  static std::string key_of(const std::string& body) { return body.substr(0, body.find('x')); }

  void note(int who, const std::string& body, const base::Result<void>& told) {
    if (told) {
      take(who, body);
    } else {
      known_[who].refused.insert(body);
    }
  }
  void take(int who, const std::string& body) {
    known_[who].bodies.push_back(body);
    known_[who].refused.clear();
    states_[key_of(body)] = {State::waiting};
  }

  void check_records(int i) {
    const auto records = read(*journal_, ids_[i]);
    ASSERT_TRUE(records) << records.error().describe();
    Known& known = known_[i];
    const bool has_more = records->size() == known.bodies.size() + 1;
    // What the run before was refused may have come to the disk all the same.
    if (has_more && is_fresh_ && known.refused.contains(records->back().body)) {
      const std::string body = records->back().body;
      take(i, body);
    }
    ASSERT_EQ(records->size(), known.bodies.size());
    for (size_t at = 0; at < records->size(); ++at) {
      ASSERT_EQ(records->at(at).number, static_cast<int64_t>(at) + 1);
      ASSERT_EQ(records->at(at).body, known.bodies[at]);
    }
  }

  struct UnderWay {
    int who;
    std::string body;
    std::future<base::Result<void>> told;
  };
  std::mt19937_64 dice_;
  const bool is_encrypted_;
  fakes::NoLog log_;
  fakes::Folder root_;
  fs::path home_;
  int homes_ = 0;
  std::vector<base::Id> ids_;
  std::vector<Known> known_;
  std::map<std::string, std::set<State>> states_;  // of deliveries, as may be found
  std::vector<UnderWay> under_way_;
  int attempts_ = 0;
  std::string why_closed_;
  bool is_fresh_ = false;  // opened, and not looked at since
  std::unique_ptr<storage::DurableJournal> journal_;
};

}  // namespace millrace::faults
