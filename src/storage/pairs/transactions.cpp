#include <algorithm>
#include <mutex>

#include "storage/pairs/prefix.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"

namespace millrace::storage {
namespace {

using access::Pair;
using base::Result;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS pairs(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version=1;";
constexpr size_t kChangesToCheckpoint = 256;
constexpr size_t kCacheBytes = 1 << 20;

class SqliteTransactions final : public access::Transactions, private access::PairsChange {
 public:
  static Result<std::unique_ptr<access::Transactions>> open(const std::filesystem::path& file) {
    auto connection = Connection::open(file, Connection::Use::writing, kCacheBytes);
    if (!connection) return std::unexpected(connection.error());
    if (auto made = connection->execute(kSchema); !made) return std::unexpected(made.error());
    auto opened = std::unique_ptr<SqliteTransactions>(new SqliteTransactions);
    opened->connection_ = std::move(*connection);
    if (auto ready = opened->prepare(); !ready) return std::unexpected(ready.error());
    return opened;
  }

  ~SqliteTransactions() override { (void)connection_.checkpoint(true); }

  Result<void> read(const Reading& body) override {
    const std::lock_guard lock(mutex_);
    if (auto begun = connection_.execute("BEGIN"); !begun) return begun;
    auto done = body(*this);
    (void)connection_.roll_back();
    return done;
  }

  Result<void> change(const Changing& body) override {
    const std::lock_guard lock(mutex_);
    auto done = in_transaction(connection_, [&] { return body(*this); });
    if (done && ++changes_ % kChangesToCheckpoint == 0) (void)connection_.checkpoint(false);
    return done;
  }

 private:
  SqliteTransactions() = default;

  Result<void> prepare() {
    const auto make = [this](std::string_view sql, Statement& statement) -> Result<void> {
      auto prepared = connection_.prepare(sql);
      if (!prepared) return std::unexpected(prepared.error());
      statement = std::move(*prepared);
      return {};
    };
    auto ready = make("SELECT value FROM pairs WHERE key = ?1", get_);
    if (ready) {
      ready = make(
          "SELECT key, value FROM pairs WHERE key >= ?1 AND key > ?2 AND (?4 = x'' OR key < ?4) "
          "ORDER BY key LIMIT ?3",
          scan_);
    }
    if (ready) {
      ready = make(
          "SELECT key, value FROM pairs WHERE key >= ?1 AND (?2 = x'' OR key < ?2) "
          "ORDER BY key DESC LIMIT ?3",
          scan_back_);
    }
    if (ready) ready = make("INSERT OR REPLACE INTO pairs VALUES(?1, ?2)", put_);
    if (ready) ready = make("DELETE FROM pairs WHERE key = ?1", remove_);
    return ready;
  }

  Result<std::optional<std::string>> get(std::string_view key) override {
    return value_of(get_, key);
  }

  Result<std::vector<Pair>> scan(std::string_view prefix, std::string_view after,
                                 size_t limit) override {
    const std::string end = end_of_prefix(prefix);
    scan_.bind_blob(1, prefix).bind_blob(2, bytes(after)).bind_integer(3, as_limit(limit));
    scan_.bind_blob(4, bytes(end));
    return rows(scan_);
  }

  Result<std::vector<Pair>> scan_back(std::string_view prefix, std::string_view before,
                                      size_t limit) override {
    const std::string end = end_of_prefix(prefix);
    const std::string_view least = before.empty() || (!end.empty() && end < before) ? end : before;
    scan_back_.bind_blob(1, prefix).bind_blob(2, bytes(least)).bind_integer(3, as_limit(limit));
    return rows(scan_back_);
  }

  Result<void> put(std::string_view key, std::string_view value) override {
    return put_.bind_blob(1, key).bind_blob(2, bytes(value)).run();
  }

  Result<void> remove(std::string_view key) override { return remove_.bind_blob(1, key).run(); }

  // SQLite takes a null pointer for NULL, which is no bytes at all.
  static std::string_view bytes(std::string_view text) {
    return text.data() == nullptr ? std::string_view("") : text;
  }
  static int64_t as_limit(size_t limit) {
    return static_cast<int64_t>(std::min<size_t>(limit, INT64_MAX));
  }

  static Result<std::vector<Pair>> rows(Statement& statement) {
    std::vector<Pair> out;
    for (;;) {
      const auto row = statement.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return out;
      out.emplace_back(statement.bytes(0), statement.bytes(1));
    }
  }

  std::mutex mutex_;
  Connection connection_;  // before its statements
  Statement get_;
  Statement scan_;
  Statement scan_back_;
  Statement put_;
  Statement remove_;
  size_t changes_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<access::Transactions>> open_transactions(
    const std::filesystem::path& file) {
  return SqliteTransactions::open(file);
}

}  // namespace millrace::storage
