// Records read back from the journal, on a connection of their own. Every read names its consumer
// and follows the chain of that consumer's records: one that leads elsewhere, or does not go down
// by one, is data_loss. For the journal's files only; used by one thread at a time.
#pragma once

#include "runtime/ports.hpp"
#include "storage/sqlite/sqlite.hpp"

namespace millrace::storage {

// A consumer's last record; position 0 when there is none.
struct Head {
  int64_t position = 0;
  int64_t number = 0;
  std::optional<int64_t> due;
};

class JournalReads {
 public:
  static base::Result<JournalReads> open(const std::filesystem::path& file);

  // As runtime::Journal describes them; `head` is where the consumer's records end.
  base::Result<runtime::Tail> tail(base::Id consumer, const Head& head, size_t marked_records);
  base::Result<std::vector<runtime::JournalRecord>> at(base::Id consumer,
                                                       const std::vector<int64_t>& places);
  base::Result<std::vector<runtime::JournalRecord>> before(base::Id consumer, const Head& head,
                                                           runtime::Journal::Page page);
  // The record at that place as the end of some.
  base::Result<Head> head_at(base::Id consumer, int64_t place);
  // The places of the consumer's records from `first` (0: their first one) to `head`, oldest first.
  base::Result<std::vector<int64_t>> places(base::Id consumer, const Head& head, int64_t first);
  // Where the records before that place end.
  base::Result<Head> head_before(base::Id consumer, int64_t place);

 private:
  struct Row {
    int64_t previous = 0;
    int64_t number = 0;
    bool whole = true;
    std::optional<std::string> marks;
    std::string body;
  };
  enum class Take { body, no_body };
  base::Result<std::optional<Row>> row(base::Id consumer, int64_t position, Take take);
  // The row that a chain leads to.
  base::Result<Row> linked(base::Id consumer, int64_t position, int64_t number, Take take);

  Connection connection_;
  Statement whole_row_;
  Statement without_body_;
};

}  // namespace millrace::storage
