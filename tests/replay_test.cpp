// A chat whose records are made here, as the runtime makes them, and replayed.
#include "runtime/replay.hpp"

#include <gtest/gtest.h>

#include "tests/example.hpp"

namespace millrace::runtime {
namespace {

using dialog::Adopted;

class RuntimeReplay : public testing::Test {
 protected:
  RuntimeReplay() {
    programs_["old"] = named("old");
    programs_["new"] = named("new");
  }

  static Replay::Program named(const std::string& hash) {
    flow::Program program = testing_support::load_example();
    program.hash = hash;
    return std::make_shared<const flow::Program>(std::move(program));
  }
  base::Result<Replay::Program> find(const std::string& hash) const {
    const auto found = programs_.find(hash);
    if (found == programs_.end()) return base::fail(base::Code::data_loss, "no version " + hash);
    return found->second;
  }

  // Takes the turn and keeps its record.
  void take(const std::string& hash, std::variant<dialog::Said, Adopted> what) {
    const Replay::Program program = programs_.at(hash);
    dialog::Input input{{1'767'225'600'000 + 1000 * static_cast<int64_t>(records_.size())},
                        dialog::Started{}};
    dialog::State before = state_;
    if (const auto* adopted = std::get_if<Adopted>(&what)) {
      auto moved = adopt(*programs_.at(state_.program), *program, state_, adopted->why);
      ASSERT_TRUE(moved) << moved.error().message;
      before = std::move(*moved);
      input.what = *adopted;
    } else {
      if (records_.empty()) before = opened(*program);
      input.what = std::get<dialog::Said>(what);
    }
    auto turn = dialog::advance(*program, std::move(before), input);
    ASSERT_TRUE(turn) << turn.error().message;
    const int since = static_cast<int>(records_.size());
    records_.push_back(
        {.consumer = kId,
         .number = since + 1,
         .body = write_record(*turn, &input, input.at, kKey, since == 0 ? nullptr : &state_, since),
         .whole = since == 0});
    state_ = std::move(turn->state);
  }
  static dialog::State opened(const flow::Program& program) {
    return dialog::open_chat(program, {.chat = kId,
                                       .consumer = kId,
                                       .environment = "sandbox",
                                       .locale = "en",
                                       .at = {1'767'225'600'000},
                                       .channel = "rest",
                                       .address = "ada"});
  }
  // What replaying finds: "" for no difference.
  std::string difference() {
    Replay replay(kKey, [this](const std::string& hash) { return find(hash); });
    for (const JournalRecord& record : records_) {
      const auto found = replay.take(record);
      if (!found) return "error: " + found.error().message;
      if (*found) return "turn " + std::to_string(replay.turn()) + ": " + **found;
    }
    return "";
  }

  inline static const std::string kKey = std::string(32, 'k');
  inline static const base::Id kId = base::Id::derived("chat", "replay");
  std::map<std::string, Replay::Program> programs_;
  dialog::State state_;
  std::vector<JournalRecord> records_;
};

TEST_F(RuntimeReplay, MakesEveryTurnAsItIsStored) {
  take("old", dialog::Said{"1", "hi", true});
  take("old", dialog::Said{"2", "Ada"});
  take("new", Adopted{Adopted::Why::migrated});
  take("new", dialog::Said{"3", "Lovelace"});
  take("old", Adopted{Adopted::Why::restarted});
  take("old", dialog::Said{"4", "hi again", true});
  EXPECT_EQ(difference(), "");
}

TEST_F(RuntimeReplay, FindsWhereATurnDiffers) {
  take("old", dialog::Said{"1", "hi", true});
  take("old", dialog::Said{"2", "Ada"});
  std::string& body = records_.back().body;
  const size_t at = body.rfind("Ada");
  ASSERT_NE(at, std::string::npos);
  body[at + 2] = 'e';
  const std::string wanted = "turn " + std::to_string(state_.turn) + ": they differ at byte";
  EXPECT_TRUE(difference().starts_with(wanted)) << difference();
}

TEST_F(RuntimeReplay, SaysWhichVersionIsMissing) {
  take("old", dialog::Said{"1", "hi", true});
  programs_.erase("old");
  EXPECT_EQ(difference(), "error: no version old");
}

TEST_F(RuntimeReplay, GoesOnFromTheStateThatTheReasonAsksFor) {
  take("old", dialog::Said{"1", "hi", true});
  const auto& from = *programs_.at("old");
  const auto& to = *programs_.at("new");
  EXPECT_EQ(adopt(from, to, state_, Adopted::Why::survey)->node, state_.node);
  EXPECT_EQ(adopt(from, to, state_, Adopted::Why::migrated)->phase, dialog::Phase::waiting);
  EXPECT_EQ(adopt(from, to, state_, Adopted::Why::restarted)->phase, dialog::Phase::opened);
  state_.phase = dialog::Phase::calling;
  EXPECT_EQ(adopt(from, to, state_, Adopted::Why::migrated).error().code,
            base::Code::failed_precondition);
}

}  // namespace
}  // namespace millrace::runtime
