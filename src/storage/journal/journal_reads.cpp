#include "storage/journal/journal_reads.hpp"

#include <algorithm>

#include "runtime/records/record.hpp"
#include "storage/journal/journal_tables.hpp"

namespace millrace::storage {
namespace {

using base::Code;
using base::fail;
using runtime::JournalRecord;

}  // namespace

base::Result<JournalReads> JournalReads::open(const std::filesystem::path& file) {
  auto connection = Connection::open(file, Connection::Use::reading);
  if (!connection) return std::unexpected(connection.error());
  JournalReads reads;
  reads.connection_ = std::move(*connection);
  const std::pair<Statement*, const char*> statements[] = {
      {&reads.whole_row_,
       "SELECT previous, number, whole, marks, body FROM turns "
       "WHERE position = ?1 AND consumer = ?2"},
      {&reads.without_body_,
       "SELECT previous, number, whole, marks FROM turns WHERE position = ?1 AND consumer = ?2"}};
  for (const auto& [statement, sql] : statements) {
    auto prepared = reads.connection_.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return reads;
}

base::Result<std::optional<JournalReads::Row>> JournalReads::row(base::Id consumer,
                                                                 int64_t position, Take take) {
  Statement& select = take == Take::body ? whole_row_ : without_body_;
  const auto there = select.bind_integer(1, position).bind_blob(2, consumer.as_bytes()).step();
  if (!there) return std::unexpected(there.error());
  if (!*there) return std::optional<Row>();
  Row row{select.integer(0), select.integer(1), select.integer(2) != 0, std::nullopt, {}};
  if (!select.is_null(3)) row.marks = std::string(select.bytes(3));
  if (take == Take::body) row.body = std::string(select.bytes(4));
  select.reset();
  return std::optional(std::move(row));
}

base::Result<JournalReads::Row> JournalReads::linked(base::Id consumer, int64_t position,
                                                     int64_t number, Take take) {
  auto found = row(consumer, position, take);
  if (!found) return std::unexpected(found.error());
  const auto damaged = [&](const std::string& what) {
    return fail(Code::data_loss,
                "record " + std::to_string(number) + " at position " + std::to_string(position) +
                    " " + what +
                    "; `millrace verify` lists what is damaged, and mends it with --repair",
                "journal");
  };
  if (!*found) return damaged("is missing, or another consumer's");
  const Row& there = **found;
  if (there.number != number) return damaged("has the number " + std::to_string(there.number));
  // Below zero: those before it are past their retention.
  if (there.previous >= position || (there.previous == 0) != (number == 1) ||
      (there.previous < 0 && number == 1)) {
    return damaged("points at position " + std::to_string(there.previous));
  }
  return std::move(**found);
}

base::Result<runtime::Tail> JournalReads::tail(base::Id consumer, const Head& head,
                                               size_t marked_records) {
  runtime::Tail tail;
  bool whole_found = false;
  int64_t position = head.position;
  int64_t number = head.number;
  for (size_t seen = 0; position > 0 && (!whole_found || seen < marked_records); ++seen) {
    const Take take = whole_found ? Take::no_body : Take::body;
    auto found = linked(consumer, position, number, take);
    if (found && seen < marked_records && !found->marks && take == Take::no_body) {
      found = linked(consumer, position, number, Take::body);  // of the first format
    }
    if (!found) return std::unexpected(found.error());
    if (seen < marked_records) {
      const auto marks =
          found->marks ? marks_from_bytes(*found->marks) : runtime::marks_in(found->body);
      for (const runtime::InputMark mark : marks) tail.marked.push_back({mark, position});
    }
    if (!whole_found) {
      tail.records.push_back({.consumer = consumer,
                              .number = number,
                              .body = std::move(found->body),
                              .whole = found->whole,
                              .place = position});
      whole_found = found->whole;
    }
    position = found->previous;
    --number;
  }
  if (!whole_found && head.position != 0) {
    return fail(Code::data_loss, "no record of this consumer can be read by itself", "journal");
  }
  std::ranges::reverse(tail.records);
  std::ranges::reverse(tail.marked);
  return tail;
}

base::Result<std::vector<JournalRecord>> JournalReads::at(base::Id consumer,
                                                          const std::vector<int64_t>& places) {
  std::vector<JournalRecord> records;
  for (const int64_t place : places) {
    auto found = row(consumer, place, Take::body);
    if (!found) return std::unexpected(found.error());
    if (!*found) continue;
    records.push_back({.consumer = consumer,
                       .number = (*found)->number,
                       .body = std::move((*found)->body),
                       .whole = (*found)->whole,
                       .place = place});
  }
  return records;
}

base::Result<Head> JournalReads::head_at(base::Id consumer, int64_t place) {
  const auto found = row(consumer, place, Take::no_body);
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(Code::not_found, "there is no such record");
  return Head{place, (*found)->number, std::nullopt};
}

base::Result<std::vector<int64_t>> JournalReads::places(base::Id consumer, const Head& head,
                                                        int64_t first) {
  std::vector<int64_t> out;
  int64_t position = head.position;
  int64_t number = head.number;
  while (position > 0 && position >= first) {
    const auto found = linked(consumer, position, number, Take::no_body);
    if (!found) return std::unexpected(found.error());
    out.push_back(position);
    position = found->previous;
    --number;
  }
  std::ranges::reverse(out);
  return out;
}

base::Result<Head> JournalReads::head_before(base::Id consumer, int64_t place) {
  const auto found = row(consumer, place, Take::no_body);
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(Code::not_found, "there is nothing before that");
  if ((*found)->previous < 0) return Head{};  // past its retention
  return Head{(*found)->previous, (*found)->number - 1, std::nullopt};
}

base::Result<std::vector<JournalRecord>> JournalReads::before(base::Id consumer, const Head& head,
                                                              runtime::Journal::Page page) {
  std::vector<JournalRecord> records;
  size_t bytes = 0;
  int64_t position = head.position;
  int64_t number = head.number;
  while (position > 0 && records.size() < page.records_max) {
    auto found = linked(consumer, position, number, Take::body);
    if (!found) return std::unexpected(found.error());
    bytes += found->body.size();
    if (!records.empty() && bytes > page.bytes_max) break;
    records.push_back({.consumer = consumer,
                       .number = number,
                       .body = std::move(found->body),
                       .whole = found->whole,
                       .place = position});
    position = found->previous;
    --number;
  }
  std::ranges::reverse(records);
  return records;
}

}  // namespace millrace::storage
