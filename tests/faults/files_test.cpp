// What is written as a file of its own, with every call failing in turn: the old or the new stands
// there whole, whatever failed, also after a kill or a power cut; and it works when the disk does.
#include <gtest/gtest.h>

#include <cerrno>

#include "posix/files.hpp"
#include "secrets/secrets.hpp"
#include "solutions/folder.hpp"
#include "tests/faults/disk.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::faults {
namespace {

namespace fs = std::filesystem;

// A thing that is kept in a folder. What stands there is told as a text.
struct Kept {
  const char* name;
  std::function<base::Result<void>(const fs::path&, const std::string&)> write;
  std::function<base::Result<std::string>(const fs::path&)> read;
};

secrets::Store secrets_in(const fs::path& folder) {
  return *secrets::Store::at(folder / "data", folder / "keys" / "secrets.key");
}

const Kept kKept[] = {
    {"AFileThatIsReplaced",
     [](const fs::path& folder, const std::string& text) {
       return posix::replace_file(folder / "deployments.json", text);
     },
     [](const fs::path& folder) { return posix::read_file(folder / "deployments.json"); }},
    {"TheStoreOfSecrets",
     [](const fs::path& folder, const std::string& text) -> base::Result<void> {
       auto set = secrets_in(folder).set("NAME", text, {1});
       return set ? base::Result<void>() : std::unexpected(set.error());
     },
     [](const fs::path& folder) { return secrets_in(folder).get("NAME"); }},
    {"ARotationOfTheMasterKey",
     [](const fs::path& folder, const std::string& text) -> base::Result<void> {
       auto set = secrets_in(folder).set("NAME", text, {1});
       if (set) {
         auto rotated = secrets_in(folder).rotate();
         return rotated ? base::Result<void>() : std::unexpected(rotated.error());
       }
       return std::unexpected(set.error());
     },
     [](const fs::path& folder) { return secrets_in(folder).get("NAME"); }},
};

class StorageFiles : public testing::TestWithParam<Kept> {};

TEST_P(StorageFiles, AreTheOldOrTheNewWhicheverCallFails) {
  const Kept& kept = GetParam();
  const std::string before(2'000, 'o');
  const std::string after(3'000, 'n');
  const auto is_whole = [&](const fs::path& folder, bool must_be_new) {
    const auto text = kept.read(folder);
    ASSERT_TRUE(text) << text.error().describe();
    EXPECT_TRUE(*text == after || (!must_be_new && *text == before)) << text->substr(0, 40);
  };
  int64_t calls = 1;
  for (int64_t at = 0; at <= calls; ++at) {
    SCOPED_TRACE("call " + std::to_string(at));
    fakes::Folder root;
    const fs::path home = root.path / "home";
    fs::create_directories(home / "data");
    fs::create_directories(home / "keys");
    ASSERT_TRUE(kept.write(home, before));
    const Following following(home);
    Disk::get().judge([at](const Seen& seen) {
      if (at == 0 || seen.number != at) return Verdict();
      return Verdict{at % 2 == 0 ? EIO : ENOSPC, seen.bytes * static_cast<size_t>(at % 3) / 3};
    });
    const auto written = kept.write(home, after);
    Disk::get().judge(nullptr);
    if (at == 0) {
      ASSERT_TRUE(written);
      calls = Disk::get().calls();
    }
    is_whole(home, written.has_value());
    Disk::get().copy_after_power_cut(root.path / "cut", static_cast<uint64_t>(at));
    Disk::get().leave();
    for (const char* file : {"deployments.json", "data/secrets.json", "keys/secrets.key"}) {
      if (fs::exists(root.path / "cut" / file)) {
        fs::permissions(root.path / "cut" / file, fs::perms::owner_read | fs::perms::owner_write);
      }
    }
    is_whole(root.path / "cut", written.has_value());
    ASSERT_TRUE(kept.write(home, after));
    is_whole(home, true);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(calls, 4);
}

INSTANTIATE_TEST_SUITE_P(Of, StorageFiles, testing::ValuesIn(kKept),
                         [](const auto& info) { return info.param.name; });

TEST(StorageFilesOfVersions, AreInstalledWholeOrNotAtAll) {
  const flow::Files files{{"app.py", std::string(500, 'a')}, {"flows/main.flow.yaml", "flow"}};
  int64_t calls = 1;
  for (int64_t at = 0; at <= calls; ++at) {
    SCOPED_TRACE("call " + std::to_string(at));
    fakes::Folder home;
    const Following following(home.path);
    Disk::get().judge([at](const Seen& seen) {
      const bool fails = at != 0 && seen.number == at;
      return fails ? Verdict{at % 2 == 0 ? EIO : ENOSPC, seen.bytes / 2} : Verdict();
    });
    const auto installed = solutions::install_files(home.path / "versions", "abc", files);
    Disk::get().judge(nullptr);
    if (at == 0) {
      ASSERT_TRUE(installed);
      calls = Disk::get().calls();
    }
    for (const std::string& hash : *solutions::installed_versions(home.path / "versions")) {
      EXPECT_EQ(*solutions::read_folder(home.path / "versions" / hash), files);
    }
    const auto again = solutions::install_files(home.path / "versions", "abc", files);
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(*solutions::read_folder(*again), files);
  }
  EXPECT_GE(calls, 8);
}

// The numbers and records that a log gives back.
std::map<uint64_t, std::string> all_of(base::RecordLog& log) {
  std::map<uint64_t, std::string> out;
  const auto last = log.each([&](uint64_t number, std::string_view record) {
    out[number] = std::string(record);
    return base::Result<void>();
  });
  EXPECT_TRUE(last) << last.error().describe();
  return out;
}

base::Result<void> append(base::RecordLog& log, uint64_t number, std::string record) {
  std::promise<base::Result<void>> promise;
  log.append(number, std::move(record),
             [&](base::Result<void> done) { promise.set_value(std::move(done)); });
  return promise.get_future().get();
}

TEST(StorageFilesOfRecords, AcknowledgedRecordsStayAndRefusedOnesNeverComeBack) {
  fakes::NoLog quiet;
  int64_t calls = 1;
  for (int64_t at = 0; at <= calls; ++at) {
    SCOPED_TRACE("call " + std::to_string(at));
    fakes::Folder root;
    const fs::path home = root.path / "records";
    fs::create_directory(home);
    const Following following(home);
    Disk::get().judge([at](const Seen& seen) {
      const bool fails = at != 0 && seen.number == at;
      return fails ? Verdict{at % 2 == 0 ? EIO : ENOSPC, seen.bytes / 2} : Verdict();
    });
    std::map<uint64_t, std::string> known;
    uint64_t next = 1;
    bool has_passed = false;
    const auto play = [&](int records) {
      auto log = storage::open_record_log(home, quiet, 300);
      if (!log) return;
      for (int i = 0; i < records; ++i) {
        const std::string record =
            std::to_string(at) + ":" + std::to_string(i) + std::string(80, '.');
        if (!append(**log, next, record)) continue;
        known[next++] = record;
      }
      if (has_passed) EXPECT_EQ(all_of(**log), known);
    };
    play(5);
    play(3);
    Disk::get().judge(nullptr);
    has_passed = true;
    play(0);
    if (at == 0) calls = Disk::get().calls();
    Disk::get().copy_after_power_cut(root.path / "cut", static_cast<uint64_t>(at));
    const auto at_the_cut = known;
    play(2);  // it goes on
    EXPECT_GE(known.size(), 2u);
    Disk::get().leave();
    auto cut = storage::open_record_log(root.path / "cut", quiet, 300);
    ASSERT_TRUE(cut) << cut.error().describe();
    const auto kept = all_of(**cut);
    EXPECT_EQ(kept, at_the_cut);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(calls, 20);
}

}  // namespace
}  // namespace millrace::faults
