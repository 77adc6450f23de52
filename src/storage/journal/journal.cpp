// The journal: what the writing and the reading thread do for it. Its tables of turns are
// turns.hpp's.
#include "storage/journal/deliveries.hpp"
#include "storage/journal/identities.hpp"
#include "storage/journal/journal_reads.hpp"
#include "storage/journal/journal_tables.hpp"
#include "storage/journal/parked.hpp"
#include "storage/journal/turns.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/read_thread.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

using runtime::JournalRecord;

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
    submit<int64_t>([this, record = std::move(record)] { return write(record); },
                    std::move(appended));
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
    submit<runtime::Retired>([this, what = std::move(what)] { return retire_rows(what); },
                             std::move(done));
  }

 private:
  SqliteJournal(Connection connection, const std::filesystem::path& file,
                GroupWriter::Reporting reporting, size_t turns_behind)
      : turns_(turns_behind), writer_(std::move(connection), file, reporting) {}

  // The writing thread knows where a consumer's records end. Records are read on the reading
  // thread, so that a long history does not hold up commits.
  void with_head(base::Id consumer, std::move_only_function<void(base::Result<Head>)> done) {
    submit<Head>([this, consumer] { return turns_.head_of(consumer); }, std::move(done),
                 GroupWriter::Writes::nothing);
  }

  // What `apply` gives on the writing thread, for `done` once it is durable.
  template <typename T, typename Apply, typename Told>
  void submit(Apply apply, Told done, GroupWriter::Writes writes = GroupWriter::Writes::something) {
    auto value = std::make_unique<T>();
    T* const given = value.get();
    writer_.submit(
        {[apply = std::move(apply), given]() -> base::Result<void> {
           auto applied = apply();
           if (!applied) return std::unexpected(applied.error());
           *given = std::move(*applied);
           return {};
         },
         [value = std::move(value), done = std::move(done)](base::Result<void> written) mutable {
           done(written ? base::Result<T>(std::move(*value)) : std::unexpected(written.error()));
         },
         writes});
  }

  base::Result<void> prepare(JournalReads reads, const std::filesystem::path& file,
                             base::Log& log) {
    if (auto ready = deliveries_.prepare(writer_, file); !ready) return ready;
    reads_ = std::move(reads);
    if (auto ready = identities_.prepare(writer_); !ready) return ready;
    if (auto ready = parked_.prepare(writer_.connection()); !ready) return ready;
    // After the tables that it takes rows out of.
    if (auto ready = turns_.prepare(writer_.connection(), log); !ready) return ready;
    auto parked = parked_.read_memory(writer_.connection());
    if (!parked) return std::unexpected(parked.error());
    parked_at_start_ = std::move(*parked);
    auto due = turns_.due();
    if (!due) return std::unexpected(due.error());
    due_at_start_ = std::move(*due);
    writer_.when_undone([this] { return read_memory_again(); });
    writer_.when_durable([this] { turns_.became_durable(); });
    reader_ = std::make_unique<ReadThread>();
    return writer_.start();
  }

  base::Result<void> read_memory_again() {
    deliveries_.forget_memory();
    if (auto read = turns_.was_undone(writer_.connection()); !read) return read;
    if (auto read = parked_.read_memory(writer_.connection()); !read) {
      return std::unexpected(read.error());
    }
    return identities_.read_memory();
  }

  base::Result<int64_t> write(const JournalRecord& record) {
    const auto place = turns_.append(record);
    if (!place) return place;
    auto done = parked_.strike(record.consumer);
    for (const runtime::Delivery& delivery : record.deliveries) {
      if (done) done = deliveries_.insert(delivery);
    }
    if (done) done = turns_.catch_up();
    if (!done) return std::unexpected(done.error());
    return place;
  }

  base::Result<runtime::Retired> retire_rows(const runtime::Retirement& what) {
    auto retired = turns_.retire(what);
    const bool is_gone = retired && *retired == runtime::Retired::done &&
                         what.how != runtime::Retirement::How::through;
    if (!is_gone) return retired;
    if (auto gone = parked_.strike(what.consumer); !gone) return std::unexpected(gone.error());
    return retired;
  }

  // Statements are declared before the writer, whose last transactions still use them.
  JournalReads reads_;  // the reading thread's
  Turns turns_;
  std::vector<runtime::DueConsumer> due_at_start_;
  std::vector<runtime::ParkedChat> parked_at_start_;
  ParkedChats parked_;
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
