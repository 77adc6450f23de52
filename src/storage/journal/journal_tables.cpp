#include "storage/journal/journal_tables.hpp"

#include "storage/journal/chats_table.hpp"

namespace millrace::storage {
namespace {

constexpr int64_t kVersion = 4;

// `body` stands last: what is before it is read without it.
constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS turns(
  position INTEGER PRIMARY KEY,
  previous INTEGER NOT NULL,
  consumer BLOB NOT NULL,
  number INTEGER NOT NULL,
  due INTEGER,
  whole INTEGER NOT NULL,
  marks BLOB,
  body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS heads(
  consumer BLOB PRIMARY KEY, position INTEGER NOT NULL, number INTEGER NOT NULL,
  due INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS heads_due ON heads(due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS known(id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL);
INSERT OR IGNORE INTO known VALUES(1, 0);
CREATE TABLE IF NOT EXISTS parked(
  consumer BLOB PRIMARY KEY, chat TEXT NOT NULL, solution TEXT NOT NULL, version TEXT NOT NULL,
  node TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chats_seen(
  id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL);
INSERT OR IGNORE INTO chats_seen VALUES(1, 0);
CREATE TABLE IF NOT EXISTS joins(
  consumer BLOB PRIMARY KEY, joined_to BLOB NOT NULL) WITHOUT ROWID;
PRAGMA user_version=4;
)";

// The first format had every record whole, no marks (they are read from the body), and listed
// consumers with something due without saying when: they count as due at once.
constexpr const char* kFromFirst = R"(
ALTER TABLE turns ADD COLUMN due INTEGER;
ALTER TABLE turns ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;
ALTER TABLE turns ADD COLUMN marks BLOB;
ALTER TABLE heads ADD COLUMN due INTEGER;
UPDATE heads SET due = 0 WHERE consumer IN (SELECT consumer FROM open_consumers);
UPDATE turns SET due = 0 WHERE position IN (
  SELECT MAX(position) FROM turns WHERE position > (SELECT position FROM known)
    AND consumer IN (SELECT consumer FROM open_consumers) GROUP BY consumer);
DROP TABLE open_consumers;
)";

}  // namespace

base::Result<void> prepare_tables(Connection& writing) {
  const auto version = integer_of(writing, "PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  if (*version > kVersion) {
    return base::fail(base::Code::failed_precondition,
                      "the journal was written by a later version of this program", "journal");
  }
  return in_transaction(writing, [&] {
    auto done = *version == 1 ? writing.execute(kFromFirst) : base::Result<void>();
    if (done) done = make_chats_table(writing, "chats", false);
    if (done) done = writing.execute(kSchema);
    return done;
  });
}

std::string to_bytes(const std::vector<runtime::InputMark>& marks) {
  std::string bytes;
  bytes.reserve(marks.size() * sizeof(runtime::InputMark));
  for (const runtime::InputMark mark : marks) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(mark >> shift);
  }
  return bytes;
}

std::vector<runtime::InputMark> marks_from_bytes(std::string_view bytes) {
  std::vector<runtime::InputMark> marks;
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    runtime::InputMark mark = 0;
    for (unsigned i = 0; i < 8; ++i) {
      mark |= static_cast<runtime::InputMark>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    marks.push_back(mark);
  }
  return marks;
}

}  // namespace millrace::storage
