// Mending a journal. Everything that is taken out of its place is kept in another.
#include <algorithm>

#include "storage/journal/journal_tables.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "storage/upkeep/verify_reading.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAside =
    "CREATE TABLE IF NOT EXISTS turns_aside(id INTEGER PRIMARY KEY AUTOINCREMENT, "
    "position INTEGER NOT NULL, previous INTEGER NOT NULL, consumer BLOB NOT NULL, "
    "number INTEGER NOT NULL, due INTEGER, whole INTEGER NOT NULL, marks BLOB, "
    "body BLOB NOT NULL, why TEXT NOT NULL)";

// A name beside the file that nothing has yet.
fs::path free_name(const fs::path& file) {
  std::error_code error;
  for (int n = 1;; ++n) {
    fs::path name = file.string() + ".damaged-" + std::to_string(n);
    if (!fs::exists(name, error)) return name;
  }
}

base::Result<void> move_strays(Connection& writing, const std::vector<Stray>& strays) {
  auto copy = writing.prepare(
      "INSERT INTO turns_aside(position, previous, consumer, number, due, whole, marks, body, why) "
      "SELECT position, previous, consumer, number, due, whole, marks, body, ?2 FROM turns "
      "WHERE position = ?1");
  if (!copy) return std::unexpected(copy.error());
  auto remove = writing.prepare("DELETE FROM turns WHERE position = ?1");
  if (!remove) return std::unexpected(remove.error());
  for (const Stray& stray : strays) {
    auto moved = copy->bind_integer(1, stray.link.position).bind_text(2, stray.why).run();
    if (moved) moved = remove->bind_integer(1, stray.link.position).run();
    if (!moved) return moved;
  }
  return {};
}

// What was due stays so where a head was right. Who lost a record counts as due at once, so that
// the next start takes up what the record before it left open.
base::Result<void> write_heads(Connection& writing, const Chains& chains) {
  auto done = writing.execute("CREATE TEMP TABLE were AS SELECT * FROM heads; DELETE FROM heads");
  if (!done) return done;
  auto put = writing.prepare(
      "INSERT INTO heads VALUES(?1, ?2, ?3, COALESCE("
      "(SELECT due FROM turns WHERE position = ?2), "
      "(SELECT due FROM were WHERE consumer = ?1 AND position = ?2)))");
  if (!put) return std::unexpected(put.error());
  auto wake = writing.prepare("UPDATE heads SET due = 0 WHERE consumer = ?1");
  if (!wake) return std::unexpected(wake.error());
  for (const auto& [consumer, last] : chains.last) {
    done = put->bind_blob(1, consumer.as_bytes())
               .bind_integer(2, last.position)
               .bind_integer(3, last.number)
               .run();
    if (!done) return done;
  }
  for (const Stray& stray : chains.strays) {
    done = wake->bind_blob(1, stray.link.consumer.as_bytes()).run();
    if (!done) return done;
  }
  return writing.execute(
      "UPDATE known SET position = MAX(position, (SELECT COALESCE(MAX(position), 0) FROM turns));"
      "DELETE FROM chats; UPDATE chats_seen SET position = 0;"
      "DROP TABLE temp.were");
}

base::Result<void> rewrite(Connection& writing, const Chains& chains) {
  return in_transaction(writing, [&] {
    auto done = writing.execute(kAside);
    if (done) done = move_strays(writing, chains.strays);
    if (done) done = write_heads(writing, chains);
    return done;
  });
}

base::Result<void> mend_log(const fs::path& journal, std::vector<std::string>& done) {
  const fs::path log = journal.string() + "-wal";
  std::error_code error;
  const auto state = examine_log(journal);
  if (!state) return std::unexpected(state.error());
  const bool is_orphan = fs::file_size(log, error) > 0 && !error &&
                         (!fs::exists(journal, error) || fs::file_size(journal, error) == 0);
  if (!state->is_damaged() && !is_orphan) return {};
  const fs::path aside = free_name(log);
  fs::copy_file(log, aside, error);
  if (error) return base::fail(base::Code::unavailable, error.message(), aside.string());
  fs::permissions(aside, fs::perms::owner_read | fs::perms::owner_write, error);
  done.push_back("the damaged log was copied to " + aside.filename().string() +
                 "; what can be read of it is kept");
  if (is_orphan) {
    fs::remove(log, error);
    return {};
  }
  // SQLite takes what is whole, and forgets the rest when the log is emptied.
  auto writing = Connection::open(journal, Connection::Use::writing);
  if (!writing) return std::unexpected(writing.error());
  return writing->checkpoint(true);
}

}  // namespace

base::Result<std::vector<std::string>> mend_journal(const fs::path& journal,
                                                    const WhoseBody& whose) {
  std::vector<std::string> done;
  if (auto mended = mend_log(journal, done); !mended) return std::unexpected(mended.error());
  std::error_code error;
  if (!fs::exists(journal, error) || fs::file_size(journal, error) == 0) return done;
  Verification found;
  if (auto verified = verify_journal(journal, whose, found); !verified) {
    return std::unexpected(verified.error());
  }
  const bool is_needed = std::ranges::any_of(
      found.problems, [](const Problem& problem) { return problem.is_mendable; });
  if (!is_needed) return done;
  auto writing = open_own(journal);
  if (!writing) return std::unexpected(writing.error());
  if (auto made = prepare_tables(*writing); !made) return std::unexpected(made.error());
  const auto links = read_links(*writing, whose);
  if (!links) return std::unexpected(links.error());
  const Chains chains = find_chains(*links);
  if (auto rewritten = rewrite(*writing, chains); !rewritten) {
    return std::unexpected(rewritten.error());
  }
  if (!chains.strays.empty()) {
    done.push_back(std::to_string(chains.strays.size()) +
                   " records were moved into the table turns_aside of " +
                   journal.filename().string());
  }
  done.push_back("the heads of " + std::to_string(chains.last.size()) +
                 " consumers were written anew");
  return done;
}

base::Result<std::string> put_aside(const fs::path& database) {
  const fs::path aside = free_name(database);
  std::error_code error;
  for (const char* ending : {"-wal", "-shm", ""}) {
    const fs::path file = database.string() + ending;
    if (!fs::exists(file, error)) continue;
    fs::rename(file, aside.string() + ending, error);
    if (error) return base::fail(base::Code::unavailable, error.message(), file.string());
  }
  return aside.filename().string();
}

}  // namespace millrace::storage
