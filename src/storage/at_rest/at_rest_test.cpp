// When a data folder opens with a key, and when it is refused, on a real disk.
#include "storage/at_rest/at_rest.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/hash.hpp"
#include "posix/files.hpp"
#include "storage/at_rest/convert.hpp"
#include "storage/sqlite/sqlite.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;

class StorageAtRest : public ::testing::Test {
 protected:
  StorageAtRest() {
    fs::create_directory(data_);
    for (const fs::path& key : {key_, other_key_}) EXPECT_TRUE(make_data_key(key));
  }

  // A journal's worth of words, in the folder as it is open now.
  void write_words(const fs::path& data) {
    auto connection = Connection::open(data / "journal.db", Connection::Use::writing);
    ASSERT_TRUE(connection) << connection.error().describe();
    ASSERT_TRUE(
        connection->execute("CREATE TABLE said(words); "
                            "INSERT INTO said VALUES('the blue lamp')"));
  }
  static base::Result<int64_t> count(const fs::path& data) {
    auto connection = Connection::open(data / "journal.db", Connection::Use::reading);
    if (!connection) return std::unexpected(connection.error());
    return integer_of(*connection, "SELECT COUNT(*) FROM said WHERE words = 'the blue lamp'");
  }
  static bool holds(const fs::path& folder, std::string_view words) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const auto content = posix::read_file(entry.path(), {.bytes_max = posix::kAnySize});
      if (content && content->find(words) != std::string::npos) return true;
    }
    return false;
  }
  void expect_refused(const base::Result<void>& result, Code code, std::string_view says) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().describe();
    EXPECT_NE(result.error().message.find(says), std::string::npos) << result.error().describe();
  }
  // The folder as a process finds it that has opened nothing yet: under another name.
  fs::path as_found_anew() {
    const fs::path moved = root_.path / ("moved-" + std::to_string(++moves_));
    fs::rename(data_, moved);
    data_ = moved;
    return moved;
  }

  fakes::Folder root_;
  fs::path data_ = root_.path / "data";
  const fs::path key_ = root_.path / "data.key";
  const fs::path other_key_ = root_.path / "other.key";
  int moves_ = 0;
};

TEST_F(StorageAtRest, AFolderWithoutAKeyIsKeptInTheClear) {
  ASSERT_TRUE(unlock_folder(data_, fs::path(), Beginning::allowed));
  EXPECT_FALSE(is_folder_encrypted(data_));
  write_words(data_);
  EXPECT_TRUE(holds(data_, "blue lamp"));
}

TEST_F(StorageAtRest, AFreshFolderBeginsEncryptedAndOpensWithItsKeyAlone) {
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
  EXPECT_TRUE(is_folder_encrypted(data_));
  write_words(data_);
  EXPECT_FALSE(holds(data_, "blue lamp"));
  const fs::path found = as_found_anew();
  expect_refused(unlock_folder(found, fs::path()), Code::failed_precondition, "--encrypt-at-rest");
  expect_refused(unlock_folder(found, other_key_), Code::failed_precondition, "not the key");
  // Nothing in it can be opened unawares either.
  for (const auto use : {Connection::Use::reading, Connection::Use::writing}) {
    const auto refused = Connection::open(found / "journal.db", use);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
  }
  EXPECT_FALSE(sealed_for(found / "quarantine" / "a.json", "words"));
  fakes::NoLog log;
  EXPECT_FALSE(open_record_log(found / "braze-records", log));
  ASSERT_TRUE(unlock_folder(found, key_));
  EXPECT_EQ(count(found), 1);
}

TEST_F(StorageAtRest, AKeyForAFolderWithDataInTheClearIsRefusedWithTheCommandThatConverts) {
  write_words(data_);
  expect_refused(unlock_folder(data_, key_, Beginning::allowed), Code::failed_precondition,
                 "millrace encrypt");
  EXPECT_FALSE(is_folder_encrypted(data_));
}

TEST_F(StorageAtRest, EveryDatabaseAndLogCountsAsData) {
  for (const char* name : {"access.db", "traces.db-wal"}) {
    ASSERT_TRUE(posix::write_new_file(data_ / name, "rows"));
    expect_refused(unlock_folder(data_, key_, Beginning::allowed), Code::failed_precondition, name);
    fs::remove(data_ / name);
  }
  ASSERT_TRUE(posix::write_new_file(data_ / "deployments.json", "{}"));
  EXPECT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
}

TEST_F(StorageAtRest, ReadingAFolderWithoutDataMakesItNoEncryptedOne) {
  EXPECT_TRUE(unlock_folder(data_, key_));
  EXPECT_FALSE(is_folder_encrypted(data_));
}

TEST_F(StorageAtRest, ALostMarkerIsToldFromAFolderInTheClear) {
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
  write_words(data_);
  const fs::path found = as_found_anew();
  fs::remove(found / "encryption.json");
  expect_refused(unlock_folder(found, key_), Code::data_loss, "encryption.json is missing");
  expect_refused(unlock_folder(found, fs::path()), Code::data_loss, "encryption.json is missing");
}

TEST_F(StorageAtRest, ADamagedMarkerIsRefused) {
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
  std::ofstream(data_ / "encryption.json") << "{\"format\":1,\"check\":\"short\"}";
  expect_refused(unlock_folder(data_, key_), Code::data_loss, "damaged");
  std::ofstream(data_ / "encryption.json") << "{\"format\":2}";
  expect_refused(unlock_folder(data_, key_), Code::failed_precondition, "later version");
}

TEST_F(StorageAtRest, KeysThatOthersMayReadOrThatLieInTheFolderAreRefused) {
  ::chmod(key_.c_str(), 0640);
  expect_refused(unlock_folder(data_, key_, Beginning::allowed), Code::permission_denied, "");
  const fs::path inside = data_ / "data.key";
  ASSERT_TRUE(make_data_key(inside));
  expect_refused(unlock_folder(data_, inside, Beginning::allowed), Code::invalid_argument,
                 "must not lie in the data folder");
  fs::create_directory_symlink(data_, root_.path / "elsewhere");
  expect_refused(unlock_folder(data_, root_.path / "elsewhere" / "data.key", Beginning::allowed),
                 Code::invalid_argument, "must not lie in the data folder");
  expect_refused(unlock_folder(data_, root_.path / "none", Beginning::allowed), Code::not_found,
                 "");
  EXPECT_FALSE(is_folder_encrypted(data_));
}

TEST_F(StorageAtRest, AKeyIsThirtyTwoBytesOrTheirBase64) {
  const std::string bytes = base::sha256("any");
  const auto check_of = [&](const std::string& content) -> std::string {
    const fs::path file = root_.path / "written.key";
    fs::remove(file);
    EXPECT_TRUE(posix::write_new_file(file, content));
    const auto key = DataKey::read(file, data_);
    return key ? key->check() : std::string(base::to_string(key.error().code));
  };
  const std::string expected = DataKey(bytes).check();
  std::string standard = base::to_base64url(bytes);
  EXPECT_EQ(check_of(bytes), expected);
  EXPECT_EQ(check_of(standard + "\n"), expected);
  for (char& c : standard) c = c == '-' ? '+' : c == '_' ? '/' : c;
  EXPECT_EQ(check_of(standard + "=\n"), expected);
  EXPECT_EQ(check_of(""), "data_loss");
  EXPECT_EQ(check_of(bytes.substr(1)), "data_loss");
  EXPECT_EQ(check_of("not a key at all"), "data_loss");
}

TEST_F(StorageAtRest, NoKeyIsWrittenOverAnother) {
  const auto again = make_data_key(key_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::already_exists);
}

TEST_F(StorageAtRest, EachFileHasAKeyOfItsOwn) {
  const DataKey key(std::string(kKeyBytes, 'k'));
  const auto bytes = [&](const char* name) {
    return std::string(reinterpret_cast<const char*>(key.of_file(name).data()), kKeyBytes);
  };
  EXPECT_EQ(bytes("a/journal.db"), bytes("b/journal.db-wal"));
  EXPECT_EQ(bytes("journal.db"), bytes("journal.db.damaged-1"));
  EXPECT_NE(bytes("journal.db"), bytes("traces.db"));
  EXPECT_NE(bytes("journal.db"), std::string(kKeyBytes, 'k'));
}

TEST_F(StorageAtRest, SmallFilesAreSealedForTheirNames) {
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
  const fs::path file = data_ / "quarantine" / "a.json";
  const auto sealed = sealed_for(file, "the blue lamp");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->find("lamp"), std::string::npos);
  EXPECT_EQ(unsealed_from(file, *sealed), "the blue lamp");
  EXPECT_FALSE(unsealed_from(data_ / "quarantine" / "b.json", *sealed));
  EXPECT_FALSE(unsealed_from(file, sealed->substr(1)));
  EXPECT_FALSE(unsealed_from(file, "{\"plain\":1}"));
  // And left alone where nothing is encrypted.
  EXPECT_EQ(sealed_for(root_.path / "a.json", "the blue lamp"), "the blue lamp");
}

TEST_F(StorageAtRest, RecordsOfALogAreEncryptedAndDamageIsFoundOut) {
  ASSERT_TRUE(unlock_folder(data_, key_, Beginning::allowed));
  fakes::NoLog log;
  const fs::path folder = data_ / "braze-records";
  {
    auto records = open_record_log(folder, log, 1 << 12);
    ASSERT_TRUE(records) << records.error().describe();
    for (uint64_t number = 1; number <= 20; ++number) {
      (*records)->append(number, std::string(500, 'x') + " the blue lamp " + std::to_string(number),
                         [](const base::Result<void>& done) { EXPECT_TRUE(done); });
    }
  }
  EXPECT_FALSE(holds(folder, "blue lamp"));
  {
    auto again = open_record_log(folder, log, 1 << 12);
    ASSERT_TRUE(again) << again.error().describe();
    uint64_t seen = 0;
    const auto last = (*again)->each([&](uint64_t number, std::string_view record) {
      EXPECT_TRUE(record.ends_with(" the blue lamp " + std::to_string(number)));
      ++seen;
      return base::Result<void>();
    });
    EXPECT_EQ(last, 20U);
    EXPECT_EQ(seen, 20U);
  }
  const fs::path moved = as_found_anew() / "braze-records";
  // A key that is not this one, as the marker would not let anybody give it.
  fs::remove(data_ / "encryption.json");
  ASSERT_TRUE(unlock_folder(moved, other_key_, Beginning::allowed));
  const auto refused = open_record_log(moved, log, 1 << 12);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::data_loss);
  EXPECT_NE(refused.error().message.find("cannot be decrypted"), std::string::npos);
}

}  // namespace
}  // namespace millrace::storage
