// Goal: what was once written can be read for ever, as what it was. Method: tests/formats/v0, v1,
// ... hold records as builds of their time wrote them, a line each, beside what they say in words
// of the tests' own. MILLRACE_WRITE_FORMATS=v1 adds what today's stories give to a folder; a file
// that is there is never written again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/formats/describe.hpp"
#include "tests/formats/stories.hpp"

namespace millrace::formats {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(MILLRACE_SOURCE_DIR) / "tests" / "formats";

// What a record says; `reader` has taken those before it.
base::Result<json::object> read(runtime::StateReader& reader, std::string_view body) {
  if (auto taken = reader.take(body); !taken) return std::unexpected(taken.error());
  const auto state = reader.state();
  if (!state) return std::unexpected(state.error());
  const auto input = runtime::read_input(body, kKey);
  if (!input) return std::unexpected(input.error());
  const auto turn = runtime::read_record(body);
  if (!turn) return std::unexpected(turn.error());
  json::object out{{"state", describe(*state)}, {"messages", describe(turn->messages)}};
  if (*input) out["input"] = describe(**input);
  return out;
}

std::vector<runtime::ChatMessage> messages_of(std::string_view body) {
  const auto record = runtime::read_record(body);
  return record ? record->messages : std::vector<runtime::ChatMessage>();
}

// The turn that a record was written from, as far as the record tells.
dialog::Turn turn_of(const dialog::State& state, std::string_view body) {
  dialog::Turn turn{state, 0, {}};
  for (const runtime::ChatMessage& message : messages_of(body)) {
    if (message.side == runtime::Side::consumer) {
      turn.said_sequence = message.sequence;
      turn.said = message.content.text;
    } else {
      turn.effects.emplace_back(dialog::Say{message.sequence, message.content, message.node,
                                            message.input_id, message.agent, message.agent_name});
    }
  }
  const auto record = *json::parse_object(body);
  if (const auto* tracked = json::get_array(record, "tracked")) {
    for (const json::value& item : *tracked) {
      const json::object& event = item.get_object();
      dialog::Track track{std::string(*json::get_string(event, "name")),
                          *json::get_object(event, "properties"),
                          {}};
      if (const auto* days = json::get_object(event, "retention_days")) {
        for (const auto& day : *days) {
          track.retention_days[day.key()] = static_cast<int>(day.value().get_int64());
        }
      }
      turn.effects.emplace_back(std::move(track));
    }
  }
  if (const auto* owed = json::get_array(record, "owed")) {
    for (const json::value& key : *owed) {
      turn.effects.emplace_back(dialog::Owe{std::string(key.get_string()), "", {}});
    }
  }
  return turn;
}

void write_missing(const fs::path& folder) {
  fs::create_directories(folder);
  for (const Story& story : all_stories()) {
    const fs::path file = folder / (story.name + ".jsonl");
    if (fs::exists(file)) continue;
    std::ofstream out(file, std::ios::binary);
    runtime::StateReader reader(kKey);
    for (const std::string& body : story.records) {
      auto said = read(reader, body);
      ASSERT_TRUE(said) << said.error().describe();
      (*said)["record"] = body;
      out << json::serialize(*said) << "\n";
    }
  }
}

class Formats : public testing::TestWithParam<fs::path> {};

TEST_P(Formats, AreReadAsWhatTheyWere) {
  std::ifstream in(GetParam(), std::ios::binary);
  runtime::StateReader reader(kKey);
  size_t count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    auto expected = json::parse_object(line);
    ASSERT_TRUE(expected);
    const std::string body(*json::get_string(*expected, "record"));
    expected->erase("record");
    const auto said = read(reader, body);
    ASSERT_TRUE(said) << count << ": " << said.error().describe();
    EXPECT_EQ(*said, *expected) << count;
  }
  EXPECT_GT(count, 0u);
}

// What was stored and what comes out again are compared by their bytes, whatever its version; and a
// record of any version may be written in today's.
TEST_P(Formats, AreWrittenAgainToTheByteAndInTodaysForm) {
  std::ifstream in(GetParam(), std::ios::binary);
  runtime::StateReader reader(kKey);
  runtime::StateReader of_today(kKey);
  std::optional<dialog::State> before;
  size_t count = 0;
  size_t stored_bytes = 0;
  size_t fresh_bytes = 0;
  for (std::string line; std::getline(in, line);) {
    const auto expected = json::parse_object(line);
    const std::string body(*json::get_string(*expected, "record"));
    ASSERT_TRUE(reader.take(body));
    const auto state = reader.state();
    const auto input = runtime::read_input(body, kKey);
    const auto at = runtime::read_record(body)->at;
    const dialog::Turn turn = turn_of(*state, body);
    const dialog::Input* what = *input ? &**input : nullptr;
    const dialog::State* was = reader.since() == 0 ? nullptr : &*before;
    EXPECT_EQ(runtime::write_record(turn, what, at, kKey, was, reader.since(), reader.version()),
              body);
    const std::string fresh = runtime::write_record(turn, what, at, kKey, was, reader.since());
    ++count;
    stored_bytes += body.size();
    fresh_bytes += fresh.size();
    auto said = read(of_today, fresh);
    ASSERT_TRUE(said) << said.error().describe();
    (*said)["record"] = body;
    EXPECT_EQ(*said, *expected);
    before = *state;
  }
  constexpr size_t kVersionBytes = 16;  // a record's, with its state's; a reason's word
  EXPECT_LE(fresh_bytes, stored_bytes + count * kVersionBytes);
}

// Of a later build's, or damaged: said, with the place, and never taken for something else.
TEST(FormatsUnknown, AreALossThatNamesTheRecord) {
  const std::string body =
      R"({"v":1,"at":5,"in":{"k":"due","kind":"pause","due":5},"out":[{"text":"Hi","seq":1,)"
      R"("asset":{"type":"buttons"}}],"state":{"v":1,"program":"p",)"
      R"("chat":"018f2c9e-0000-7000-8000-000000000001",)"
      R"("consumer":"018f2c9e-0000-7000-8000-000000000002","env":"live","phase":"waiting","node":1,)"
      R"("turn":1,"seq":1,"born":4,"region":"en","frames":[{"kind":"call","node":3}],)"
      R"("timer":{"kind":"silence","due":9},"call":{"key":"k","node":2,"at":4}}})";
  runtime::StateReader sound(kKey);
  ASSERT_TRUE(read(sound, body));
  const std::pair<std::string_view, std::string_view> kWrong[] = {
      {R"({"v":1,"at")", R"({"v":2,"at")"},
      {R"({"v":1,"program")", R"({"v":2,"program")"},
      {R"({"v":1,"at")", R"({"v":"1","at")"},
      {R"("at":5,)", ""},
      {R"("k":"due")", R"("k":"dew")"},
      {R"("kind":"pause")", R"("kind":"pose")"},
      {R"("kind":"pause")", R"("kind":2)"},
      {R"("phase":"waiting")", R"("phase":"waltzing")"},
      {R"("phase":"waiting",)", ""},
      {R"("region":"en",)", ""},
      {R"("node":1,)", R"("node":"1",)"},
      {R"("kind":"call")", R"("kind":"fall")"},
      {R"("kind":"silence")", R"("kind":"violence")"},
      {R"("type":"buttons")", R"("type":"bottoms")"},
      {R"("text":"Hi",)", ""},
      {R"("key":"k",)", ""}};
  for (const auto& [was, is] : kWrong) {
    std::string wrong = body;
    const size_t at = wrong.find(was);
    ASSERT_NE(at, std::string::npos) << was;
    wrong.replace(at, was.size(), is);
    const runtime::JournalRecord record{base::Id::derived("consumer", "1"), 7, wrong};
    runtime::StateReader reader(kKey);
    auto error = [&]() -> std::optional<base::Error> {
      if (auto taken = reader.take(record); !taken) return taken.error();
      if (auto state = reader.state(); !state) return state.error();
      if (auto input = runtime::read_input(record, kKey); !input) return input.error();
      if (auto turn = runtime::read_record(record); !turn) return turn.error();
      return std::nullopt;
    }();
    ASSERT_TRUE(error) << is;
    EXPECT_EQ(error->code, base::Code::data_loss) << is;
    EXPECT_NE(error->where.find(record.consumer.to_string() + ", record 7"), std::string::npos)
        << error->where;
  }
}

// A list of chats is made of what turns say, or read from their records when it has to be made
// anew.
TEST(FormatsFacts, AreTheSameFromATurnAndFromItsRecord) {
  for (const Story& story : all_stories()) {
    runtime::StateReader reader(kKey);
    runtime::ChatFacts known;
    for (const std::string& body : story.records) {
      ASSERT_TRUE(reader.take(body));
      const auto at = runtime::read_record(body)->at;
      const auto turned = runtime::facts_of({*reader.state(), 0, {}}, at, "");
      const auto found = runtime::facts_in(body);
      ASSERT_TRUE(found);
      if (!found->version.empty()) known.version = found->version;
      if (!found->phase.empty()) known.phase = found->phase;
      if (found->begun_at.ms != 0) known.begun_at = found->begun_at;
      EXPECT_EQ(found->chat, turned.chat);
      EXPECT_EQ(found->turns, turned.turns);
      EXPECT_EQ(found->at, turned.at);
      EXPECT_EQ(known.version, turned.version);
      EXPECT_EQ(known.phase, turned.phase);
      EXPECT_EQ(known.begun_at, turned.begun_at);
    }
  }
}

std::vector<fs::path> files() {
  if (const char* version = std::getenv("MILLRACE_WRITE_FORMATS")) write_missing(kFolder / version);
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

INSTANTIATE_TEST_SUITE_P(All, Formats, testing::ValuesIn(files()), [](const auto& info) {
  std::string name =
      info.param.parent_path().filename().string() + "_" + info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace millrace::formats
