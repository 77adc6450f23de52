// A database of what was said, in an encrypted folder.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "posix/files.hpp"
#include "storage/at_rest/at_rest.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "tests/fakes/folder.hpp"

namespace millrace::storage::testing_said {

namespace fs = std::filesystem;

inline constexpr size_t kPage = 4'096;
inline constexpr std::string_view kWords = "Ottilie wants the blue lamp back";

inline std::string content_of(const fs::path& file) {
  auto content = posix::read_file(file, {.bytes_max = posix::kAnySize});
  return content ? std::move(*content) : "";
}

inline void overwrite(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

inline std::string words(int64_t id) {
  return std::string(kWords) + " " + std::to_string(id);
}

class Said : public ::testing::Test {
 protected:
  void SetUp() override { unlock(folder_.path); }
  // Another folder under the same key.
  static void unlock(const fs::path& folder) {
    const auto opened =
        unlock_folder(folder, DataKey(std::string(kKeyBytes, 'k')), Beginning::allowed);
    ASSERT_TRUE(opened) << opened.error().describe();
  }
  Connection open() const { return std::move(*Connection::open(file_, Connection::Use::writing)); }

  static void fill(Connection& connection, int64_t rows) {
    ASSERT_TRUE(
        connection.execute("CREATE TABLE IF NOT EXISTS said(id INTEGER PRIMARY KEY, words)"));
    auto insert = connection.prepare("INSERT INTO said(words) VALUES(?1 || ' ' || ?2)");
    ASSERT_TRUE(insert);
    ASSERT_TRUE(connection.execute("BEGIN"));
    for (int64_t id = 1; id <= rows; ++id) {
      ASSERT_TRUE(insert->bind_text(1, kWords).bind_integer(2, id).run());
    }
    ASSERT_TRUE(connection.execute("COMMIT"));
  }
  // The rows that are there, all of them whole.
  static base::Result<int64_t> read(Connection& connection) {
    auto select = connection.prepare("SELECT id, words FROM said ORDER BY id");
    if (!select) return std::unexpected(select.error());
    int64_t rows = 0;
    for (;;) {
      const auto row = select->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) return rows;
      EXPECT_EQ(select->bytes(1), words(select->integer(0)));
      ++rows;
    }
  }

  fakes::Folder folder_;
  const fs::path file_ = folder_.path / "said.db";
  const fs::path log_ = folder_.path / "said.db-wal";
};

}  // namespace millrace::storage::testing_said
