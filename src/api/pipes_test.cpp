// Pipes that were stopped: who sees them and lets them go on; deliveries in a list. And what was
// not understood: who reads it, and that one is done with it.
#include <gtest/gtest.h>

#include "tests/support/api.hpp"

namespace millrace::api {
namespace {

class ApiPipes : public ApiTesting {
 protected:
  ApiPipes() {
    for (const int64_t target : {1, 2}) deliveries_.depths[target] = {3, {1}, "wrong key"};
  }
  web::Response resume(const web::Header& by, const std::string& pipe) {
    return ask({"POST", "/pipes/" + pipe + "/resume", "", {by}});
  }
};

TEST_F(ApiPipes, AreShownToWhomTheyConcern) {
  const auto shown = ask({"GET", "/pipes", "", {key({"developer@One"})}});
  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_TRUE(shown.body.contains(R"("stopped":"wrong key")")) << shown.body;
  EXPECT_TRUE(shown.body.contains(R"("solution":"One")"));
  EXPECT_FALSE(shown.body.contains("Two"));
  EXPECT_EQ(ask({"GET", "/pipes", "", {key({"viewer"})}}).status, 403);
}

TEST_F(ApiPipes, GoOnWhenSomebodySaysSo) {
  const auto by = key({"operator@One"});
  EXPECT_EQ(resume(by, "1").status, 202);
  EXPECT_EQ(records_.ordered, std::vector<int64_t>{1});
  EXPECT_TRUE(json::serialize(access_->audit({.limit = 1})->front().to_json())
                  .contains("One/sandbox/braze"));
  const auto theirs = resume(by, "2");
  EXPECT_EQ(theirs.status, 404);
  for (const std::string none : {"3", "x", "-1", "1x", ""}) {
    const auto nothing = resume(by, none);
    EXPECT_EQ(nothing.status, 404) << none;
    if (!none.empty()) EXPECT_EQ(nothing.body, theirs.body) << none;
  }
  EXPECT_EQ(type_of(resume(key({"developer"}), "1")), "permission_denied");
  deliveries_.depths[1].stopped = "";
  EXPECT_EQ(type_of(resume(by, "1")), "failed_precondition");
  deliveries_.depths[1] = {0, {}, "wrong key"};
  EXPECT_EQ(type_of(resume(by, "1")), "failed_precondition") << "nothing waits";
  EXPECT_EQ(records_.ordered.size(), 1U);
}

TEST_F(ApiPipes, SayWhetherWhoeverAsksMayLetThemGoOn) {
  const auto says = [&](const std::string& grant) {
    return ask({"GET", "/pipes", "", {key({grant})}}).body;
  };
  EXPECT_TRUE(says("operator@One").contains(R"("may_resume":true)"));
  EXPECT_TRUE(says("developer@One").contains(R"("may_resume":false)"));
}

class ApiDeliveries : public ApiTesting {
 protected:
  std::string listed(const std::string& grant, const std::string& query = "") {
    return ask({"GET", "/deliveries" + query, "", {key({grant})}}).body;
  }
};

TEST_F(ApiDeliveries, SayWhichRightsReachThem) {
  EXPECT_TRUE(listed("developer@One").contains(R"("may":["chat.read"])"));
  EXPECT_TRUE(listed("operator@One").contains(R"("may":["delivery.write","chat.read"])"));
  EXPECT_TRUE(listed("ops.read@One").contains(R"("may":[])"));
  const auto mixed = ask({"GET", "/deliveries", "", {key({"owner@One", "ops.read@Two"})}}).body;
  EXPECT_TRUE(mixed.contains(R"("may":["delivery.write","pii.read","chat.read"])"));
  EXPECT_TRUE(mixed.contains(R"("may":[])"));
}

TEST_F(ApiDeliveries, AreListedInEitherOrderAndByWhatIsOpen) {
  EXPECT_EQ(deliveries_.asked.order, runtime::DeliveryFilter::Order::oldest_first);
  listed("owner", "?order=newest&state=open");
  EXPECT_EQ(deliveries_.asked.order, runtime::DeliveryFilter::Order::newest_first);
  EXPECT_TRUE(deliveries_.asked.is_open);
  EXPECT_FALSE(deliveries_.asked.state);
  listed("owner", "?order=oldest&state=held");
  EXPECT_EQ(deliveries_.asked.order, runtime::DeliveryFilter::Order::oldest_first);
  EXPECT_FALSE(deliveries_.asked.is_open);
  const auto refused = ask({"GET", "/deliveries?order=any", "", {key({"owner"})}});
  EXPECT_EQ(type_of(refused), "invalid_argument");
  const std::string all = R"({"action":"drop","filter":{"state":"open"}})";
  const auto many = ask({"POST", "/deliveries/bulk", all, {key({"owner"})}});
  EXPECT_EQ(many.status, 400) << "whoever orders many at once says in which state they are";
}

class ApiMisunderstood : public ApiTesting {
 protected:
  ApiMisunderstood() {
    desk_.said = {
        {"Opn tmrw", "opn tmrw", "en", "unsure", "hours", {}, 2, kChatOfOne, clock_.now()},
        {"Ofen?", "ofen", "de", "close", "hours", {}, 1, kChatOfOne, clock_.now()}};
  }
  json::array listed(const web::Header& by, const std::string& query = "") {
    const auto answer = ask({"GET", "/solutions/One/misunderstood" + query, "", {by}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse_object(answer.body)->at("items").as_array();
  }
  int done(const web::Header& by, const std::string& solution, const std::string& id) {
    const std::string path = "/solutions/" + solution + "/misunderstood/" + id + "/done";
    return ask({"POST", path, "", {by}}).status;
  }
};

TEST_F(ApiMisunderstood, IsMaskedWithoutTheRightToReadWords) {
  const auto masked = listed(key({"viewer@One"}));
  ASSERT_EQ(masked.size(), 2U);
  EXPECT_FALSE(json::serialize(masked).contains("tmrw"));
  EXPECT_EQ(masked[0].at("count").as_int64(), 2);
  EXPECT_EQ(masked[0].at("masked").as_bool(), true);
  EXPECT_EQ(access_->audit({.action = "misunderstood.list"})->size(), 0U);
  const auto read = listed(key({"supervisor@One"}));
  EXPECT_EQ(read[0].at("text").as_string(), "Opn tmrw");
  EXPECT_EQ(access_->audit({.action = "misunderstood.list"})->size(), 1U);
  EXPECT_EQ(listed(key({"viewer@One"}), "?locale=de").size(), 1U);
  const auto other = ask({"GET", "/solutions/One/misunderstood", "", {key({"owner@Two"})}});
  EXPECT_EQ(other.status, 404);
}

TEST_F(ApiMisunderstood, IsGoneOnceSomebodyIsDoneUntilItIsSaidAgain) {
  const auto by = key({"designer@One"});
  const std::string id(listed(by)[0].at("id").as_string());
  EXPECT_EQ(done(key({"viewer@One"}), "One", id), 403) << "who reads changes nothing";
  EXPECT_EQ(done(key({"solution.write@One"}), "One", id), 403) << "nor who does not read it";
  EXPECT_EQ(done(by, "One", id), 204);
  EXPECT_EQ(listed(by).size(), 1U);
  clock_.pass(std::chrono::seconds(1));
  desk_.said[0].at = clock_.now();
  EXPECT_EQ(listed(by).size(), 2U);
}

TEST_F(ApiMisunderstood, HasIdsThatLeadNowhereElse) {
  const auto both = key({"designer"});
  const std::string id(listed(both)[0].at("id").as_string());
  EXPECT_EQ(done(both, "Two", id), 404);
  for (const std::string none : {"nothing", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "x"}) {
    EXPECT_EQ(done(both, "One", none), 404) << none;
  }
  EXPECT_EQ(done(key({"designer@Two"}), "One", id), 404);
  EXPECT_EQ(done(both, "One", id), 204);
}

}  // namespace
}  // namespace millrace::api
