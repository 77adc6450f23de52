// The operator's API, /api/v1: what the Studio, an inbox, reports and scripts ask of a server. It
// parses, finds out who asks and whether they may, and answers with what its ports give; every
// refusal has one form. Requests are answered on threads of its own, so that nothing it waits for
// (a disk, a password's hash) holds up a conversation.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "access/access.hpp"
#include "access/oidc.hpp"
#include "access/pairs.hpp"
#include "api/studio.hpp"
#include "base/web/web.hpp"
#include "base/web/web_origin.hpp"
#include "base/world.hpp"
#include "runtime/archive.hpp"
#include "runtime/delivery_store.hpp"
#include "runtime/solutions.hpp"
#include "runtime/typing.hpp"

namespace millrace::api {

// What is kept, beside the running heart. Blocks; thread-safe.
class Records {
 public:
  using Each = std::function<void(json::object)>;
  virtual ~Records() = default;
  virtual base::Result<std::unique_ptr<runtime::Archive>> archive() = 0;
  // Traces of the calls of one chat, the oldest first.
  virtual base::Result<void> traces(std::string_view chat, const Each& each) = 0;
  // What a delivery holds, without words of consumers.
  virtual std::string summary(const runtime::StoredDelivery& delivery) = 0;
  virtual base::Result<void> order(runtime::DeliveryOrder::Action action,
                                   const std::vector<int64_t>& rows) = 0;
  // All consumers who are one person with this one. not_found: nothing is kept of them.
  virtual base::Result<std::set<base::Id>> person(base::Id consumer) = 0;
  virtual base::Result<void> export_person(const std::set<base::Id>& person, const Each& each) = 0;
  // Removes what is kept of the person; what was removed, and what is left and why.
  virtual base::Result<json::object> erase(const std::set<base::Id>& person) = 0;
};

// Solutions, as the room of that name has them; bodies and answers are those of the document.
// Blocks; thread-safe. A solution that is not this server's is not_found.
class Desk {
 public:
  // Something said that was not understood, with all that is like it.
  struct Misunderstood {
    std::string text;  // as it was said last, and what reads alike wherever it is said
    std::string alike;
    std::string locale;
    std::string why;
    std::string intent;
    json::array guesses;
    int64_t count = 0;
    base::Id chat;  // the last one
    base::Timestamp at;
  };
  struct MisunderstoodPage {
    std::vector<Misunderstood> items;
    std::optional<runtime::ChatFilter::After> next;
  };

  virtual ~Desk() = default;
  virtual base::Result<json::array> versions(std::string_view solution) = 0;
  // All deploys in their order: number, hash, at, on_live, is_rollback.
  virtual base::Result<json::array> list_deploys(std::string_view solution) = 0;
  virtual base::Result<json::array> files(std::string_view solution, std::string_view version) = 0;
  virtual base::Result<json::object> file(std::string_view solution, std::string_view version,
                                          std::string_view path) = 0;
  virtual base::Result<json::object> check(std::string_view solution,
                                           const json::object& files) = 0;
  virtual base::Result<json::object> impact(std::string_view solution,
                                            const json::object& subject) = 0;
  virtual base::Result<json::object> deploy(std::string_view solution,
                                            const json::object& order) = 0;
  virtual base::Result<json::object> roll_back(std::string_view solution,
                                               const json::object& order) = 0;
  virtual base::Result<json::object> replay(base::Id chat) = 0;
  virtual base::Result<json::object> test_of(base::Id chat) = 0;
  // Where people are, by version and node, and what became of those who came by in a day.
  virtual base::Result<json::object> live_nodes(std::string_view solution) = 0;
  // In chats of that filter, at most its limit.
  virtual base::Result<MisunderstoodPage> misunderstood(const runtime::ChatFilter& filter,
                                                        std::string_view locale) = 0;
};

struct Ports {
  access::Access& access;
  access::Oidc* oidc = nullptr;  // none: local accounts alone
  access::Transactions& pairs;   // those of `access`; answers that may be asked for again
  Records& records;
  Desk& desk;
  Studio& studio;
  runtime::DeliveryStore& deliveries;
  const runtime::Solutions& solutions;
  base::Clock& clock;
  base::Random& random;
  base::Log& log;
  std::string seal_key;               // of the journal: of answers that were given securely
  runtime::Typing* typing = nullptr;  // none: nobody hears who writes
};

struct Options {
  std::string seal_key;     // 32 bytes; seals cursors and what is kept of answers
  std::string environment;  // of this server's chats
  web::OriginRule origins;
  bool is_secure = false;  // browsers reach it by https: the cookie is for https alone
  std::string version;     // of the program
  size_t threads = 4;
  size_t waiting_max = 256;  // requests; more are refused (503)
};

class Api final : public web::Handler {
 public:
  Api(Ports ports, Options options);
  // As stop().
  ~Api() override;

  // /api/v1 and what is under it; the pages of operators, /operator.
  static bool serves(std::string_view path);
  void handle(web::Request request, web::Respond respond) override;
  web::UpgradeAnswer upgrade(const web::Request& request) override;
  // Answers what is under way, refuses what waits (503), closes sockets.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace millrace::api
