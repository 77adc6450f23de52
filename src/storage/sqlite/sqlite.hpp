// SQLite behind two small owners, for the files of this room only: errors become values, handles
// close themselves.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace millrace::storage {

class Connection;

// A prepared statement. Bind, step, read columns, reset; indexes are SQLite's (parameters from 1,
// columns from 0).
class Statement {
 public:
  Statement() = default;
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_text(int index, std::string_view text);
  Statement& bind_integer(int index, int64_t value);
  Statement& bind_integer(int index, std::optional<int64_t> value);
  // True while there is a row. After false or an error the statement is ready to be bound anew.
  base::Result<bool> step();
  // Runs a statement that gives no rows.
  base::Result<void> run();
  void reset();
  std::string_view bytes(int column) const;
  int64_t integer(int column) const;
  bool is_null(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class Connection {
 public:
  enum class Use {
    writing,
    reading,
    encrypting,  // reads, and may VACUUM INTO a file that is encrypted, though this one may not be
  };
  // A writing connection creates the file (mode 0600) and sets it up for durability: WAL,
  // synchronous=FULL, checkpoints only when asked.
  // The file is encrypted where its folder is (at_rest.hpp); failed_precondition: its key was not
  // given.
  // `cache_bytes`: pages that a writing connection keeps in memory, at most.
  static base::Result<Connection> open(const std::filesystem::path& file, Use use,
                                       size_t cache_bytes = 16 << 20);

  base::Result<void> execute(const char* sql);
  base::Result<Statement> prepare(std::string_view sql);
  // Copies what the write-ahead log holds into the database. TRUNCATE waits for readers and
  // empties the log; PASSIVE waits for nobody.
  base::Result<void> checkpoint(bool truncate);
  // The position the last INSERT into a table with positions gave.
  int64_t last_inserted() const { return sqlite3_last_insert_rowid(handle_.get()); }
  // A transaction is open. After some failures SQLite has rolled back by itself.
  bool is_in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  // Rolls back where there is something to roll back.
  base::Result<void> roll_back();
  // SQLite's extended code of the last call: which failure it was.
  int last_code() const { return sqlite3_extended_errcode(handle_.get()); }
  sqlite3* handle() { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// Makes the change in a transaction of its own, which is rolled back when it fails.
template <typename F>
base::Result<void> in_transaction(Connection& writing, F change) {
  auto done = writing.execute("BEGIN IMMEDIATE");
  if (done) done = change();
  if (done) done = writing.execute("COMMIT");
  if (!done) (void)writing.roll_back();
  return done;
}

// The one number that a query gives; 0 when it gives none.
base::Result<int64_t> integer_of(Connection& connection, std::string_view query);

base::Error sqlite_error(sqlite3* connection, std::string_view doing);

// The code says that the files or the machine failed, rather than that a statement was refused for
// what it asked: whatever is tried next may fail as well.
bool is_failing_disk(int sqlite_code);

}  // namespace millrace::storage
