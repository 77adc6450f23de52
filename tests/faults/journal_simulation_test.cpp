// The real journal over a disk that fails at every call in turn, and over disks that fail, are
// full, are killed and lose their power at moments drawn from a seed. What was acknowledged is
// there with exactly its body; what was refused is not, unless the run that wrote it ended, and
// then whole; numbers have no gap; and when the disk is well again all is taken. Half of the seeds
// play in a folder that is encrypted at rest.
// MILLRACE_SEED=n MILLRACE_SEEDS=k plays k seeds from n.
#include <gtest/gtest.h>

#include "tests/faults/journal_scene.hpp"

namespace millrace::faults {
namespace {

// The same calls each time, as far as the checkpointing thread lets them be.
void play_all(Scene& scene) {
  const std::vector<int> all{0, 1, 2};
  for (const auto& who : {std::vector{0, 1}, {0}, {1, 2}, all, all}) {
    scene.open();
    scene.append_all(who);
    scene.settle_one();
    scene.read_in_bad_weather(0);
  }
}

TEST(StorageSimulation, EveryCallFailsOnce) {
  const int64_t errors[] = {EIO, ENOSPC};
  int64_t calls = 1;
  for (int64_t at = 0;  // the first time none fails, and they are counted
       at <= calls; ++at) {
    SCOPED_TRACE("call " + std::to_string(at));
    Scene scene(static_cast<uint64_t>(at));
    const int error = static_cast<int>(errors[at % 2]);
    Disk::get().judge([at, error, done = false](const Seen& seen) mutable {
      if (at == 0 || seen.number < at || std::exchange(done, true)) return Verdict();
      return Verdict{error,
                     seen.op == Op::write ? seen.bytes * static_cast<size_t>(at % 3) / 3 : 0};
    });
    play_all(scene);
    calls = std::max(calls, Disk::get().calls());
    scene.check();
    scene.check_taken();
    if (at % 4 == 0) {
      scene.crash(at % 8 == 0);
      scene.check();
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(calls, 200);
}

// Every call is the last that a power cut, or every fourth time a kill, lets through.
TEST(StorageSimulation, EveryCallIsTheLastOne) {
  int64_t calls = 1;
  for (int64_t at = 0; at <= calls; ++at) {
    SCOPED_TRACE("call " + std::to_string(at));
    Scene scene(static_cast<uint64_t>(at));
    if (at > 0) Disk::get().cut_power_at(at);
    play_all(scene);
    calls = std::max(calls, Disk::get().calls());
    scene.crash(at % 4 != 0);
    scene.check();
    scene.check_taken();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(calls, 200);
}

Disk::Judge weather(uint64_t kind, uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto fails = [](bool it_does, int error) {
    return it_does ? Verdict{error, 0} : Verdict();
  };
  switch (kind % 6) {
    case 0: return [=](const Seen& seen) { return fails(seen.op == Op::sync, EIO); };
    case 1: return [=](const Seen& seen) { return fails(seen.op == Op::write, ENOSPC); };
    case 2:
      return [=](const Seen& seen) {
        return fails(seen.op == Op::sync && !seen.path.ends_with("-wal"), EIO);
      };
    case 3:
      return [=](const Seen& seen) mutable {
        const bool it_does = seen.op == Op::write && dice() % 4 == 0;
        return it_does ? Verdict{EIO, dice() % (seen.bytes + 1)} : Verdict();
      };
    case 4:
      return [=](const Seen& seen) mutable {
        return fails(seen.op == Op::sync && dice() % 2 == 0, EIO);
      };
    default:
      return
          [=](const Seen&) mutable { return fails(dice() % 12 == 0, dice() % 2 ? EIO : ENOSPC); };
  }
}

void play(uint64_t seed) {
  Scene scene(seed);
  const uint64_t rounds = 4 + scene.roll(8);
  for (uint64_t round = 0; round < rounds; ++round) {
    scene.open();
    std::vector<int> who;
    for (int i = 0; i < kConsumers; ++i) {
      if (scene.roll(3) != 0) who.push_back(i);
    }
    if (scene.roll(2) == 0) Disk::get().judge(weather(scene.roll(6), seed + round));
    switch (scene.roll(8)) {
      case 0:
        scene.begin(who);
        scene.crash(true);
        scene.check();
        break;
      case 1:
        scene.begin(who);
        scene.crash(false);
        scene.check();
        break;
      case 2:
        scene.append_all(who);
        scene.kill_here();
        scene.check();
        break;
      case 3: scene.settle_one(); break;
      default:
        scene.append_all(who);
        scene.read_in_bad_weather(static_cast<int>(scene.roll(kConsumers)));
    }
    if (scene.roll(3) == 0) scene.check();
    if (testing::Test::HasFatalFailure() || testing::Test::HasFailure()) return;
  }
  scene.check();
  scene.check_taken();
}

TEST(StorageSimulation, HoldsOnDisksThatFail) {
  const auto first = static_cast<uint64_t>(number_from("MILLRACE_SEED", 1));
  const auto count = static_cast<uint64_t>(number_from("MILLRACE_SEEDS", 500));
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("MILLRACE_SEED=" + std::to_string(seed) + " MILLRACE_SEEDS=1");
    play(seed);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace millrace::faults
