// Feeds of the live socket: what is looked at, who is told to have changed it, and claims.
#include "api/live_feeds.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/api.hpp"

namespace millrace::api {
namespace {

const std::string kTopic = "workspace:One/main";
const Studio::Place kPlace{"One", "main"};

class ApiFeeds : public ApiTesting {
 protected:
  ApiFeeds() { studio_.looked = {{{"a", "1"}, {"b", "1"}}, "main", "h1"}; }

  // As the live socket's thread does: everything that is due is looked at.
  void look() {
    clock_.pass(std::chrono::seconds(2));
    feeds_.look();
    while (!tasks_.empty()) {
      base::Task task = std::exchange(tasks_.front(), {});
      tasks_.erase(tasks_.begin());
      task();
    }
  }
  // "type path by" of what came since.
  std::vector<std::string> heard() {
    std::vector<std::string> out;
    for (const FeedRow& row : feed_->since(seen_)) {
      seen_ = row.seq;
      std::string text = row.type;
      for (const char* name : {"path", "hash", "node", "by", "head", "errors"}) {
        const auto* value = row.data.if_contains(name);
        if (value != nullptr) text += " " + json::to_text(*value);
      }
      out.push_back(text);
    }
    return out;
  }
  void open() {
    feed_ = feeds_.open(kTopic).value();
    seen_ = feed_->begin(std::nullopt).seq;
  }

  std::vector<base::Task> tasks_;
  Post post_ = [this](base::Task task) {
    tasks_.push_back(std::move(task));
    return true;
  };
  Ports ports_{*access_,    nullptr,    store_, records_, desk_, studio_,
               deliveries_, solutions_, clock_, random_,  log_,  ""};
  Feeds feeds_{ports_, post_};
  std::shared_ptr<Feed> feed_;
  int64_t seen_ = 0;
};

using Rows = std::vector<std::string>;

TEST_F(ApiFeeds, LookOnceForFilesAndGit) {
  open();
  EXPECT_EQ(studio_.looks, 1);
  studio_.looked = {{{"a", "2"}, {"c", "1"}}, "main", "h2"};
  look();
  EXPECT_EQ(studio_.looks, 2);
  EXPECT_EQ(heard(), (Rows{"file_changed a 2", "file_changed c 1", "file_changed b None",
                           "git_changed h2"}));
  look();
  EXPECT_EQ(heard(), Rows());
}

TEST_F(ApiFeeds, AreLookedAtByOneOfThoseWhoOpenThemTogether) {
  std::promise<void> is_looking;
  std::promise<void> go_on;
  studio_.on_look = [&] {
    is_looking.set_value();
    go_on.get_future().wait();
  };
  std::shared_ptr<Feed> first;
  std::shared_ptr<Feed> second;
  std::jthread one([&] { first = feeds_.open(kTopic).value(); });
  is_looking.get_future().wait();
  std::jthread other([&] { second = feeds_.open(kTopic).value(); });
  go_on.set_value();
  one.join();
  other.join();
  EXPECT_EQ(first, second);
  EXPECT_EQ(studio_.looks, 1);
}

TEST_F(ApiFeeds, OfWhatIsNotThereAreNotKept) {
  EXPECT_FALSE(feeds_.open("workspace:One/none"));
  EXPECT_FALSE(feeds_.open("workspace:One/none"));
  EXPECT_EQ(studio_.looks, 2);
  EXPECT_FALSE(feeds_.claim("workspace:One/none", "main.a", "anna"));
}

TEST_F(ApiFeeds, NameWhoSavedAndNobodyForWhatAnEditorMadeOfIt) {
  open();
  {
    Feeds::Saving saving(feeds_, kPlace);
    saving.saved({{"a", "2"}, {"b", ""}}, "anna");
  }
  EXPECT_EQ(heard(), (Rows{"file_changed a 2 anna", "file_changed b None anna"}));
  studio_.looked.files = {{"a", "3"}};
  look();
  EXPECT_EQ(heard(), Rows{"file_changed a 3"});
  // The text that she saved comes back from an editor: that was not her.
  studio_.looked.files = {{"a", "2"}};
  look();
  EXPECT_EQ(heard(), Rows{"file_changed a 2"});
}

TEST_F(ApiFeeds, DoNotCountWhatWasLookedAtWhileSomebodySaved) {
  open();
  studio_.on_look = [this] {
    studio_.on_look = {};
    Feeds::Saving saving(feeds_, kPlace);
    saving.saved({{"a", "2"}}, "anna");
  };
  look();  // sees the files as they were before
  EXPECT_EQ(heard(), Rows{"file_changed a 2 anna"});
  studio_.looked.files["a"] = "2";
  look();
  EXPECT_EQ(heard(), Rows());
  Feeds::Saving saving(feeds_, kPlace);
  const int looks = studio_.looks;
  look();
  EXPECT_EQ(studio_.looks, looks) << "not while it lasts";
}

TEST_F(ApiFeeds, TellOfClaimsUntilTheyEnd) {
  open();
  feeds_.note_present(kTopic, {"anna", "ben"});
  (void)heard();
  ASSERT_TRUE(feeds_.claim(kTopic, "main.a", "anna"));
  ASSERT_TRUE(feeds_.claim(kTopic, "main.a", "ben")) << "it warns, and holds nobody up";
  EXPECT_EQ(heard(), (Rows{"claim main.a anna", "claim main.a ben"}));
  EXPECT_EQ(feed_->begin(std::nullopt).claims.size(), 2U);
  clock_.pass(std::chrono::seconds(10));
  ASSERT_TRUE(feeds_.claim(kTopic, "main.a", "anna"));
  EXPECT_EQ(heard(), Rows()) << "not with every key";
  clock_.pass(std::chrono::seconds(15));
  ASSERT_TRUE(feeds_.claim(kTopic, "main.a", "anna"));
  EXPECT_EQ(heard(), Rows{"claim main.a anna"});
  clock_.pass(std::chrono::seconds(40));
  feeds_.note_present(kTopic, {"anna", "ben"});
  look();
  EXPECT_EQ(heard(), Rows{"claim main.a ben"}) << "for a minute";
  EXPECT_EQ(feed_->begin(std::nullopt).claims.size(), 1U);
  feeds_.note_present(kTopic, {"ben"});
  EXPECT_EQ(heard(), (Rows{"claim main.a anna", "presence"})) << "she has left";
  ASSERT_TRUE(feeds_.claim(kTopic, "main.b", "ben"));
  feeds_.unclaim(kTopic, "main.b", "ben");
  feeds_.unclaim(kTopic, "main.b", "ben");
  EXPECT_EQ(heard().size(), 2U);
  EXPECT_TRUE(feed_->begin(std::nullopt).claims.empty());
}

TEST_F(ApiFeeds, HaveRoomForSoManyClaims) {
  open();
  for (int i = 0; i < 256; ++i) {
    ASSERT_TRUE(feeds_.claim(kTopic, "main.n" + std::to_string(i), "anna"));
  }
  EXPECT_EQ(feeds_.claim(kTopic, "main.more", "anna").error().code, base::Code::resource_exhausted);
  EXPECT_TRUE(feeds_.claim(kTopic, "main.n1", "anna"));
}

TEST_F(ApiFeeds, TellWhatACheckFoundOnce) {
  open();
  feeds_.checked(kPlace, {{"sound", true}, {"errors", 0}}, "anna");
  feeds_.checked(kPlace, {{"sound", true}, {"errors", 0}}, "ben");
  feeds_.checked(kPlace, {{"sound", false}, {"errors", 2}}, "ben");
  EXPECT_EQ(heard(), (Rows{"check_done anna 0", "check_done ben 2"}));
}

}  // namespace
}  // namespace millrace::api
