// A key-value store, which traces and the sandbox's profiles are kept in, with every call failing
// in turn: a batch is there whole when it was acknowledged, and not at all when it was refused.
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "tests/faults/disk.hpp"
#include "tests/faults/stores.hpp"

namespace millrace::faults {
namespace {

namespace fs = std::filesystem;

base::Result<void> commit(base::KeyValueStore& store, const std::string& value) {
  std::promise<base::Result<void>> promise;
  store.commit({{{"a", value}, {"b", value}, {"gone", std::nullopt}, {value, value}}},
               [&](base::Result<void> done) { promise.set_value(std::move(done)); });
  return promise.get_future().get();
}

std::string value_in(base::KeyValueStore& store) {
  const auto a = store.get("a");
  const auto b = store.get("b");
  EXPECT_TRUE(a && b);
  if (!a || !b) return "error";
  EXPECT_EQ(*a, *b);  // of one batch
  return a->value_or("");
}

TEST(StorageKeyValueFaults, EveryCallFailsOnce) {
  fakes::NoLog log;
  int64_t calls = 1;
  for (int64_t at = 0; at <= calls; ++at) {
    SCOPED_TRACE("call " + std::to_string(at));
    fakes::Folder root;
    const fs::path home = root.path / "home";
    fs::create_directory(home);
    const bool is_encrypted = at / 2 % 2 == 1;
    if (is_encrypted) encrypt(home);
    const Following following(home);
    Disk::get().judge([at](const Seen& seen) {
      const bool fails = at != 0 && seen.number == at;
      return fails ? Verdict{at % 2 == 0 ? EIO : ENOSPC, seen.op == Op::write ? seen.bytes / 2 : 0}
                   : Verdict();
    });
    std::string kept;
    std::set<std::string> allowed{""};  // once it has been opened anew
    const auto play = [&](const std::string& run) {
      auto store = storage::open_key_value(home / "kv.db", log);
      if (!store) return;
      for (int i = 0; i < 4; ++i) {
        const std::string value = run + std::to_string(i) + std::string(900, '.');
        if (commit(**store, value)) {
          kept = value;
          allowed = {value};
        } else {
          allowed.insert(value);
        }
      }
    };
    play("first");
    play("second");
    Disk::get().judge(nullptr);
    if (at == 0) calls = Disk::get().calls();
    Disk::get().copy_after_power_cut(root.path / "cut", static_cast<uint64_t>(at));
    {
      auto store = storage::open_key_value(home / "kv.db", log);
      ASSERT_TRUE(store) << store.error().describe();
      EXPECT_TRUE(allowed.contains(value_in(**store)));
      ASSERT_TRUE(commit(**store, "last"));
      EXPECT_EQ(value_in(**store), "last");
    }
    Disk::get().leave();
    if (is_encrypted) encrypt(root.path / "cut");
    auto cut = storage::open_key_value(root.path / "cut" / "kv.db", log);
    ASSERT_TRUE(cut) << cut.error().describe();
    EXPECT_TRUE(allowed.contains(value_in(**cut)));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(calls, 50);
}

}  // namespace
}  // namespace millrace::faults
