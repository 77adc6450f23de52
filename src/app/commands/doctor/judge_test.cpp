#include <gtest/gtest.h>
#include <linux/magic.h>

#include "app/commands/doctor/finding.hpp"

namespace millrace::app {
namespace {

constexpr uint64_t kGigabyte = 1ULL << 30;
constexpr uint64_t kLeast = 64ULL << 20;
constexpr uint64_t kExt4 = 0xEF53;

TEST(AppDoctor, JudgesKernelsByTheirNumber) {
  EXPECT_EQ(judge_kernel("6.1.0-18-amd64").state, State::right);
  EXPECT_EQ(judge_kernel("5.10.0").state, State::right);
  EXPECT_EQ(judge_kernel("10.0").state, State::right);
  EXPECT_EQ(judge_kernel("5.4.0-150-generic").state, State::doubtful);
  EXPECT_EQ(judge_kernel("4.19").state, State::doubtful);
  EXPECT_EQ(judge_kernel("").state, State::doubtful);
}

TEST(AppDoctor, JudgesDisksByWhatTheyAreAndTheirRoom) {
  EXPECT_EQ(judge_disk(kExt4, 10 * kGigabyte, kLeast).state, State::right);
  EXPECT_EQ(judge_disk(kExt4, kGigabyte / 2, kLeast).state, State::doubtful);
  EXPECT_EQ(judge_disk(kExt4, kLeast - 1, kLeast).state, State::wrong);
  EXPECT_EQ(judge_disk(TMPFS_MAGIC, 10 * kGigabyte, kLeast).state, State::doubtful);
  EXPECT_EQ(judge_disk(OVERLAYFS_SUPER_MAGIC, 10 * kGigabyte, kLeast).state, State::doubtful);
  EXPECT_EQ(judge_disk(NFS_SUPER_MAGIC, 10 * kGigabyte, kLeast).state, State::wrong);
}

TEST(AppDoctor, JudgesClocksByHowFarTheyAreOff) {
  EXPECT_EQ(judge_clock(0, "Braze").state, State::right);
  EXPECT_EQ(judge_clock(-29, "Braze").state, State::right);
  EXPECT_EQ(judge_clock(31, "Braze").state, State::doubtful);
  EXPECT_EQ(judge_clock(31, "Braze").found, "31 s behind that of Braze");
  EXPECT_EQ(judge_clock(-4'000, "Braze").state, State::wrong);
  EXPECT_EQ(judge_clock(-4'000, "Braze").found, "4000 s before that of Braze");
}

TEST(AppDoctor, JudgesSyncsAndDescriptors) {
  EXPECT_EQ(judge_syncs(900).state, State::right);
  EXPECT_EQ(judge_syncs(80'000).state, State::doubtful);
  EXPECT_EQ(judge_descriptors(65'536).state, State::right);
  EXPECT_EQ(judge_descriptors(1'024).state, State::doubtful);
}

TEST(AppDoctor, SaysTheRemedyBelowWhatIsNotRight) {
  const std::vector<Finding> found{{"disk", State::right, "9 GB left", ""},
                                   {"sandbox", State::wrong, "no bubblewrap", "install it"}};
  EXPECT_EQ(as_text(found),
            "ok       disk     9 GB left\n"
            "wrong    sandbox  no bubblewrap\n"
            "                  install it\n");
  EXPECT_FALSE(all_well(found));
  EXPECT_EQ(
      json::serialize(as_json(found)),
      R"({"status":"failing","checks":[{"name":"disk","state":"ok","found":"9 GB left"},)"
      R"({"name":"sandbox","state":"wrong","found":"no bubblewrap","remedy":"install it"}]})");
}

TEST(AppDoctor, FindsAFolderThatIsNotThere) {
  DoctorOptions options;
  options.data = "/nowhere/at/all";
  const auto found = look_at_data(options);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].state, State::wrong);
  EXPECT_EQ(found[0].found, "/nowhere/at/all is not there");
  options.data.clear();
  EXPECT_TRUE(look_at_data(options).empty());
}

}  // namespace
}  // namespace millrace::app
