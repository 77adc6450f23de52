#include "storage/journal/turns.hpp"

#include <algorithm>

#include "storage/journal/journal_tables.hpp"

namespace millrace::storage {
namespace {

using base::Code;
using base::fail;
using runtime::JournalRecord;

// Heads that change before they are written: each saves a row for every further turn of its
// consumer. The turns they stand for (kTurnsBehindMax) are what a start after a crash has to read.
constexpr size_t kChangedHeadsMax = 4'096;
// Heads kept in memory, which saves looking for them in the table.
constexpr size_t kKnownHeadsMax = 16'384;

std::optional<int64_t> optional_integer(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

}  // namespace

base::Result<void> Turns::prepare(Connection& writing, base::Log& log) {
  if (auto ready = chats_.prepare(writing); !ready) return ready;
  if (auto ready = chats_.catch_up(writing, log); !ready) return ready;
  if (auto ready = retiring_.prepare(writing); !ready) return ready;
  const std::pair<Statement*, const char*> on_writing[] = {
      {&insert_,
       "INSERT INTO turns(position, previous, consumer, number, due, whole, marks, body) "
       "VALUES(?8, ?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
      {&find_last_,
       "SELECT MAX(COALESCE((SELECT MAX(position) FROM turns), 0), "
       "(SELECT position FROM known))"},
      {&find_head_, "SELECT position, number, due FROM heads WHERE consumer = ?1"},
      {&put_head_, "INSERT OR REPLACE INTO heads VALUES(?1, ?2, ?3, ?4)"},
      {&put_known_, "UPDATE known SET position = ?1"},
      {&list_unknown_,
       "SELECT position, consumer, number, due FROM turns "
       "WHERE position > (SELECT position FROM known) ORDER BY position"},
      {&find_turn_, "SELECT 1 FROM turns WHERE position = ?1 AND consumer = ?2 AND number = ?3"},
      {&list_due_, "SELECT consumer, due FROM heads WHERE due IS NOT NULL"}};
  for (const auto& [statement, sql] : on_writing) {
    auto prepared = writing.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return read_memory(writing);
}

// What was acknowledged has to be there before anything is answered again.
base::Result<void> Turns::was_undone(Connection& writing) {
  written_ = {};
  if (auto read = read_memory(writing); !read) return read;
  if (durable_.position == 0) return {};
  const auto row = find_turn_.bind_integer(1, durable_.position)
                       .bind_blob(2, durable_.consumer.as_bytes())
                       .bind_integer(3, durable_.number)
                       .step();
  if (!row) return std::unexpected(row.error());
  if (!*row) {
    return fail(Code::data_loss,
                "a record that was acknowledged is no longer there: position " +
                    std::to_string(durable_.position),
                "journal");
  }
  find_turn_.reset();
  return {};
}

void Turns::became_durable() {
  if (written_.position != 0) durable_ = written_;
}

// As the tables have it: at the start, and after a transaction that was rolled back.
base::Result<void> Turns::read_memory(Connection& writing) {
  known_.clear();
  changed_ = 0;
  turns_behind_ = 0;
  if (auto read = chats_.read_memory(writing); !read) return read;
  const auto last = find_last_.step();
  if (!last) return std::unexpected(last.error());
  last_ = find_last_.integer(0);
  find_last_.reset();
  for (;;) {
    const auto row = list_unknown_.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    if (const auto id = base::Id::from_bytes(list_unknown_.bytes(1))) {
      change(*id, {list_unknown_.integer(0), list_unknown_.integer(2),
                   optional_integer(list_unknown_, 3)});
      ++turns_behind_;
    }
  }
}

base::Result<std::vector<runtime::DueConsumer>> Turns::due() {
  std::vector<runtime::DueConsumer> all;
  for (const auto& [consumer, known] : known_) {
    if (known.head.due) all.push_back({consumer, base::Timestamp{*known.head.due}});
  }
  for (;;) {
    const auto row = list_due_.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return all;
    const auto id = base::Id::from_bytes(list_due_.bytes(0));
    if (!id || known_.contains(*id)) continue;
    all.push_back({*id, base::Timestamp{list_due_.integer(1)}});
  }
}

base::Result<Head> Turns::head_of(base::Id consumer) {
  const auto found = known_.find(consumer);
  if (found != known_.end()) return found->second.head;
  const auto row = find_head_.bind_blob(1, consumer.as_bytes()).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return Head{};
  const Head head{find_head_.integer(0), find_head_.integer(1), optional_integer(find_head_, 2)};
  find_head_.reset();
  if (known_.size() < kKnownHeadsMax) known_[consumer] = {head, true};
  return head;
}

void Turns::change(base::Id consumer, Head head) {
  const auto [at, is_new] = known_.try_emplace(consumer);
  if (is_new || at->second.is_written) ++changed_;
  at->second = {head, false};
}

base::Result<int64_t> Turns::append(const JournalRecord& record) {
  const auto head = head_of(record.consumer);
  if (!head) return std::unexpected(head.error());
  if (record.number != head->number + 1) {
    return fail(Code::already_exists,
                "record " + std::to_string(record.number) + " does not follow " +
                    std::to_string(head->number),
                "journal");
  }
  if (auto written = put(record, head->position); !written) {
    return std::unexpected(written.error());
  }
  return last_;
}

base::Result<void> Turns::catch_up() {
  const bool enough = changed_ >= kChangedHeadsMax || ++turns_behind_ >= turns_behind_max_;
  return enough ? write_heads() : base::Result<void>();
}

// A row at the end, behind `previous`, and what is remembered of it.
base::Result<void> Turns::put(const JournalRecord& record, int64_t previous) {
  const std::string marks = to_bytes(record.marks);
  const auto due = record.due ? std::optional(record.due->ms) : std::nullopt;
  auto written = insert_.bind_integer(1, previous)
                     .bind_blob(2, record.consumer.as_bytes())
                     .bind_integer(3, record.number)
                     .bind_integer(4, due)
                     .bind_integer(5, int64_t{record.whole})
                     .bind_blob(6, marks)
                     .bind_blob(7, record.body)
                     .bind_integer(8, last_ + 1)
                     .run();
  if (!written) return written;
  ++last_;
  chats_.note(record, last_);
  change(record.consumer, {last_, record.number, due});
  written_ = {last_, record.number, record.consumer};
  return {};
}

base::Result<runtime::Retired> Turns::retire(const runtime::Retirement& what) {
  using How = runtime::Retirement::How;
  // The tables of heads and of chats are right from here on.
  if (auto written = write_heads(); !written) return std::unexpected(written.error());
  const auto head = head_of(what.consumer);
  if (!head) return std::unexpected(head.error());
  const bool is_last_chat = head->position == what.last;
  const bool is_as_decided = what.how == How::through ? !is_last_chat : is_last_chat && !head->due;
  if (!is_as_decided) return runtime::Retired::changed;
  if (what.how == How::whole) {
    const auto owed = retiring_.is_owed(what.consumer);
    if (!owed) return std::unexpected(owed.error());
    if (*owed) return runtime::Retired::changed;
  }
  const auto all = retiring_.remove(what.consumer, *head, what.last);
  if (!all) return std::unexpected(all.error());
  if (!*all) return runtime::Retired::partly;
  if (what.how == How::through) return runtime::Retired::done;
  for (Place* last : {&written_, &durable_}) {
    if (last->position == what.last) *last = {};  // not to be missed after a failure
  }
  known_.erase(what.consumer);  // it was written above
  auto done = retiring_.remove_head(what.consumer);
  if (done && what.how == How::whole) done = retiring_.remove_deliveries(what.consumer);
  if (done && what.how == How::alone) {
    done = put(JournalRecord{.consumer = what.consumer,
                             .number = head->number,
                             .body = what.body,
                             .facts = what.facts},
               head->number == 1 ? 0 : RetiringRows::kRetired);
  }
  if (!done) return std::unexpected(done.error());
  return runtime::Retired::done;
}

base::Result<void> Turns::write_heads() {
  std::vector<std::pair<base::Id, Known*>> changed;
  for (auto& [consumer, known] : known_) {
    if (!known.is_written) changed.emplace_back(consumer, &known);
  }
  // In the order of the keys, so that rows of one page are written together.
  std::ranges::sort(changed, {}, &std::pair<base::Id, Known*>::first);
  for (auto& [consumer, known] : changed) {
    auto put = put_head_.bind_blob(1, consumer.as_bytes())
                   .bind_integer(2, known->head.position)
                   .bind_integer(3, known->head.number)
                   .bind_integer(4, known->head.due)
                   .run();
    if (!put) return put;
    known->is_written = true;
  }
  if (known_.size() >= kKnownHeadsMax) known_.clear();
  changed_ = 0;
  turns_behind_ = 0;
  if (auto put = put_known_.bind_integer(1, last_).run(); !put) return put;
  return chats_.write();
}

}  // namespace millrace::storage
