// `millrace deliveries` on a journal: what it shows, what it keeps to itself, what it orders.
#include "app/cli/cli.hpp"
#include "app/commands/commands.hpp"
#include "storage/storage.hpp"
#include "tests/outbox/model_outbound.hpp"

namespace millrace::outbox {
namespace {

namespace fs = std::filesystem;
using delivery::State;

class OutboxCommand : public testing::Test {
 protected:
  OutboxCommand() {
    auto opened = storage::open_journal(folder / "journal.db", log);
    EXPECT_TRUE(opened);
    journal = std::move(*opened);
    runtime::JournalRecord record{base::Id::derived("consumer", "c"), 1, "turn"};
    for (const char* key : {"k1", "k2", "k3"}) {
      record.deliveries.push_back({key, record.consumer, "chat", "shop", "live", "braze",
                                   "braze.track",
                                   json::object{{"user", {{"email", "ana@example.com"}}},
                                                {"attributes", {{"home_city", "Porto"}}}}});
    }
    std::promise<void> written;
    journal->append(std::move(record), [&](base::Result<int64_t>) { written.set_value(); });
    written.get_future().get();
    runtime::DeliveryWrite write;
    write.target = 1;
    write.updates = {{1, State::delivered, ""},
                     {2, State::rejected,
                      R"({"objects":[{"n":0,"state":"rejected","reason":"not valid"}],)"
                      R"("status":400,"outcome":"rejected"})"}};
    std::promise<void> changed;
    journal->deliveries().commit(std::move(write),
                                 [&](base::Result<void>) { changed.set_value(); });
    changed.get_future().get();
  }
  ~OutboxCommand() override { journal.reset(); }

  std::string run(std::vector<std::string> words, int wanted = 0) {
    app::cli::App cli("millrace", "");
    int exit_code = 0;
    app::add_deliveries_command(cli, exit_code);
    words.insert(words.begin(), {"millrace", "deliveries"});
    words.insert(words.begin() + 3, {"--data", folder.string()});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    exit_code = cli.run(static_cast<int>(arguments.size()), arguments.data(), exit_code);
    std::string out = testing::internal::GetCapturedStdout();
    out += testing::internal::GetCapturedStderr();
    EXPECT_EQ(exit_code, wanted) << out;
    return out;
  }
  std::vector<std::pair<runtime::DeliveryOrder::Action, int64_t>> orders() {
    std::vector<std::pair<runtime::DeliveryOrder::Action, int64_t>> out;
    for (const auto& order : *journal->deliveries().orders(10)) {
      out.emplace_back(order.action, order.row);
    }
    return out;
  }

  fakes::KeptLog log;
  fakes::Folder home;
  const fs::path& folder = home.path;
  std::unique_ptr<storage::DurableJournal> journal;
};

using Action = runtime::DeliveryOrder::Action;

TEST_F(OutboxCommand, ListsWithoutConsumersWords) {
  const std::string all = run({"list"});
  EXPECT_EQ(std::ranges::count(all, '\n'), 4) << "a header, and a line each";
  EXPECT_TRUE(all.contains("rejected"));
  EXPECT_TRUE(all.contains("not valid"));
  EXPECT_TRUE(all.contains("1 attribute"));
  const std::string as_json = run({"list", "--json", "--state", "rejected"});
  EXPECT_EQ(json::parse(as_json.substr(0, as_json.size() - 1))->as_array().size(), 1u);
  for (const std::string& text : {all, as_json, run({"show", "k2"})}) {
    EXPECT_FALSE(text.contains("ana@example.com"));
    EXPECT_FALSE(text.contains("Porto"));
  }
}

TEST_F(OutboxCommand, ShowsAndExportsAllWhereItIsAskedFor) {
  EXPECT_TRUE(run({"show", "k2", "--reveal"}).contains("ana@example.com"));
  const std::string lines = run({"export", "--state", "waiting"});
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1);
  EXPECT_TRUE(lines.contains("Porto"));
  EXPECT_TRUE(run({"show", "no such key"}, 1).contains("there is no delivery"));
}

TEST_F(OutboxCommand, OrdersWhatIsMeantAndNeverDropsAllByAccident) {
  run({"drop"}, 2);
  EXPECT_TRUE(orders().empty());
  run({"retry"});  // what was refused, and one that waits, so that what is stopped goes on
  EXPECT_EQ(orders(),
            (std::vector<std::pair<Action, int64_t>>{{Action::retry, 2}, {Action::retry, 3}}));
  run({"drop", "--key", "k3"});
  EXPECT_EQ(orders().back(), (std::pair<Action, int64_t>{Action::drop, 3}));
  run({"list", "--since", "last week"}, 2);
  run({"list", "--consumer", "nobody"}, 2);
}

}  // namespace
}  // namespace millrace::outbox
