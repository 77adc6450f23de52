// What has been said, as values: replayed, as a test, and exported.
#include "solutions/chats.hpp"

#include "solutions/export.hpp"
#include "solutions/replay.hpp"
#include "solutions/test_from_chat.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

using base::Code;

// A conversation with an action, which was given an answer.
class SolutionsChats : public SolutionTest {
 protected:
  SolutionsChats() {
    write_file(solution / "action_nodes" / "Lookup.py", "class Lookup: ...\n");
    write("nodes:\n" + kCity +
          "  look:\n    do: Lookup\n    with: {city: '{CITY}'}\n    outputs: [success]\n"
          "    decide: success\n    on: {'true': bye, error: sorry}\n" +
          bye("Bye from") + "  sorry:\n    say: Sorry\n    end: true\n");
    version = deployed();
    talk.emplace(archive, program(version.hash), "ada");
    talk->say("hi");
    talk->say("Rome");
    talk->take(dialog::CallEnded{
        talk->state.call->key, dialog::CallEnd::returned, {{"success", "true"}}, ""});
  }

  Deployment version;
  std::optional<Talk> talk;
};
using SolutionsReplay = SolutionsChats;
using SolutionsTestFromChat = SolutionsChats;
using SolutionsExport = SolutionsChats;

TEST_F(SolutionsReplay, ComesOutByteForByteTheSame) {
  const auto played = replay(archive, talk->chat, kTestKey, versions);
  ASSERT_TRUE(played) << played.error().describe();
  EXPECT_EQ(played->turns, 4u);
  EXPECT_FALSE(played->difference) << played->difference->what;
}

TEST_F(SolutionsReplay, NamesTheFirstTurnThatComesOutOtherwise) {
  std::string& body = archive.record(talk->consumer, 2).body;
  const auto at = body.find("Rome");
  ASSERT_NE(at, std::string::npos);
  body.insert(body.size() - 1, " ");
  const auto played = replay(archive, talk->chat, kTestKey, versions);
  ASSERT_TRUE(played) << played.error().describe();
  ASSERT_TRUE(played->difference);
  EXPECT_EQ(played->turns, 3u);
  EXPECT_TRUE(played->difference->what.starts_with("they differ at byte"));
}

TEST_F(SolutionsReplay, RefusesWhatCannotBeRead) {
  EXPECT_EQ(replay(archive, base::Id::derived("chat", "none"), kTestKey, versions).error().code,
            Code::not_found);
  Versions nowhere(folder.path / "nowhere", {});
  EXPECT_FALSE(replay(archive, talk->chat, kTestKey, nowhere));
}

TEST_F(SolutionsTestFromChat, IsATestThatPasses) {
  const auto text = test_from_chat(archive, talk->chat, kTestKey, versions);
  ASSERT_TRUE(text) << text.error().describe();
  write_file(solution / "tests" / "from.test.yaml", *text);
  const auto run = test(solution, program(version.hash), {});
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->problems.empty()) << *text;
  ASSERT_EQ(run->outcomes.size(), 1u);
  EXPECT_TRUE(run->passed()) << run->outcomes[0].failure << "\n" << *text;
  EXPECT_NE(text->find("Lookup"), std::string::npos);
}

TEST_F(SolutionsTestFromChat, RefusesAChatThatIsNotThere) {
  EXPECT_EQ(
      test_from_chat(archive, base::Id::derived("chat", "none"), kTestKey, versions).error().code,
      Code::not_found);
}

class Exported {
 public:
  EachObject each() {
    return [this](const json::object& object) { objects.push_back(object); };
  }
  size_t count(std::string_view kind) const {
    return static_cast<size_t>(std::ranges::count_if(objects, [&](const json::object& object) {
      return json::get_string(object, "kind") == kind;
    }));
  }
  std::vector<json::object> objects;
};

TEST_F(SolutionsExport, GivesTurnsChatsAndDeliveries) {
  std::vector<runtime::DeliveryFilter> asked;
  const auto deliveries = [&](const runtime::DeliveryFilter& filter) {
    asked.push_back(filter);
    std::vector<runtime::StoredDelivery> page(1);
    page[0].row.key = "k";
    page[0].row.kind = "webhook.send";
    page[0].row.body = R"({"a":1})";
    return base::Result<std::vector<runtime::StoredDelivery>>(page);
  };
  Exported exported;
  ASSERT_TRUE(export_person({talk->consumer}, {archive, deliveries, kTestKey}, exported.each()));
  EXPECT_EQ(exported.count("turn"), 4u);
  EXPECT_EQ(exported.count("chat"), 1u);
  EXPECT_EQ(exported.count("delivery"), 1u);
  EXPECT_EQ(exported.count("joined"), 0u);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].consumer, talk->consumer);
}

TEST_F(SolutionsExport, SaysWhoIsOnePersonWithWhom) {
  const auto none = [](const runtime::DeliveryFilter&) {
    return base::Result<std::vector<runtime::StoredDelivery>>();
  };
  const base::Id other = base::Id::derived("consumer", "other");
  Exported exported;
  ASSERT_TRUE(export_person({talk->consumer, other}, {archive, none, kTestKey}, exported.each()));
  EXPECT_EQ(exported.count("joined"), 1u);
}

// Found by reading: what an agent said was exported as said by the bot.
TEST_F(SolutionsExport, SaysWhatAnAgentSaid) {
  write(
      "nodes:\n  desk:\n    say: One moment\n    behaviours: [xfer_to_agent]\n"
      "    on: {unavailable: nobody}\n    next: nobody\n"
      "  nobody:\n    say: Bye\n    end: true\n");
  const Deployment desk = deployed();
  Talk with_agent(archive, program(desk.hash), "bob");
  with_agent.say("hi");
  with_agent.take(dialog::AgentJoined{"a1", "Ann"});
  with_agent.take(dialog::AgentSaid{"s1", "a1", "Hello, this is Ann"});
  const auto none = [](const runtime::DeliveryFilter&) {
    return base::Result<std::vector<runtime::StoredDelivery>>();
  };
  Exported exported;
  ASSERT_TRUE(export_person({with_agent.consumer}, {archive, none, kTestKey}, exported.each()));
  std::string from;
  for (const json::object& object : exported.objects) {
    const auto* messages = json::get_array(object, "messages");
    if (messages == nullptr) continue;
    for (const json::value& message : *messages) {
      const json::object& said = message.get_object();
      if (json::get_string(said, "text") == "Hello, this is Ann") {
        from = json::get_string(said, "from").value_or("");
      }
    }
  }
  EXPECT_EQ(from, "agent");
}

TEST_F(SolutionsChats, AreGivenPageByPage) {
  for (int i = 0; i < 2'500; ++i) {
    archive.add({.chat = base::Id::derived("many", std::to_string(i)),
                 .consumer = base::Id::derived("people", std::to_string(i)),
                 .last_at = {i / 7}},
                "{}");
  }
  std::set<base::Id> seen;
  ASSERT_TRUE(each_chat(archive, {}, [&](const runtime::ChatEntry& chat) -> base::Result<void> {
    EXPECT_TRUE(seen.insert(chat.chat).second);
    return {};
  }));
  EXPECT_EQ(seen.size(), 2'501u);
}

}  // namespace
}  // namespace millrace::solutions
