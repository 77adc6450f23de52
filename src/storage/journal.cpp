// The journal's tables of turns. `turns` only ever grows at its end, each record pointing at
// the one before it of the same consumer. `heads` says where each consumer's last record is; it is
// brought up to date for many turns at once, and what it lacks after a crash is read from the end
// of `turns`; the table of chats (chats_table.hpp) likewise. So a turn costs one appended row,
// wherever its consumer's key would sort.
#include <algorithm>
#include <unordered_map>

#include "base/id.hpp"
#include "storage/chats_table.hpp"
#include "storage/deliveries.hpp"
#include "storage/group_writer.hpp"
#include "storage/identities.hpp"
#include "storage/journal_reads.hpp"
#include "storage/journal_tables.hpp"
#include "storage/parked.hpp"
#include "storage/read_thread.hpp"
#include "storage/retirements.hpp"
#include "storage/storage.hpp"
#include "storage/write_ahead_log.hpp"

namespace millrace::storage {
namespace {

using base::Code;
using base::fail;
using runtime::JournalRecord;

// Heads kept in memory before they are written: each saves a row for every further turn of its
// consumer. The turns they stand for (kTurnsBehindMax) are what a start after a crash has to read.
constexpr size_t kRecentHeadsMax = 2'048;

// Where a turn stands.
struct Place {
  int64_t position = 0;
  int64_t number = 0;
  base::Id consumer;
};

class SqliteJournal final : public DurableJournal {
 public:
  static base::Result<std::unique_ptr<DurableJournal>> open(const std::filesystem::path& file,
                                                            GroupWriter::Reporting reporting,
                                                            size_t turns_behind) {
    auto connection = open_own(file);
    if (!connection) return std::unexpected(connection.error());
    if (auto made = prepare_tables(*connection); !made) return std::unexpected(made.error());
    auto reads = JournalReads::open(file);
    if (!reads) return std::unexpected(reads.error());
    auto journal = std::unique_ptr<SqliteJournal>(
        new SqliteJournal(std::move(*connection), file, reporting, turns_behind));
    if (auto ready = journal->prepare(std::move(*reads), file, reporting.log); !ready) {
      return std::unexpected(ready.error());
    }
    return journal;
  }

  void append(JournalRecord record, Appended appended) override {
    auto place = std::make_unique<int64_t>(0);
    int64_t* const given = place.get();
    writer_.submit({[this, record = std::move(record), given] { return write(record, *given); },
                    [place = std::move(place),
                     appended = std::move(appended)](base::Result<void> written) mutable {
                      if (written) {
                        appended(*place);
                      } else {
                        appended(std::unexpected(written.error()));
                      }
                    }});
  }

  void read_tail(base::Id consumer, size_t marked_records, ReadTail done) override {
    with_head(
        consumer, [this, consumer, marked_records, done = std::move(done)](auto head) mutable {
          if (!head) {
            done(std::unexpected(head.error()));
          } else if (head->position == 0) {
            done(runtime::Tail());
          } else {
            reader_->post(
                [this, consumer, marked_records, head = *head, done = std::move(done)]() mutable {
                  done(reads_.tail(consumer, head, marked_records));
                });
          }
        });
  }

  void read_at(base::Id consumer, std::vector<int64_t> places, Read done) override {
    reader_->post([this, consumer, places = std::move(places), done = std::move(done)]() mutable {
      done(reads_.at(consumer, places));
    });
  }

  void read_before(base::Id consumer, int64_t place, Page page, Read done) override {
    if (place != 0) {
      reader_->post([this, consumer, place, page, done = std::move(done)]() mutable {
        const auto head = reads_.head_before(consumer, place);
        done(head ? reads_.before(consumer, *head, page) : std::unexpected(head.error()));
      });
      return;
    }
    with_head(consumer, [this, consumer, page, done = std::move(done)](auto head) mutable {
      if (!head) {
        done(std::unexpected(head.error()));
        return;
      }
      reader_->post([this, consumer, page, head = *head, done = std::move(done)]() mutable {
        done(reads_.before(consumer, head, page));
      });
    });
  }

  base::Result<std::vector<runtime::DueConsumer>> due_consumers() override {
    return std::exchange(due_at_start_, {});
  }

  void park(runtime::ParkedChat chat) override {
    writer_.submit(
        {[this, chat = std::move(chat)] { return parked_.put(chat); }, [](base::Result<void>) {}});
  }
  base::Result<std::vector<runtime::ParkedChat>> parked_chats() override {
    return std::exchange(parked_at_start_, {});
  }

  void probe(Probed done) override { writer_.probe(std::move(done)); }

  runtime::DeliveryStore& deliveries() override { return deliveries_; }
  runtime::Identities& identities() override { return identities_; }

  void retire(runtime::Retirement what, Done done) override {
    auto how = std::make_unique<runtime::Retired>();
    runtime::Retired* const ended = how.get();
    writer_.submit(
        {[this, what = std::move(what), ended]() -> base::Result<void> {
           const auto retired = retire_rows(what);
           if (!retired) return std::unexpected(retired.error());
           *ended = *retired;
           return {};
         },
         [how = std::move(how), done = std::move(done)](base::Result<void> written) mutable {
           done(written ? base::Result<runtime::Retired>(*how) : std::unexpected(written.error()));
         }});
  }

 private:
  SqliteJournal(Connection connection, const std::filesystem::path& file,
                GroupWriter::Reporting reporting, size_t turns_behind)
      : turns_behind_max_(turns_behind), writer_(std::move(connection), file, reporting) {}

  // The writing thread knows where a consumer's records end. Records are read on the reading
  // thread, so that a long history does not hold up commits.
  void with_head(base::Id consumer, std::move_only_function<void(base::Result<Head>)> done) {
    auto head = std::make_unique<Head>();
    Head* const found = head.get();
    writer_.submit(
        {[this, consumer, found]() -> base::Result<void> {
           auto looked_up = head_of(consumer);
           if (!looked_up) return std::unexpected(looked_up.error());
           *found = *looked_up;
           return {};
         },
         [head = std::move(head), done = std::move(done)](base::Result<void> looked_up) mutable {
           if (looked_up) {
             done(*head);
           } else {
             done(std::unexpected(looked_up.error()));
           }
         },
         GroupWriter::Writes::nothing});
  }

  base::Result<void> prepare(JournalReads reads, const std::filesystem::path& file,
                             base::Log& log) {
    if (auto ready = chats_.prepare(writer_.connection()); !ready) return ready;
    if (auto ready = chats_.catch_up(writer_.connection(), log); !ready) return ready;
    if (auto ready = deliveries_.prepare(writer_, file); !ready) return ready;
    reads_ = std::move(reads);
    if (auto ready = identities_.prepare(writer_); !ready) return ready;
    if (auto ready = parked_.prepare(writer_.connection()); !ready) return ready;
    if (auto ready = retiring_.prepare(writer_.connection()); !ready) return ready;
    auto parked = parked_.read_memory(writer_.connection());
    if (!parked) return std::unexpected(parked.error());
    parked_at_start_ = std::move(*parked);
    Connection& writing = writer_.connection();
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
    if (auto read = read_memory(); !read) return read;
    if (auto listed = list_due(); !listed) return listed;
    writer_.when_undone([this] { return read_memory_again(); });
    writer_.when_durable([this] {
      if (written_.position != 0) durable_ = written_;
    });
    reader_ = std::make_unique<ReadThread>();
    return writer_.start();
  }

  // What was acknowledged has to be there before anything is answered again.
  base::Result<void> read_memory_again() {
    written_ = {};
    if (auto read = read_memory(); !read) return read;
    if (auto read = parked_.read_memory(writer_.connection()); !read) {
      return std::unexpected(read.error());
    }
    if (auto read = identities_.read_memory(); !read) return read;
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

  // What is kept in memory, as the tables have it: at the start, and after a transaction that
  // was rolled back.
  base::Result<void> read_memory() {
    recent_.clear();
    recent_turns_ = 0;
    deliveries_.forget_memory();
    if (auto read = chats_.read_memory(writer_.connection()); !read) return read;
    const auto last = find_last_.step();
    if (!last) return std::unexpected(last.error());
    last_ = find_last_.integer(0);
    find_last_.reset();
    for (;;) {
      const auto row = list_unknown_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return {};
      if (const auto id = base::Id::from_bytes(list_unknown_.bytes(1))) {
        recent_[*id] = {list_unknown_.integer(0), list_unknown_.integer(2),
                        optional_integer(list_unknown_, 3)};
        ++recent_turns_;
      }
    }
  }

  base::Result<void> list_due() {
    for (const auto& [consumer, head] : recent_) {
      if (head.due) due_at_start_.push_back({consumer, base::Timestamp{*head.due}});
    }
    for (;;) {
      const auto row = list_due_.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return {};
      const auto id = base::Id::from_bytes(list_due_.bytes(0));
      if (!id || recent_.contains(*id)) continue;
      due_at_start_.push_back({*id, base::Timestamp{list_due_.integer(1)}});
    }
  }

  static std::optional<int64_t> optional_integer(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
  }

  base::Result<Head> head_of(base::Id consumer) {
    const auto found = recent_.find(consumer);
    if (found != recent_.end()) return found->second;
    const auto row = find_head_.bind_blob(1, consumer.as_bytes()).step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return Head{};
    const Head head{find_head_.integer(0), find_head_.integer(1), optional_integer(find_head_, 2)};
    find_head_.reset();
    return head;
  }

  base::Result<void> write(const JournalRecord& record, int64_t& place) {
    const auto head = head_of(record.consumer);
    if (!head) return std::unexpected(head.error());
    if (record.number != head->number + 1) {
      return fail(Code::already_exists,
                  "record " + std::to_string(record.number) + " does not follow " +
                      std::to_string(head->number),
                  "journal");
    }
    if (auto written = put(record, head->position); !written) return written;
    place = last_;
    if (auto gone = parked_.strike(record.consumer); !gone) return gone;
    for (const runtime::Delivery& delivery : record.deliveries) {
      if (auto owed = deliveries_.insert(delivery); !owed) return owed;
    }
    const bool enough = recent_.size() >= kRecentHeadsMax || ++recent_turns_ >= turns_behind_max_;
    return enough ? write_heads() : base::Result<void>();
  }

  // A row at the end, behind `previous`, and what is remembered of it.
  base::Result<void> put(const JournalRecord& record, int64_t previous) {
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
    recent_[record.consumer] = {last_, record.number, due};
    written_ = {last_, record.number, record.consumer};
    return {};
  }

  base::Result<runtime::Retired> retire_rows(const runtime::Retirement& what) {
    using How = runtime::Retirement::How;
    // The tables of heads and of chats are right from here on.
    if (auto written = write_heads(); !written) return std::unexpected(written.error());
    const auto head = head_of(what.consumer);
    if (!head) return std::unexpected(head.error());
    const bool is_last_chat = head->position == what.last;
    const bool is_as_decided =
        what.how == How::through ? !is_last_chat : is_last_chat && !head->due;
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
    auto done = retiring_.remove_head(what.consumer);
    if (done) done = parked_.strike(what.consumer);
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

  base::Result<void> write_heads() {
    // In the order of the keys, so that rows of one page are written together.
    std::vector<std::pair<base::Id, Head>> heads(recent_.begin(), recent_.end());
    std::ranges::sort(heads, {}, &std::pair<base::Id, Head>::first);
    for (const auto& [consumer, head] : heads) {
      auto put = put_head_.bind_blob(1, consumer.as_bytes())
                     .bind_integer(2, head.position)
                     .bind_integer(3, head.number)
                     .bind_integer(4, head.due)
                     .run();
      if (!put) return put;
    }
    recent_.clear();
    recent_turns_ = 0;
    if (auto put = put_known_.bind_integer(1, last_).run(); !put) return put;
    return chats_.write();
  }

  // Statements are declared before the writer, whose last transactions still use them.
  JournalReads reads_;  // the reading thread's
  Statement insert_;
  Statement find_head_;
  Statement put_head_;
  Statement put_known_;
  Statement list_unknown_;
  Statement list_due_;
  Statement find_turn_;
  Statement find_last_;
  // The writing thread's: heads that are not in their table yet.
  std::unordered_map<base::Id, Head, base::IdHash> recent_;
  const size_t turns_behind_max_;
  size_t recent_turns_ = 0;
  ChatsProjection chats_;
  int64_t last_ = 0;  // position of the last turn; none is given twice, also when turns are removed
  Place written_;     // the last turn of the transaction under way
  Place durable_;     // the last turn that was acknowledged
  std::vector<runtime::DueConsumer> due_at_start_;
  std::vector<runtime::ParkedChat> parked_at_start_;
  ParkedChats parked_;
  RetiringRows retiring_;
  Deliveries deliveries_;
  StoredIdentities identities_;
  std::unique_ptr<ReadThread> reader_;
  GroupWriter writer_;
};

}  // namespace

base::Result<std::unique_ptr<DurableJournal>> open_journal(const std::filesystem::path& file,
                                                           base::Log& log, base::Meter& meter,
                                                           int checkpoint_pages,
                                                           size_t turns_behind) {
  return SqliteJournal::open(file, {log, meter, checkpoint_pages}, turns_behind);
}

}  // namespace millrace::storage
