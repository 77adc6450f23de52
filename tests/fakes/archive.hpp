// An archive that holds what a test gives it. Every record must be a whole one, and the records of
// one consumer must be given in their order.
#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/archive.hpp"

namespace millrace::fakes {

class Archive final : public runtime::Archive {
 public:
  using Result = base::Result<void>;

  // A turn of that chat, which is as `entry` says after it; positions are the archive's to give.
  void add(runtime::ChatEntry entry, std::string body) {
    auto& records = records_[entry.consumer];
    runtime::JournalRecord record;
    record.consumer = entry.consumer;
    record.number = static_cast<int64_t>(records.size()) + 1;
    record.body = std::move(body);
    record.place = ++last_place_;
    entry.first = chats.contains(entry.chat) ? chats[entry.chat].first : record.place;
    entry.last = record.place;
    for (auto& [id, other] : chats) {
      if (other.consumer == entry.consumer) other.is_latest = false;
    }
    entry.is_latest = true;
    records.push_back(std::move(record));
    chats[entry.chat] = std::move(entry);
  }
  runtime::JournalRecord& record(base::Id consumer, size_t index) {
    return records_[consumer].at(index);
  }

  base::Result<std::vector<runtime::JournalRecord>> since(int64_t, size_t) override { return {}; }
  base::Result<std::optional<runtime::ChatEntry>> find(base::Id chat) override {
    const auto found = chats.find(chat);
    if (found == chats.end()) return std::nullopt;
    return found->second;
  }
  Result chat(base::Id chat, Each each) override {
    const auto found = chats.find(chat);
    if (found == chats.end()) return base::fail(base::Code::not_found, "there is no such chat");
    for (const auto& record : records_[found->second.consumer]) {
      if (record.place < found->second.first || record.place > found->second.last) continue;
      if (!each(record)) break;
    }
    return {};
  }
  Result consumer(base::Id consumer, Each each) override {
    for (const auto& record : records_[consumer]) {
      if (!each(record)) break;
    }
    return {};
  }
  base::Result<std::vector<runtime::JournalRecord>> tail(base::Id consumer,
                                                         int64_t position) override {
    return last_of(consumer, [&](int64_t place) { return position == 0 || place <= position; });
  }
  base::Result<std::vector<runtime::JournalRecord>> tail_before(
      const runtime::ChatEntry& chat) override {
    return last_of(chat.consumer, [&](int64_t place) { return place < chat.first; });
  }
  base::Result<std::vector<runtime::ChatEntry>> live(const runtime::ChatFilter& filter) override {
    if (is_broken) return base::fail(base::Code::unavailable, "the disk is away");
    std::vector<runtime::ChatEntry> found;
    for (const auto& [id, chat] : chats) {
      if (filter.live && (chat.phase == "ended" || !chat.is_latest)) continue;
      if (!filter.solution.empty() && chat.solution != filter.solution) continue;
      if (filter.after && std::pair(filter.after->last_at, filter.after->chat) <=
                              std::pair(chat.last_at, chat.chat)) {
        continue;
      }
      found.push_back(chat);
    }
    std::ranges::sort(found, [](const runtime::ChatEntry& one, const runtime::ChatEntry& other) {
      return std::pair(one.last_at, one.chat) > std::pair(other.last_at, other.chat);
    });
    if (found.size() > filter.limit) found.resize(filter.limit);
    return found;
  }
  base::Result<std::vector<runtime::ParkedChat>> parked() override { return {}; }

  std::map<base::Id, runtime::ChatEntry> chats;
  bool is_broken = false;  // lists of chats cannot be had

 private:
  template <typename Is>
  std::vector<runtime::JournalRecord> last_of(base::Id consumer, Is is) {
    std::vector<runtime::JournalRecord> last;
    for (const auto& record : records_[consumer]) {
      if (is(record.place)) last = {record};
    }
    return last;
  }

  std::map<base::Id, std::vector<runtime::JournalRecord>> records_;
  int64_t last_place_ = 0;
};

}  // namespace millrace::fakes
