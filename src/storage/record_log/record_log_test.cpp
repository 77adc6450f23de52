#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "storage/record_log/record_frames.hpp"
#include "storage/storage.hpp"
#include "tests/fakes/folder.hpp"
#include "tests/fakes/log.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSegmentBytes = 200;

class StorageRecordLog : public testing::Test {
 protected:
  StorageRecordLog() { open(); }

  base::Result<void> open() {
    log_.reset();
    auto opened = open_record_log(folder_ / "records", quiet_, kSegmentBytes);
    if (!opened) return std::unexpected(opened.error());
    log_ = std::move(*opened);
    return {};
  }
  // As after a crash: what the last run would clean up at its end is left as it is.
  base::Result<void> crash() {
    const fs::path copy = folder_ / "copy";
    fs::copy(folder_ / "records", copy);
    log_.reset();
    fs::remove_all(folder_ / "records");
    fs::rename(copy, folder_ / "records");
    return open();
  }
  std::future<base::Result<void>> begin(uint64_t number, std::string record) {
    auto promise = std::make_shared<std::promise<base::Result<void>>>();
    log_->append(number, std::move(record),
                 [promise](base::Result<void> done) { promise->set_value(std::move(done)); });
    return promise->get_future();
  }
  base::Result<void> append(uint64_t number, std::string record) {
    return begin(number, std::move(record)).get();
  }
  base::Result<void> clear() {
    std::promise<base::Result<void>> cleared;
    log_->clear([&](base::Result<void> done) { cleared.set_value(std::move(done)); });
    return cleared.get_future().get();
  }
  std::string all() {
    std::string out;
    const auto last = log_->each([&](uint64_t number, std::string_view record) {
      out += std::to_string(number) + "=" + std::string(record) + " ";
      return base::Result<void>();
    });
    return last ? out + "last " + std::to_string(*last) : last.error().describe();
  }
  std::vector<fs::path> files(std::string_view ending) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder_ / "records")) {
      if (entry.path().extension() == ending) out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
  }
  // Changes one byte of a file, counted from the beginning of `text` in it.
  static void spoil(const fs::path& file, const std::string& text) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    bytes.at(bytes.find(text)) ^= 1;
    std::ofstream(file, std::ios::binary) << bytes;
  }

  fakes::Folder home_;
  const fs::path& folder_ = home_.path;
  fakes::NoLog quiet_;
  std::unique_ptr<base::RecordLog> log_;
};

TEST_F(StorageRecordLog, GivesBackWhatWasAppendedInOrderAndGoesOnFromThere) {
  EXPECT_EQ(all(), "last 0");
  ASSERT_TRUE(append(1, "a"));
  ASSERT_TRUE(append(2, std::string("\0b", 2)));
  ASSERT_TRUE(crash());
  EXPECT_EQ(all(), std::string("1=a 2=\0b last 2", 15));
  ASSERT_TRUE(append(3, std::string(500, 'c')));
  ASSERT_TRUE(append(4, "d"));
  ASSERT_TRUE(crash());
  EXPECT_EQ(all(), std::string("1=a 2=\0b 3=", 11) + std::string(500, 'c') + " 4=d last 4");
}

TEST_F(StorageRecordLog, ForgetsFilesOfDroppedRecordsAndWritesThemAgain) {
  for (uint64_t number = 1; number <= 40; ++number) {
    ASSERT_TRUE(append(number, "record " + std::to_string(number) + std::string(90, '.')));
    log_->drop(number - 1);
  }
  EXPECT_LE(files(".log").size(), 3u);
  EXPECT_LE(files(".spare").size(), 4u);
  ASSERT_TRUE(crash());
  const std::string kept = all();
  EXPECT_NE(kept.find("40=record 40"), std::string::npos);
  EXPECT_EQ(kept.find(" 30="), std::string::npos);
  EXPECT_NE(kept.find("last 40"), std::string::npos);
  ASSERT_TRUE(append(41, "next"));
}

TEST_F(StorageRecordLog, LeavesNothingBehindWhenAllIsDropped) {
  ASSERT_TRUE(append(1, "a"));
  log_->drop(1);
  ASSERT_TRUE(open());
  EXPECT_EQ(files("").size() + files(".log").size() + files(".spare").size(), 0u);
  EXPECT_EQ(all(), "last 0");
}

TEST_F(StorageRecordLog, LeavesNoByteOfWhatWasDroppedOnceItIsCleared) {
  const auto is_there = [this](std::string_view word) {
    for (const auto& entry : fs::directory_iterator(folder_ / "records")) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      if (bytes.contains(word)) return true;
    }
    return false;
  };
  for (uint64_t number = 1; number <= 40; ++number) {
    ASSERT_TRUE(append(number, "Ada" + std::string(20, 'x')));
    log_->drop(number - 1);
  }
  ASSERT_TRUE(clear());
  EXPECT_TRUE(is_there("Ada")) << "the last one is not dropped";
  log_->drop(40);
  ASSERT_TRUE(append(41, "Bob"));
  ASSERT_TRUE(clear());
  EXPECT_EQ(all(), "41=Bob last 41");
  EXPECT_FALSE(is_there("Ada"));
  ASSERT_TRUE(append(42, "Cid"));
  EXPECT_EQ(all(), "41=Bob 42=Cid last 42");
  log_->drop(42);
  ASSERT_TRUE(clear());
  EXPECT_FALSE(is_there("Bob"));
  ASSERT_TRUE(append(43, "Dan"));
  ASSERT_TRUE(crash());
  EXPECT_EQ(all(), "43=Dan last 43");
}

TEST_F(StorageRecordLog, SaysThatItCouldNotTakeBytesAway) {
  ASSERT_TRUE(append(1, "Ada"));
  fs::path in_the_way = files(".log").front();
  in_the_way.replace_extension(".spare");
  fs::create_directory(in_the_way);
  log_->drop(1);
  ASSERT_FALSE(clear());
  fs::remove(in_the_way);
  ASSERT_TRUE(clear());
  EXPECT_EQ(files(".log").size() + files(".spare").size(), 0u);
}

TEST_F(StorageRecordLog, EndsAtARecordThatACrashCutShort) {
  ASSERT_TRUE(append(1, "first"));
  ASSERT_TRUE(append(2, "second"));
  const fs::path file = files(".log").front();
  spoil(file, "second");
  ASSERT_TRUE(crash());
  EXPECT_EQ(all(), "1=first last 1");
  ASSERT_TRUE(append(2, "another"));
  ASSERT_TRUE(crash());
  EXPECT_EQ(all(), "1=first 2=another last 2");
}

TEST_F(StorageRecordLog, EndsWithTheRecordBeforeWhereverTheLastOneIsTorn) {
  ASSERT_TRUE(append(1, "first"));
  ASSERT_TRUE(append(2, "second"));
  const fs::path file = files(".log").front();
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const size_t begin = whole.find("first") + 5, end = whole.find("second") + 6;
  ASSERT_LT(begin, end);
  for (size_t at = begin; at < end; ++at) {
    SCOPED_TRACE(at - begin);
    std::string torn = whole;
    std::fill(torn.begin() + static_cast<ptrdiff_t>(at), torn.begin() + static_cast<ptrdiff_t>(end),
              '\0');
    log_.reset();
    fs::remove_all(folder_ / "records");
    fs::create_directory(folder_ / "records");
    std::ofstream(file, std::ios::binary) << torn;
    ASSERT_TRUE(open());
    EXPECT_EQ(all(), "1=first last 1");
    ASSERT_TRUE(append(2, "another"));
    EXPECT_EQ(all(), "1=first 2=another last 2");
    if (HasFailure()) return;
  }
}

TEST_F(StorageRecordLog, RefusesToOpenWhenARecordInTheMiddleIsMissing) {
  for (uint64_t number = 1; number <= 6; ++number) {
    ASSERT_TRUE(append(number, std::string(180, 'x')));
  }
  const auto segments = files(".log");
  ASSERT_GE(segments.size(), 3u);
  fs::remove(segments[1]);
  const auto opened = crash();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Code::data_loss);
  EXPECT_NE(opened.error().message.find("is missing"), std::string::npos);
}

TEST_F(StorageRecordLog, FailsWhatFollowsALostRecordUntilItIsNumberedAnew) {
  ASSERT_TRUE(append(1, std::string(300, 'x')));  // the next begins another file
  fs::rename(folder_ / "records", folder_ / "away");
  EXPECT_FALSE(append(2, "lost"));
  fs::rename(folder_ / "away", folder_ / "records");
  EXPECT_EQ(append(3, "built on the lost one").error().code, base::Code::failed_precondition);
  EXPECT_TRUE(append(2, "anew"));
  ASSERT_TRUE(crash());
  EXPECT_EQ(all(), "1=" + std::string(300, 'x') + " 2=anew last 2");
}

TEST_F(StorageRecordLog, MakesRecordsOfManyThreadsDurableInTheOrderOfTheCalls) {
  std::vector<std::future<base::Result<void>>> ends;
  for (uint64_t number = 1; number <= 500; ++number) {
    ends.push_back(begin(number, std::to_string(number)));
  }
  for (auto& end : ends) EXPECT_TRUE(end.get());
  ASSERT_TRUE(crash());
  EXPECT_NE(all().find("500=500 last 500"), std::string::npos);
}

TEST(StorageRecordFrames, AreNoFramesOfAnotherSegmentNorWhenDamaged) {
  std::string bytes;
  append_frame(bytes, 7, 1, "one");
  append_frame(bytes, 7, 2, "two");
  std::string_view rest = bytes;
  EXPECT_EQ(take_frame(rest, 7)->record, "one");
  EXPECT_EQ(take_frame(rest, 7)->number, 2u);
  EXPECT_FALSE(take_frame(rest, 7));
  rest = bytes;
  EXPECT_FALSE(take_frame(rest, 8));
  for (size_t place = 0; place < bytes.size() / 2; ++place) {
    std::string damaged = bytes;
    damaged[place] ^= 4;
    rest = damaged;
    EXPECT_FALSE(take_frame(rest, 7)) << place;
  }
}

}  // namespace
}  // namespace millrace::storage
