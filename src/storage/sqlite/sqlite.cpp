#include "storage/sqlite/sqlite.hpp"

#include <fcntl.h>

#include "posix/files.hpp"
#include "storage/at_rest/encrypted_vfs.hpp"
#include "storage/at_rest/open_keys.hpp"

namespace millrace::storage {
namespace {

// For its owner alone; what SQLite puts beside it gets the same mode.
void make_private(const std::filesystem::path& file) {
  {
    const posix::Fd made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  }
  for (const char* ending : {"", "-wal", "-shm"}) {
    (void)posix::make_private(file.string() + ending);  // what cannot be is told on opening it
  }
}

// Every page leaves room for its seal, and nothing is put into files that need not be.
base::Result<void> set_up_encryption(Connection& connection) {
  int reserved = static_cast<int>(kReservedBytes);
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  return connection.execute("PRAGMA temp_store=MEMORY");
}

}  // namespace

base::Error sqlite_error(sqlite3* connection, std::string_view doing) {
  const int code = connection == nullptr ? SQLITE_CANTOPEN : sqlite3_extended_errcode(connection);
  const int primary = code & 0xff;
  auto means = is_failing_disk(code) ? base::Code::unavailable : base::Code::internal;
  if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) means = base::Code::data_loss;
  std::string message = connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
  if (code == SQLITE_IOERR_DATA) {
    means = base::Code::data_loss;
    message =
        std::string(sqlite3_db_filename(connection, "main")) +
        " or its log has a page that cannot be decrypted: it is damaged, or was written under "
        "another key; put the folder back from a backup";
  }
  message += " (SQLite " + std::to_string(code) + ")";
  return {means, std::move(message), std::string(doing)};
}

bool is_failing_disk(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL: return true;
    default: return false;
  }
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(handle_.get(), index, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_text(int index, std::string_view text) {
  sqlite3_bind_text64(handle_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_integer(int index, int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
  return *this;
}

Statement& Statement::bind_integer(int index, std::optional<int64_t> value) {
  if (value) return bind_integer(index, *value);
  sqlite3_bind_null(handle_.get(), index);
  return *this;
}

base::Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  auto error =
      code == SQLITE_DONE ? base::Error{} : sqlite_error(sqlite3_db_handle(handle_.get()), "step");
  sqlite3_reset(handle_.get());
  if (code == SQLITE_DONE) return false;
  return std::unexpected(std::move(error));
}

base::Result<void> Statement::run() {
  const auto row = step();
  if (!row) return std::unexpected(row.error());
  if (*row) reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

base::Result<Connection> Connection::open(const std::filesystem::path& file, Use use,
                                          size_t cache_bytes) {
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (use == Use::writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  const auto key = key_of(file);
  if (!key) return std::unexpected(key.error());
  if (use == Use::writing) make_private(file);
  sqlite3* raw = nullptr;
  const bool is_encrypted = key->has_value() || use == Use::encrypting;
  const int code =
      sqlite3_open_v2(file.c_str(), &raw, flags, is_encrypted ? encrypted_vfs() : nullptr);
  Connection connection;
  connection.handle_.reset(raw);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(raw, "open " + file.string()));
  sqlite3_busy_timeout(raw, 5'000);
  if (is_encrypted) {
    if (auto ready = set_up_encryption(connection); !ready) return std::unexpected(ready.error());
  }
  if (use == Use::writing) {
    auto ready = connection.execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
        "PRAGMA secure_delete=ON;"
        "PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=ON;");
    const std::string cache = "PRAGMA cache_size=-" + std::to_string(cache_bytes >> 10);
    if (ready) ready = connection.execute(cache.c_str());
    if (!ready) return std::unexpected(ready.error());
  }
  return connection;
}

base::Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return std::unexpected(sqlite_error(handle_.get(), "execute"));
}

base::Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_.get(), "prepare"));
  Statement statement;
  statement.handle_.reset(raw);
  return statement;
}

base::Result<void> Connection::roll_back() {
  return is_in_transaction() ? execute("ROLLBACK") : base::Result<void>();
}

base::Result<void> Connection::checkpoint(bool truncate) {
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, nullptr, nullptr);
  // Another process that reads or copies just now: the next time will do.
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return std::unexpected(sqlite_error(handle_.get(), "checkpoint"));
}

base::Result<int64_t> integer_of(Connection& connection, std::string_view query) {
  auto select = connection.prepare(query);
  if (!select) return std::unexpected(select.error());
  const auto row = select->step();
  if (!row) return std::unexpected(row.error());
  return *row ? select->integer(0) : 0;
}

}  // namespace millrace::storage
