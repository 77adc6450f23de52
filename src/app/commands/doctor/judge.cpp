#include <linux/magic.h>

#include <algorithm>
#include <charconv>

#include "app/commands/doctor/finding.hpp"

namespace millrace::app {
namespace {

constexpr int kOldestKernel[] = {5, 10};
constexpr size_t kDescriptorsFew = 10'100;  // as many connections as http takes, and some more
constexpr uint64_t kRoomShort = 1ULL << 30;
constexpr int64_t kSyncSlowUs = 50'000;
constexpr int64_t kSkewDoubtfulS = 30;
constexpr int64_t kSkewWrongS = 300;

std::string_view word_of(State state) {
  switch (state) {
    case State::right: return "ok";
    case State::doubtful: return "warning";
    case State::wrong: return "wrong";
  }
  return "wrong";
}

std::string megabytes(uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MB";
}

}  // namespace

Finding judge_kernel(const std::string& release) {
  int version[2] = {0, 0};
  const char* at = release.data();
  const char* end = at + release.size();
  for (int& number : version) {
    const auto read = std::from_chars(at, end, number);
    at = read.ptr < end ? read.ptr + 1 : end;
  }
  if (std::ranges::lexicographical_compare(version, kOldestKernel)) {
    return {"kernel", State::doubtful, "Linux " + release,
            "Millrace is tested on Linux 5.10 and newer"};
  }
  return {"kernel", State::right, "Linux " + release, ""};
}

Finding judge_descriptors(size_t count) {
  const std::string found = std::to_string(count) + " file descriptors";
  if (count >= kDescriptorsFew) return {"descriptors", State::right, found, ""};
  return {"descriptors", State::doubtful, found,
          "each connection takes one: raise the hard limit (LimitNOFILE=65536 in a systemd unit, "
          "or `ulimit -Hn` in a shell)"};
}

Finding judge_disk(uint64_t type, uint64_t left, uint64_t disk_min) {
  const std::string room = megabytes(left) + " left";
  switch (type) {
    case TMPFS_MAGIC:
      return {"disk", State::doubtful, room + " in memory (tmpfs)",
              "what lies there is gone when the machine starts again: choose a folder on a disk"};
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
      return {"disk", State::wrong, room + " on a network's file system",
              "the journal needs locks and syncs that these do not promise: choose a local disk"};
    case OVERLAYFS_SUPER_MAGIC:
      return {"disk", State::doubtful, room + " in a container's own layer (overlayfs)",
              "what lies there goes with the container: mount a volume"};
    default: break;
  }
  if (left < disk_min) {
    return {"disk", State::wrong, room,
            "the server is not ready with fewer than " + megabytes(disk_min) +
                " (--disk-min): make room"};
  }
  if (left < kRoomShort) return {"disk", State::doubtful, room, "make room before it is needed"};
  return {"disk", State::right, room, ""};
}

Finding judge_syncs(int64_t median_us) {
  const std::string found = "a synced write takes " + std::to_string(median_us) + " µs";
  if (median_us <= kSyncSlowUs) return {"sync", State::right, found, ""};
  return {"sync", State::doubtful, found,
          "every answer waits for one: a disk that syncs faster makes answers faster"};
}

Finding judge_clock(int64_t behind_s, const std::string& whose) {
  const int64_t off = std::abs(behind_s);
  if (off < kSkewDoubtfulS) return {"clock", State::right, "agrees with that of " + whose, ""};
  return {"clock", off < kSkewWrongS ? State::doubtful : State::wrong,
          std::to_string(off) + " s " + (behind_s > 0 ? "behind" : "before") + " that of " + whose,
          "let a time service set it, such as systemd-timesyncd or chrony"};
}

bool all_well(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings,
                              [](const Finding& each) { return each.state == State::wrong; });
}

std::string as_text(const std::vector<Finding>& findings) {
  size_t width = 0;
  for (const Finding& each : findings) width = std::max(width, each.name.size());
  std::string out;
  for (const Finding& each : findings) {
    std::string word(word_of(each.state));
    word.resize(9, ' ');
    out += word + each.name + std::string(width - each.name.size() + 2, ' ') + each.found + "\n";
    if (!each.remedy.empty()) out += std::string(9 + width + 2, ' ') + each.remedy + "\n";
  }
  return out;
}

json::object as_json(const std::vector<Finding>& findings) {
  json::array checks;
  for (const Finding& each : findings) {
    json::object check{{"name", each.name}, {"state", word_of(each.state)}, {"found", each.found}};
    if (!each.remedy.empty()) check["remedy"] = each.remedy;
    checks.push_back(std::move(check));
  }
  return {{"status", all_well(findings) ? "ok" : "failing"}, {"checks", std::move(checks)}};
}

}  // namespace millrace::app
