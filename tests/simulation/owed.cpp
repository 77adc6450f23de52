#include "tests/simulation/owed.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "delivery/braze/codec.hpp"
#include "delivery/webhook/codec.hpp"
#include "delivery/webhook/signature.hpp"

namespace millrace::simulation {
namespace {

using delivery::State;
using Fault = delivery::braze::ModelBraze::Fault;
using Kind = web::OutboundAnswer::Kind;

constexpr std::string_view kSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
constexpr int64_t kHangsMs = 30'000;  // the sender's deadline

std::string header_of(const web::OutboundRequest& request, std::string_view name) {
  for (const web::Header& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

}  // namespace

void Ledger::take(const runtime::JournalRecord& record) {
  for (const runtime::Delivery& owed : record.deliveries) {
    auto target = std::ranges::find(targets_, owed.receiver, &runtime::DeliveryTarget::receiver);
    if (target == targets_.end()) {
      targets_.push_back({static_cast<int64_t>(targets_.size()) + 1, owed.solution,
                          owed.environment, owed.receiver});
      target = std::prev(targets_.end());
    }
    const auto id = static_cast<int64_t>(rows_.size()) + 1;
    runtime::StoredDelivery row{.target = target->number,
                                .chat_id = owed.chat_id,
                                .solution = owed.solution,
                                .environment = owed.environment};
    row.row = {.id = id,
               .key = owed.key,
               .consumer = owed.consumer,
               .kind = owed.kind,
               .body = json::serialize(owed.body),
               .owed_at = {schedule_.now()}};
    rows_.push_back(std::move(row));
    by_key_.emplace(owed.key, id);
    waiting_rows_[target->number].insert(id);
  }
}

void Ledger::crash() {
  const auto whole = dice_.between(0, static_cast<int64_t>(pending_.size()));
  for (int64_t i = 0; i < whole; ++i) apply(pending_[static_cast<size_t>(i)].first);
  pending_.clear();
  sync_planned_ = false;
}

const std::string& Ledger::receiver_of(const runtime::StoredDelivery& row) const {
  return targets_[static_cast<size_t>(row.target) - 1].receiver;
}

size_t Ledger::waiting_for(std::string_view receiver) const {
  size_t count = 0;
  for (const auto& [target, rows] : waiting_rows_) {
    const auto& name = targets_[static_cast<size_t>(target) - 1].receiver;
    if (receiver.empty() || name == receiver) count += rows.size();
  }
  return count;
}

base::Result<std::vector<delivery::Row>> Ledger::waiting(int64_t target, int64_t after,
                                                         size_t limit) {
  std::vector<delivery::Row> out;
  const auto& ids = waiting_rows_[target];
  for (auto id = ids.upper_bound(after); id != ids.end() && out.size() < limit; ++id) {
    out.push_back(rows_[static_cast<size_t>(*id) - 1].row);
  }
  return out;
}

base::Result<runtime::DeliveryDepth> Ledger::depth(int64_t target) {
  return runtime::DeliveryDepth{waiting_rows_[target].size(), {}};
}

base::Result<std::optional<runtime::StoredDelivery>> Ledger::find(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  return get(found->second);
}

base::Result<std::optional<runtime::StoredDelivery>> Ledger::get(int64_t id) {
  if (id < 1 || id > static_cast<int64_t>(rows_.size())) return std::nullopt;
  return rows_[static_cast<size_t>(id) - 1];
}

void Ledger::commit(runtime::DeliveryWrite write, Done done) {
  if (is_starting_) {
    apply(write);
    return done({});
  }
  pending_.emplace_back(std::move(write), std::move(done));
  if (std::exchange(sync_planned_, true)) return;
  schedule_.after(dice_.between(0, 5), [this] { sync(); });
}

void Ledger::sync() {
  sync_planned_ = false;
  const bool fails = dice_.fails_one_in(60);
  for (auto& [write, done] : std::exchange(pending_, {})) {
    base::Result<void> result;
    if (fails) {
      result = base::fail(base::Code::unavailable, "the disk is full");
    } else {
      apply(write);
    }
    schedule_.after(0, [this, tell = std::move(done), result]() mutable {
      tell(result);
      then_();
    });
  }
}

void Ledger::apply(const runtime::DeliveryWrite& write) {
  for (const delivery::RowUpdate& update : write.updates) {
    runtime::StoredDelivery& row = rows_[static_cast<size_t>(update.id) - 1];
    row.state = update.state;
    row.row.progress = update.progress;
    auto& waiting = waiting_rows_[row.target];
    update.state == State::waiting ? (void)waiting.insert(update.id)
                                   : (void)waiting.erase(update.id);
  }
  for (const auto& [mark, objects] : write.marks) marks_[mark] = objects;
  for (const int64_t mark : write.unmark) marks_.erase(mark);
}

void Ledger::prune(int64_t, base::Timestamp, size_t, Done done) {
  schedule_.after(0, [this, tell = std::move(done)]() mutable {
    tell({});
    then_();
  });
}

void Receivers::send(web::OutboundRequest request, Done done) {
  const bool to_braze = request.url.starts_with("https://braze.example/");
  const bool is_ill = ill_ == (to_braze ? "braze" : "webhook:crm");
  // An ill one is not there, or takes a request and says nothing.
  const bool hangs = dice_.fails_one_in(is_ill ? 4 : 60);
  const auto faults = static_cast<int64_t>(to_braze ? static_cast<int>(Fault::count) : 8);
  size_t fault = 0;
  if (!is_ill && dice_.fails_one_in(3)) {
    fault = static_cast<size_t>(dice_.between(1, faults - 1));
  }
  const bool acts = !is_ill || hangs;
  const int64_t until_effect = dice_.between(0, 30);
  const int64_t until_answer = hangs ? kHangsMs : until_effect + dice_.between(1, 30);
  auto answer = std::make_shared<web::OutboundAnswer>();
  answer->message = is_ill && !hangs ? "connection refused" : "no answer";
  if (hangs) answer->kind = Kind::unknown;
  if (acts) {
    schedule_.after(
        until_effect, [this, answer, hangs, fault, to_braze, request = std::move(request)] {
          auto given = to_braze ? braze_answers(request, fault) : webhook_answers(request, fault);
          if (!hangs) *answer = std::move(given);
        });
  }
  schedule_.after(until_answer, [this, answer, done = std::move(done)]() mutable {
    done(std::move(*answer));
    then_();
  });
}

web::OutboundAnswer Receivers::braze_answers(const web::OutboundRequest& request, size_t fault) {
  auto kind = static_cast<Fault>(fault);
  // What it refuses for no reason is a dead letter, and no test of loss.
  if (kind == Fault::bad_request || kind == Fault::too_large_html) kind = Fault::none;
  const std::string_view path = std::string_view(request.url).substr(21);
  return braze_.answer(path, request.body, kind, "the key");
}

web::OutboundAnswer Receivers::webhook_answers(const web::OutboundRequest& request, size_t fault) {
  const auto say = [](int status, std::vector<web::Header> headers = {}) {
    return web::OutboundAnswer{Kind::answered, {status, std::move(headers), ""}, ""};
  };
  switch (fault) {
    case 1: return say(500);
    case 2: return say(503, {{"Retry-After", "1"}});
    case 3: return say(429, {{"Retry-After", "2"}});
    case 4: return {Kind::not_sent, {}, "connection refused"};
    case 5: return {Kind::unknown, {}, "reset"};  // not taken, and no answer
    case 6: (void)take(request); return {Kind::unknown, {}, "reset"};
    case 7: return say(301);  // it is somewhere else: our settings are wrong
    default: return take(request);
  }
}

web::OutboundAnswer Receivers::take(const web::OutboundRequest& request) {
  const std::string id = header_of(request, "webhook-id");
  const std::vector<std::string> keys{*delivery::webhook::key_of(kSecret)};
  const int64_t at = std::stoll(header_of(request, "webhook-timestamp"));
  if (delivery::webhook::signature(keys, id, at, request.body) !=
      header_of(request, "webhook-signature")) {
    ++bad_signatures_;
  }
  if (is_refused(id)) return {Kind::answered, {400, {}, ""}, ""};
  told_.try_emplace(id, Told{told_.size(), request.body});
  return {Kind::answered, {204, {}, ""}, ""};
}

bool Receivers::is_refused(std::string_view id) {
  uint32_t sum = 0;
  for (const char letter : id) sum = sum * 31 + static_cast<uint8_t>(letter);
  return sum % 16 == 0;
}

std::optional<outbox::Destination> Receivers::resolve(const runtime::DeliveryTarget& target) {
  if (target.receiver == "braze") {
    return outbox::Destination{{{"url", {"https://braze.example"}}, {"api_key", {"the key"}}},
                               std::nullopt};
  }
  return outbox::Destination{
      {{"url", {"https://crm.example/events"}}, {"secret", {std::string(kSecret)}}}, std::nullopt};
}

std::unique_ptr<delivery::Codec> Receivers::speak(std::string_view receiver) {
  if (receiver == "braze") return std::make_unique<delivery::braze::BrazeCodec>();
  return std::make_unique<delivery::webhook::WebhookCodec>();
}

Outbox::Outbox(Schedule& schedule, Ledger& ledger, Receivers& receivers,
               const outbox::Sender::Ports& ports)
    : schedule_(schedule), ledger_(ledger), receivers_(receivers), work_(ports, {}) {
  const auto wake = [this] { wake_at(schedule_.now()); };
  ledger_.when_answered(wake);
  receivers_.when_answered(wake);
}

Outbox::~Outbox() {
  ledger_.when_answered([] {});
  receivers_.when_answered([] {});
}

base::Result<void> Outbox::start() {
  ledger_.begin_start();
  auto ready = work_.take_up_marks();
  ledger_.end_start();
  wake_at(schedule_.now());
  return ready;
}

void Outbox::owed(base::Id, size_t) {
  work_.owed();
  wake_at(schedule_.now());
}

void Outbox::when_settled(std::string key, Done done) {
  work_.when_settled(std::move(key), std::move(done));
  wake_at(schedule_.now());
}

// Rounds that were planned later are made all the same, and find nothing to do.
void Outbox::wake_at(int64_t ms) {
  if (ms >= round_at_) return;
  round_at_ = ms;
  schedule_.at(ms, [this, ms] {
    if (round_at_ == ms) round();
  });
}

void Outbox::round() {
  round_at_ = INT64_MAX;
  (void)work_.round(std::chrono::milliseconds(0));
  wake_at(schedule_.now() + std::max<int64_t>(1, work_.pause().count()));
}

}  // namespace millrace::simulation
