// The API over a store in memory and records that are made up: two solutions, One and Two, each
// with a chat and a delivery. For this room's tests.
#pragma once

#include <gtest/gtest.h>

#include <future>

#include "access/access.hpp"
#include "api/api.hpp"
#include "api/operation.hpp"
#include "base/seal.hpp"
#include "tests/fakes/chance.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/log.hpp"
#include "tests/fakes/transactions.hpp"
#include "tests/support/api_studio.hpp"

namespace millrace::api {

inline const base::Id kChatOfOne = base::Id::derived("chat", "One");
inline const base::Id kChatOfTwo = base::Id::derived("chat", "Two");
inline constexpr std::string_view kPassword = "a sentence to remember";

class FakeArchive final : public runtime::Archive {
 public:
  using Records = base::Result<std::vector<runtime::JournalRecord>>;
  Records since(int64_t, size_t) override { return std::vector<runtime::JournalRecord>(); }
  base::Result<std::optional<runtime::ChatEntry>> find(base::Id chat) override {
    if (chat == kChatOfOne) return entry("One");
    if (chat == kChatOfTwo) return entry("Two");
    return std::nullopt;
  }
  base::Result<void> chat(base::Id, Each) override { return {}; }
  base::Result<void> consumer(base::Id, Each) override { return {}; }
  Records tail(base::Id, int64_t) override { return std::vector<runtime::JournalRecord>(); }
  Records tail_before(const runtime::ChatEntry&) override {
    return std::vector<runtime::JournalRecord>();
  }
  base::Result<std::vector<runtime::ChatEntry>> live(const runtime::ChatFilter& filter) override {
    std::vector<runtime::ChatEntry> out;
    for (const char* name : {"One", "Two"}) {
      const bool is_meant = filter.solution.empty() || filter.solution == name;
      if (is_meant && !filter.after && out.size() < filter.limit) out.push_back(entry(name));
    }
    return out;
  }
  base::Result<std::vector<runtime::ParkedChat>> parked() override {
    return std::vector<runtime::ParkedChat>();
  }

 private:
  static runtime::ChatEntry entry(std::string_view solution) {
    runtime::ChatEntry chat;
    chat.chat = base::Id::derived("chat", solution);
    chat.consumer = base::Id::derived("consumer", solution);
    chat.solution = solution;
    chat.phase = "asking";
    chat.last_at = {fakes::kSomeTimeMs};
    return chat;
  }
};

class FakeRecords final : public Records {
 public:
  base::Result<std::unique_ptr<runtime::Archive>> archive() override {
    return std::make_unique<FakeArchive>();
  }
  base::Result<void> traces(std::string_view, const Each&) override { return {}; }
  std::string summary(const runtime::StoredDelivery&) override { return "something"; }
  base::Result<void> order(runtime::DeliveryOrder::Action,
                           const std::vector<int64_t>& rows) override {
    ordered.insert(ordered.end(), rows.begin(), rows.end());
    return {};
  }
  base::Result<std::set<base::Id>> person(base::Id) override {
    return base::fail(base::Code::not_found, "nobody");
  }
  base::Result<void> export_person(const std::set<base::Id>&, const Each&) override { return {}; }
  base::Result<json::object> erase(const std::set<base::Id>&) override { return json::object(); }

  std::vector<int64_t> ordered;
};

class FakeDeliveries final : public runtime::DeliveryStore {
 public:
  using Rows = base::Result<std::vector<runtime::StoredDelivery>>;
  base::Result<std::vector<runtime::DeliveryTarget>> targets() override {
    return std::vector<runtime::DeliveryTarget>{{1, "One", "sandbox", "braze"},
                                                {2, "Two", "sandbox", "braze"}};
  }
  base::Result<std::vector<delivery::Row>> waiting(int64_t target, int64_t, size_t) override {
    std::vector<delivery::Row> rows(depths[target].waiting > 0 ? 1 : 0);
    for (delivery::Row& row : rows) row.id = target;
    return rows;
  }
  base::Result<runtime::DeliveryDepth> depth(int64_t target) override { return depths[target]; }
  base::Result<std::optional<runtime::StoredDelivery>> find(std::string_view key) override {
    for (const auto& each : all()) {
      if (each.row.key == key) return each;
    }
    return std::nullopt;
  }
  base::Result<std::optional<runtime::StoredDelivery>> get(int64_t) override {
    return std::nullopt;
  }
  Rows list(const runtime::DeliveryFilter& filter) override {
    asked = filter;
    std::vector<runtime::StoredDelivery> out;
    for (auto& each : all()) {
      if (filter.solution.empty() || filter.solution == each.solution) out.push_back(each);
    }
    return out;
  }
  base::Result<std::map<int64_t, std::vector<delivery::ObjectRef>>> marks() override {
    return std::map<int64_t, std::vector<delivery::ObjectRef>>();
  }
  base::Result<std::vector<runtime::DeliveryOrder>> orders(size_t) override {
    return std::vector<runtime::DeliveryOrder>();
  }
  void commit(runtime::DeliveryWrite, Done done) override { done({}); }
  void prune(int64_t, base::Timestamp, size_t, Done done) override { done({}); }

  std::map<int64_t, runtime::DeliveryDepth> depths;  // by target: 1 is One's, 2 is Two's
  runtime::DeliveryFilter asked;                     // of the last list

 private:
  static std::vector<runtime::StoredDelivery> all() {
    std::vector<runtime::StoredDelivery> out(2);
    for (size_t i = 0; i < out.size(); ++i) {
      out[i].row.id = static_cast<int64_t>(i) + 1;
      out[i].row.key = i == 0 ? "of-One" : "of-Two";
      out[i].solution = i == 0 ? "One" : "Two";
      out[i].environment = "sandbox";
    }
    return out;
  }
};

class FakeDesk final : public Desk {
 public:
  using Object = base::Result<json::object>;
  using Text = std::string_view;
  base::Result<json::array> versions(Text) override { return json::array(); }
  base::Result<json::array> files(Text, Text) override { return json::array(); }
  Object file(Text, Text, Text) override { return json::object{{"hash", "h"}}; }
  base::Result<json::array> list_deploys(Text) override { return json::array(); }
  Object check(Text, const json::object&) override { return json::object(); }
  Object impact(Text, const json::object&) override { return json::object(); }
  Object deploy(Text, const json::object&) override {
    ++deploys;
    return json::object{{"number", deploys}};
  }
  Object roll_back(Text, const json::object&) override { return json::object(); }
  Object replay(base::Id) override { return json::object(); }
  Object test_of(base::Id) override { return json::object(); }
  Object live_nodes(Text solution) override {
    return json::object{{"solution", solution}, {"versions", json::object()}, {"complete", true}};
  }
  base::Result<MisunderstoodPage> misunderstood(const runtime::ChatFilter& filter,
                                                Text locale) override {
    MisunderstoodPage page;
    for (const auto& each : said) {
      if (!filter.after && (locale.empty() || locale == each.locale)) page.items.push_back(each);
    }
    return page;
  }

  int deploys = 0;
  std::vector<Misunderstood> said;
};

struct Asked {
  std::string method = "GET";
  std::string path;  // under /api/v1, with its query
  std::string body;
  std::vector<web::Header> headers;
  std::string network = "192.0.2.7";
};

class ApiTesting : public testing::Test {
 protected:
  explicit ApiTesting(std::string environment = "sandbox") {
    access::AccessLimits limits;
    limits.password = {1, 8'192};
    access_ = std::make_unique<access::Access>(
        access::Access::Ports{store_, clock_, random_, std::string(base::kSealKeyBytes, 'k')},
        limits);
    Options options;
    options.seal_key = std::string(base::kSealKeyBytes, 's');
    options.environment = std::move(environment);
    options.origins = {true, ""};
    api_ = std::make_unique<Api>(Ports{*access_, nullptr, store_, records_, desk_, studio_,
                                       deliveries_, solutions_, clock_, random_, log_, ""},
                                 std::move(options));
  }

  web::Response ask(const Asked& asked) {
    web::Request request;
    request.method = asked.method;
    const size_t question = asked.path.find('?');
    request.path = "/api/v1" + asked.path.substr(0, question);
    if (question != std::string::npos) request.query = asked.path.substr(question + 1);
    request.headers = asked.headers;
    request.body = asked.body;
    if (!asked.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.peer = request.network = asked.network;
    std::promise<web::Response> answered;
    api_->handle(std::move(request),
                 [&](web::Response response) { answered.set_value(std::move(response)); });
    return answered.get_future().get();
  }

  // The header of a key with these grants.
  web::Header key(std::initializer_list<std::string> grants) {
    access::NewKey wanted{"test", {}, {}, {}};
    for (const std::string& grant : grants) {
      wanted.grants.push_back(access::grant_from_text(grant).value());
    }
    const access::Asker command{access::command_line(), "", ""};
    return {"Authorization", "Bearer " + access_->make_key(command, wanted).value().second};
  }

  // The cookie of the first owner, "anna".
  web::Header owner() {
    const auto link = access_->link_for_first_owner().value();
    const auto session = access_->use_link(link, {"anna", std::string(kPassword), "", "", "", ""});
    return {"Cookie", "millrace=" + session.value().token};
  }

  static std::string type_of(const web::Response& response) {
    const auto body = json::parse_object(response.body);
    if (!body || !body->contains("errors")) return "";
    return std::string(body->at("errors").at(0).at("type").as_string());
  }

  fakes::MemoryTransactions store_;
  fakes::Clock clock_;
  fakes::SeededChance random_;
  fakes::KeptLog log_;
  FakeRecords records_;
  FakeDesk desk_;
  FakeStudio studio_;
  FakeDeliveries deliveries_;
  runtime::Solutions solutions_;
  std::unique_ptr<access::Access> access_;
  std::unique_ptr<Api> api_;
};

}  // namespace millrace::api
