// What is owed in the simulated world: rows written with the turns, the sender's own work on the
// simulation's clock, and two receivers of different kinds with faults of their own.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "outbox/work.hpp"
#include "tests/simulation/world.hpp"
#include "tests/support/model_braze.hpp"

namespace millrace::simulation {

// The rows on the disk, and what became of them. Writes wait for a sync of their own, which fails
// now and then.
class Ledger final : public runtime::DeliveryStore {
 public:
  Ledger(Schedule& schedule, Dice& dice) : schedule_(schedule), dice_(dice) {}

  // Rows of a turn that is being kept, in its transaction.
  void take(const runtime::JournalRecord& record);
  // As of the disk: of what waited for the sync a part may have reached it, in order.
  void crash();
  // A start waits for its write, which is on the disk at once.
  void begin_start() { is_starting_ = true; }
  void end_start() { is_starting_ = false; }
  // Called after each answer to a write.
  void when_answered(std::function<void()> then) { then_ = std::move(then); }
  const std::vector<runtime::StoredDelivery>& rows() const { return rows_; }
  const std::string& receiver_of(const runtime::StoredDelivery& row) const;
  size_t waiting_for(std::string_view receiver) const;

  base::Result<std::vector<runtime::DeliveryTarget>> targets() override { return targets_; }
  base::Result<std::vector<delivery::Row>> waiting(int64_t target, int64_t after,
                                                   size_t limit) override;
  base::Result<runtime::DeliveryDepth> depth(int64_t target) override;
  base::Result<std::optional<runtime::StoredDelivery>> find(std::string_view key) override;
  base::Result<std::optional<runtime::StoredDelivery>> get(int64_t id) override;
  base::Result<std::vector<runtime::StoredDelivery>> list(const runtime::DeliveryFilter&) override {
    return rows_;
  }
  base::Result<std::map<int64_t, std::vector<delivery::ObjectRef>>> marks() override {
    return marks_;
  }
  base::Result<std::vector<runtime::DeliveryOrder>> orders(size_t) override {
    return std::vector<runtime::DeliveryOrder>();
  }
  void commit(runtime::DeliveryWrite write, Done done) override;
  void prune(int64_t target, base::Timestamp before, size_t limit, Done done) override;

 private:
  void sync();
  void apply(const runtime::DeliveryWrite& write);

  Schedule& schedule_;
  Dice& dice_;
  std::vector<runtime::DeliveryTarget> targets_;
  std::vector<runtime::StoredDelivery> rows_;  // the first has id 1
  std::map<std::string, int64_t, std::less<>> by_key_;
  std::map<int64_t, std::set<int64_t>> waiting_rows_;  // by target
  std::map<int64_t, std::vector<delivery::ObjectRef>> marks_;
  std::vector<std::pair<runtime::DeliveryWrite, Done>> pending_;
  std::function<void()> then_ = [] {};
  bool sync_planned_ = false;
  bool is_starting_ = false;
};

// Everybody outside: Braze as its model has it, and a webhook that remembers what it was told. Each
// has faults at any request; an ill one has nothing but faults.
class Receivers final : public web::Outbound {
 public:
  struct Told {
    size_t order = 0;  // of the first time, among all
    std::string body;
  };

  Receivers(Schedule& schedule, Dice& dice) : schedule_(schedule), dice_(dice) {}

  void send(web::OutboundRequest request, Done done) override;
  // "braze", "webhook:crm" or nobody.
  void make_ill(std::string who) { ill_ = std::move(who); }
  const std::string& ill() const { return ill_; }
  void when_answered(std::function<void()> then) { then_ = std::move(then); }

  const delivery::braze::ModelBraze& braze() const { return braze_; }
  // What the webhook took, by its id.
  const std::map<std::string, Told>& told() const { return told_; }
  // The webhook refuses these for good.
  static bool is_refused(std::string_view id);
  int bad_signatures() const { return bad_signatures_; }

  static std::optional<outbox::Destination> resolve(const runtime::DeliveryTarget& target);
  static std::unique_ptr<delivery::Codec> speak(std::string_view receiver);

 private:
  web::OutboundAnswer braze_answers(const web::OutboundRequest& request, size_t fault);
  web::OutboundAnswer webhook_answers(const web::OutboundRequest& request, size_t fault);
  web::OutboundAnswer take(const web::OutboundRequest& request);

  Schedule& schedule_;
  Dice& dice_;
  delivery::braze::ModelBraze braze_;
  std::map<std::string, Told> told_;
  std::string ill_;
  std::function<void()> then_ = [] {};
  int bad_signatures_ = 0;
};

// The sender's work as events of the schedule; a crash ends it.
class Outbox final : public runtime::Deliveries {
 public:
  Outbox(Schedule& schedule, Ledger& ledger, Receivers& receivers,
         const outbox::Sender::Ports& ports);
  ~Outbox() override;
  Outbox(const Outbox&) = delete;

  base::Result<void> start();
  void owed(base::Id consumer, size_t count) override;
  void when_settled(std::string key, Done done) override;

 private:
  void wake_at(int64_t ms);
  void round();

  Schedule& schedule_;
  Ledger& ledger_;
  Receivers& receivers_;
  outbox::Work work_;
  int64_t round_at_ = INT64_MAX;
};

}  // namespace millrace::simulation
