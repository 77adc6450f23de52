#include <mutex>

#include "storage/pairs/prefix.hpp"
#include "storage/sqlite/group_writer.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/verify.hpp"

namespace millrace::storage {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS pairs(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version=1;";

class SqliteKeyValue final : public base::KeyValueStore {
 public:
  static base::Result<std::unique_ptr<base::KeyValueStore>> open(const std::filesystem::path& file,
                                                                 GroupWriter::Reporting reporting,
                                                                 size_t cache_bytes) {
    auto connection = open_own(file, cache_bytes);
    if (!connection) return std::unexpected(connection.error());
    if (auto made = connection->execute(kSchema); !made) return std::unexpected(made.error());
    auto reading = Connection::open(file, Connection::Use::reading);
    if (!reading) return std::unexpected(reading.error());
    auto store = std::unique_ptr<SqliteKeyValue>(
        new SqliteKeyValue(std::move(*connection), file, reporting));
    if (auto ready = store->prepare(std::move(*reading)); !ready) {
      return std::unexpected(ready.error());
    }
    return store;
  }

  base::Result<std::optional<std::string>> get(std::string_view key) override {
    const std::lock_guard lock(reading_mutex_);
    return value_of(get_, key);
  }

  base::Result<std::vector<std::pair<std::string, std::string>>> scan(std::string_view prefix,
                                                                      std::string_view after,
                                                                      size_t limit) override {
    const std::lock_guard lock(reading_mutex_);
    std::vector<std::pair<std::string, std::string>> pairs;
    const std::string end = end_of_prefix(prefix);
    Statement& statement = end.empty() ? scan_all_ : scan_;
    statement.bind_blob(1, prefix).bind_blob(2, after).bind_integer(3, static_cast<int64_t>(limit));
    if (!end.empty()) statement.bind_blob(4, end);
    for (;;) {
      const auto row = statement.step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return pairs;
      pairs.emplace_back(statement.bytes(0), statement.bytes(1));
    }
  }

  void commit(base::KeyValueBatch batch, Done done) override {
    writer_.submit({[this, batch = std::move(batch)] { return write(batch); }, std::move(done)});
  }

 private:
  SqliteKeyValue(Connection connection, const std::filesystem::path& file,
                 GroupWriter::Reporting reporting)
      : writer_(std::move(connection), file, reporting) {}

  base::Result<void> prepare(Connection reading) {
    reading_ = std::move(reading);
    const auto make = [](Connection& connection, std::string_view sql,
                         Statement& statement) -> base::Result<void> {
      auto prepared = connection.prepare(sql);
      if (!prepared) return std::unexpected(prepared.error());
      statement = std::move(*prepared);
      return {};
    };
    Connection& writing = writer_.connection();
    auto ready = make(reading_, "SELECT value FROM pairs WHERE key = ?1", get_);
    if (ready) {
      ready = make(reading_,
                   "SELECT key, value FROM pairs WHERE key >= ?1 AND key > ?2 AND key < ?4 "
                   "ORDER BY key LIMIT ?3",
                   scan_);
    }
    if (ready) {
      ready =
          make(reading_,
               "SELECT key, value FROM pairs WHERE key >= ?1 AND key > ?2 ORDER BY key LIMIT ?3",
               scan_all_);
    }
    if (ready) ready = make(writing, "INSERT OR REPLACE INTO pairs VALUES(?1, ?2)", put_);
    if (ready) ready = make(writing, "DELETE FROM pairs WHERE key = ?1", remove_);
    if (ready) ready = writer_.start();
    return ready;
  }

  base::Result<void> write(const base::KeyValueBatch& batch) {
    for (const auto& [key, value] : batch.writes) {
      auto written = value ? put_.bind_blob(1, key).bind_blob(2, *value).run()
                           : remove_.bind_blob(1, key).run();
      if (!written) return written;
    }
    return {};
  }

  // Statements are declared before the writer, whose last transactions still use them.
  std::mutex reading_mutex_;
  Connection reading_;
  Statement get_;
  Statement scan_;
  Statement scan_all_;
  Statement put_;
  Statement remove_;
  GroupWriter writer_;
};

}  // namespace

base::Meter& no_meter() {
  static base::NoMeter nothing;
  return nothing;
}

base::Result<std::unique_ptr<base::KeyValueStore>> open_key_value(const std::filesystem::path& file,
                                                                  base::Log& log,
                                                                  size_t cache_bytes,
                                                                  base::Meter& meter) {
  return SqliteKeyValue::open(file, {log, meter}, cache_bytes);
}

base::Result<std::unique_ptr<base::KeyValueStore>> open_or_begin_key_value(
    const std::filesystem::path& file, base::Log& log, size_t cache_bytes, base::Meter& meter) {
  auto opened = open_key_value(file, log, cache_bytes, meter);
  if (opened) return opened;
  const auto aside = put_aside(file);
  if (!aside) return std::unexpected(opened.error());
  log.line(base::Level::error, "storage",
           file.filename().string() + " cannot be opened (" + opened.error().describe() +
               "); it was put aside as " + *aside + ", and a new one is begun");
  return open_key_value(file, log, cache_bytes, meter);
}

}  // namespace millrace::storage
