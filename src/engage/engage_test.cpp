#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "engage/channel.hpp"
#include "engage/phoenix.hpp"
#include "engage/socket.hpp"
#include "engage/tokens.hpp"
#include "engage/wire.hpp"

namespace millrace::engage {
namespace {

const std::string kKey(32, 'k');
const base::Timestamp kNow{1'000'000};
const Identity kAda{base::Id::derived("consumer", "ada"),
                    base::Id::derived("chat", "ada"),
                    base::Id::derived("app", "hotel"),
                    {2'000'000}};

TEST(EngageTokens, AreReadBackOnlyWhenWhole) {
  const std::string token = make_token(kKey, kAda);
  const auto back = read_token(kKey, token, kNow);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->consumer, kAda.consumer);
  EXPECT_EQ(back->chat, kAda.chat);
  EXPECT_EQ(back->app, kAda.app);
  EXPECT_EQ(back->until, kAda.until);
  EXPECT_FALSE(read_token(std::string(32, 'x'), token, kNow));
  EXPECT_FALSE(read_token(kKey, "", kNow));
  EXPECT_FALSE(read_token(kKey, token + "A", kNow));
  EXPECT_FALSE(read_token(kKey, std::string(10'000, 'A'), kNow));
  std::string bytes = base::from_base64url(token);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_token(kKey, base::to_base64url(changed), kNow)) << "byte " << i;
  }
}

TEST(EngageTokens, AreOverInTime) {
  const std::string token = make_token(kKey, kAda);
  EXPECT_TRUE(read_token(kKey, token, {kAda.until.ms - 1}));
  EXPECT_FALSE(read_token(kKey, token, kAda.until));
  EXPECT_FALSE(read_token(kKey, token, {INT64_MAX}));
}

TEST(EngageTokens, OfTheFormerVersionAreOver) {
  std::string bytes(1, '\x01');
  bytes += std::string(kAda.consumer.as_bytes()) + std::string(kAda.chat.as_bytes());
  bytes += base::hmac_sha256(kKey, "access-token:" + bytes);
  EXPECT_FALSE(read_token(kKey, base::to_base64url(bytes), kNow));
}

TEST(EngagePhoenix, ReadsAndWritesBothSerializers) {
  const auto v2 = read_frame(Serializer::v2, R"(["6","7","chat:x","msg:send",{"a":1}])");
  ASSERT_TRUE(v2);
  EXPECT_EQ(v2->join_ref, "6");
  EXPECT_EQ(v2->event, "msg:send");
  EXPECT_EQ(write_frame(Serializer::v2, reply_to(*v2, "ok", {})),
            R"(["6","7","chat:x","phx_reply",{"status":"ok","response":{}}])");
  const auto v1 =
      read_frame(Serializer::v1, R"({"topic":"phoenix","event":"heartbeat","payload":{},"ref":3})");
  ASSERT_TRUE(v1);
  EXPECT_EQ(v1->ref, "3");
  EXPECT_EQ(
      write_frame(Serializer::v1, reply_to(*v1, "ok", {})),
      R"({"topic":"phoenix","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"3"})");
}

TEST(EngagePhoenix, RefusesBadlyFormedFrames) {
  for (const char* text :
       {"", "{}", "[]", "[1,2,3]", R"(["1","1","t","e"])", R"(["1","1",5,"e",{}])",
        R"(["1",{},"t","e",{}])", R"(["1","1","t","e","text"])", "[null,null,null,null,null]"}) {
    EXPECT_FALSE(read_frame(Serializer::v2, text)) << text;
  }
  EXPECT_FALSE(read_frame(Serializer::v1, R"(["1","1","t","e",{}])"));
  EXPECT_FALSE(read_frame(Serializer::v1, R"({"topic":"t"})"));
}

TEST(EngagePhoenix, FindsTheTokenInTheSubprotocol) {
  EXPECT_EQ(token_of_subprotocol("base64url.bearer.phx." + base::to_base64url("secret")), "secret");
  EXPECT_FALSE(token_of_subprotocol("phoenix"));
}

TEST(EngageMessages, AreTakenFromFullAndFromTerseClients) {
  const auto terse = read_message({{"msg", "hi"}, {"from_side", "anonymous_consumer"}}, kAda);
  ASSERT_TRUE(terse);
  EXPECT_EQ(terse->text, "hi");
  const std::string me = kAda.consumer.to_string();
  const auto full = read_message({{"msg", "hi"},
                                  {"from", me},
                                  {"user_id", me},
                                  {"client_msg_id", "c1"},
                                  {"correlation_id", 7}},
                                 kAda);
  ASSERT_TRUE(full);
  EXPECT_EQ(full->client_message_id, "c1");
  EXPECT_EQ(full->correlation_id, 7);
}

TEST(EngageMessages, OfAnEmbedAreWhatItsObjectSays) {
  const auto said = [](json::value object) {
    const auto message = read_message(
        {{"msg_type", "embed"}, {"msg", nullptr}, {"app_object", std::move(object)}}, kAda);
    return message ? message->text : message.error().where;
  };
  EXPECT_EQ(said("words"), "words");
  EXPECT_EQ(said(R"({"label":"Red","value":"red"})"), "red");
  EXPECT_EQ(said(json::object{{"label", "Red"}}), "Red");
  EXPECT_EQ(said(json::object{{"url", "https://x.example"}}), "https://x.example");
  EXPECT_EQ(said(7), "7");
  EXPECT_EQ(said(json::object{{"colour", "red"}}), "app_object");
  EXPECT_EQ(said(json::array{"red"}), "app_object");
  EXPECT_EQ(said("  "), "app_object");
}

TEST(EngageJoins, SayWhatWasHeardLast) {
  EXPECT_EQ(last_heard_of({})->has_value(), false);
  EXPECT_EQ(last_heard_of({{"seq_num", nullptr}})->has_value(), false);
  EXPECT_EQ(**last_heard_of({{"seq_num", 0}}), 0);
  EXPECT_EQ(**last_heard_of({{"seq_num", 7}}), 7);
  for (const json::value& wrong : {json::value(-1), json::value("7"), json::value(1.5)}) {
    EXPECT_FALSE(last_heard_of({{"seq_num", wrong}}));
  }
}

TEST(EngageMessages, AreRefusedWithTheFieldNamed) {
  const auto source = [](const json::object& body) {
    const auto message = read_message(body, kAda);
    return message ? std::string("taken") : message.error().where;
  };
  EXPECT_EQ(source({}), "msg");
  EXPECT_EQ(source({{"msg", "  "}}), "msg");
  EXPECT_EQ(source({{"msg", std::string(5'000, 'x')}}), "msg");
  EXPECT_EQ(source({{"msg", "hi"}, {"msg_type", "video"}}), "msg_type");
  EXPECT_EQ(source({{"msg", nullptr}, {"msg_type", "embed"}}), "app_object");
  EXPECT_EQ(source({{"file", "ftp://x"}}), "file");
  EXPECT_EQ(source({{"msg", "hi"}, {"from_side", "agent"}}), "from_side");
  EXPECT_EQ(source({{"msg", "hi"}, {"from", base::Id{}.to_string()}}), "from");
  EXPECT_EQ(source({{"msg", "hi"}, {"client_msg_id", std::string(200, 'x')}}), "client_msg_id");
  EXPECT_EQ(source({{"msg", "hi"}, {"client_msg_id", "~x"}}), "client_msg_id");
}

TEST(EngageTyping, IsTrueFalseOrNotSaidAndOnlyOnesOwn) {
  EXPECT_TRUE(*read_typing({}, kAda));
  EXPECT_TRUE(*read_typing({{"is_typing", nullptr}}, kAda));
  EXPECT_FALSE(*read_typing({{"is_typing", false}, {"from", kAda.consumer.to_string()}}, kAda));
  EXPECT_EQ(read_typing({{"is_typing", "yes"}}, kAda).error().where, "is_typing");
  EXPECT_EQ(read_typing({{"from", base::Id{}.to_string()}}, kAda).error().where, "from");
}

TEST(EngageEvents, AreANameAndAnObject) {
  const auto told = read_event({{"name", "checkout"}, {"detail", {{"total", 3}}}});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->name, "checkout");
  EXPECT_EQ(told->detail, json::object({{"total", 3}}));
  EXPECT_TRUE(read_event({{"name", "bare"}, {"detail", nullptr}})->detail.empty());
  EXPECT_EQ(read_event({}).error().where, "name");
  EXPECT_EQ(read_event({{"name", 3}}).error().where, "name");
  EXPECT_EQ(read_event({{"name", "x"}, {"detail", "text"}}).error().where, "detail");
}

TEST(EngageSnapshots, SayWhichAgentHasTheChat) {
  runtime::Snapshot snapshot;
  snapshot.state.chat = kAda.chat;
  snapshot.state.phase = dialog::Phase::with_agent;
  snapshot.state.agent = dialog::Seat{.id = "a1", .name = "Grace", .joined_at = {5'000}};
  runtime::ChatMessage said{
      .side = runtime::Side::agent, .input_id = "~agent:1", .agent = "a1", .agent_name = "Grace"};
  said.content.text = "Good day";
  snapshot.messages = {{.side = runtime::Side::consumer}, {.side = runtime::Side::bot}, said};
  const json::object shown = snapshot_json(snapshot, kAda, runtime::Solutions());
  EXPECT_EQ(shown.at("agent_msg_count"), 1);
  EXPECT_EQ(shown.at("bot_msg_count"), 1);
  EXPECT_EQ(shown.at("consumer_msg_count"), 1);
  EXPECT_EQ(shown.at("agent_is_assigned"), true);
  EXPECT_EQ(shown.at("bot_enabled"), false);
  EXPECT_EQ(shown.at("agent_name"), "Grace");
  EXPECT_EQ(shown.at("agent_assign_ts"), 5);
  const json::object message = shown.at("history").at(2).get_object();
  EXPECT_EQ(message.at("from_side"), "agent");
  EXPECT_EQ(message.at("from"), "a1");
  EXPECT_EQ(message.at("agent_name"), "Grace");
  EXPECT_TRUE(message.at("client_msg_id").is_null());
}

TEST(EngageErrors, HaveThePublishedShape) {
  const auto response = error_response(base::Error{base::Code::not_found, "no such chat", ""});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            R"({"message":"no such chat","errors":[{"source":"request","type":"not_found",)"
            R"("message":"no such chat"}]})");
  EXPECT_EQ(error_response(500, "oops").body, R"({"message":"oops"})");
  for (const auto code : {base::Code::unavailable, base::Code::resource_exhausted}) {
    const auto refused = error_response(base::Error{code, "later", ""}, 7);
    ASSERT_EQ(refused.headers.back().name, "Retry-After");
    EXPECT_EQ(refused.headers.back().value, "7");
  }
}

}  // namespace
}  // namespace millrace::engage
