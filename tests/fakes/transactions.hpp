// Pairs in memory that are changed in transactions.
#pragma once

#include <map>
#include <mutex>

#include "access/pairs.hpp"

namespace millrace::fakes {

class MemoryTransactions final : public access::Transactions, private access::PairsChange {
 public:
  base::Result<void> read(const Reading& body) override {
    const std::lock_guard lock(mutex_);
    return body(*this);
  }
  base::Result<void> change(const Changing& body) override {
    const std::lock_guard lock(mutex_);
    if (changes_fail) return base::fail(base::Code::unavailable, "the disk is away");
    auto before = pairs;
    auto done = body(*this);
    if (!done) pairs = std::move(before);
    return done;
  }

  bool changes_fail = false;
  std::map<std::string, std::string, std::less<>> pairs;  // while nobody reads or changes

 private:
  base::Result<std::optional<std::string>> get(std::string_view key) override {
    const auto found = pairs.find(key);
    return found == pairs.end() ? std::nullopt : std::optional(found->second);
  }
  base::Result<std::vector<access::Pair>> scan(std::string_view prefix, std::string_view after,
                                               size_t limit) override {
    std::vector<access::Pair> out;
    for (auto at = pairs.lower_bound(prefix); at != pairs.end() && out.size() < limit; ++at) {
      if (!at->first.starts_with(prefix)) break;
      if (at->first > after) out.push_back(*at);
    }
    return out;
  }
  base::Result<std::vector<access::Pair>> scan_back(std::string_view prefix,
                                                    std::string_view before,
                                                    size_t limit) override {
    std::vector<access::Pair> out;
    for (auto at = pairs.rbegin(); at != pairs.rend() && out.size() < limit; ++at) {
      const bool is_before = before.empty() || at->first < before;
      if (at->first.starts_with(prefix) && is_before) out.push_back(*at);
    }
    return out;
  }
  base::Result<void> put(std::string_view key, std::string_view value) override {
    pairs[std::string(key)] = value;
    return {};
  }
  base::Result<void> remove(std::string_view key) override {
    if (const auto found = pairs.find(key); found != pairs.end()) pairs.erase(found);
    return {};
  }

  std::mutex mutex_;
};

}  // namespace millrace::fakes
