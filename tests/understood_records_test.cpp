// What was read in a message, in the record of its turn.
#include <gtest/gtest.h>

#include "dialog/state/understood_json.hpp"
#include "runtime/records/record.hpp"
#include "tests/understood.hpp"

namespace millrace::runtime {
namespace {

using namespace testing_support;

dialog::Input said_with(const Understood& understood) {
  dialog::Said said{"m1", "are you there at eight", true};
  said.understood = understood;
  return {kMorning, std::move(said)};
}

TEST(UnderstoodRecords, AReplayNeedsNoModel) {
  const auto program = program_of("");
  const std::string key(32, 'k');
  dialog::State state = dialog::open_chat(*program, {.chat = base::Id::derived("c", "1"),
                                                     .consumer = base::Id::derived("p", "1"),
                                                     .at = kMorning});
  auto begun = dialog::advance(*program, state, {kMorning, dialog::Started{}});
  ASSERT_TRUE(begun);
  Understood read = sure_of("hours");
  read.entities = {{"date", {"2026-01-08", "2026-08-01"}}};
  const dialog::Input input = said_with(read);
  const auto turn = dialog::advance(*program, begun->state, input);
  ASSERT_TRUE(turn);
  const std::string body = runtime::write_record(*turn, &input, kMorning, key);
  const auto again = runtime::read_input(body, key);
  ASSERT_TRUE(again && *again);
  EXPECT_EQ(std::get<dialog::Said>((*again)->what).understood, read);
  const auto replayed = dialog::advance(*program, begun->state, **again);
  ASSERT_TRUE(replayed);
  EXPECT_EQ(dialog::to_json(replayed->state), dialog::to_json(turn->state));
  const auto stored = runtime::read_record(body);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->understood, read);
}

TEST(UnderstoodRecords, WhatIsMaskedIsNotRepeatedInWhatWasRead) {
  const auto program = program_of("", R"(nodes:
  pin: {ask: 'PIN?', variable: PIN, secure: true}
  end: {say: Done, end: true}
)");
  const std::string key(32, 'k');
  dialog::State state = dialog::open_chat(*program, {.chat = base::Id::derived("c", "2"),
                                                     .consumer = base::Id::derived("p", "2"),
                                                     .at = kMorning});
  auto begun = dialog::advance(*program, state, {kMorning, dialog::Started{}});
  ASSERT_TRUE(begun);
  Understood read = sure_of("hours");
  read.entities = {{"number", {"778899"}}};
  const dialog::Input input = said_with(read);
  const auto turn = dialog::advance(*program, begun->state, input);
  ASSERT_TRUE(turn);
  const std::string body = runtime::write_record(*turn, &input, kMorning, key);
  EXPECT_EQ(body.find("778899"), std::string::npos) << body;
  EXPECT_EQ(runtime::read_record(body)->understood, std::nullopt);
  EXPECT_EQ(std::get<dialog::Said>((*runtime::read_input(body, key))->what).understood, read);
}

TEST(UnderstoodRecords, ComeBackFromTheirJson) {
  const Understood read{{{"a", 700}, {"b", 300}}, true, true, 500, {{"city", {"Porto"}}}};
  const json::object in{{"understood", dialog::to_json(read)}};
  dialog::Members members(in, "input");
  EXPECT_EQ(dialog::understood_in(members, "understood"), read);
  EXPECT_TRUE(members.done());
  dialog::Members none(in, "input");
  EXPECT_EQ(dialog::understood_in(none, "nothing"), std::nullopt);
  for (const char* wrong :
       {R"({"guesses": 1})", R"({"guesses": [{"permille": 1}]})",
        R"({"entities": [{"name": "a", "values": [1]}]})", R"({"known": ""})"}) {
    const json::object bad{{"understood", *json::parse(wrong)}};
    dialog::Members read_badly(bad, "input");
    dialog::understood_in(read_badly, "understood");
    EXPECT_FALSE(read_badly.done()) << wrong;
  }
}

}  // namespace
}  // namespace millrace::runtime
