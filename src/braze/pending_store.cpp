#include "braze/pending_store.hpp"

#include <algorithm>

namespace millrace::braze {

const RecentValues::Value* RecentValues::find(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->value;
}

void RecentValues::put(const std::string& key, Value value) {
  erase(key);
  entries_.push_front({key, std::move(value)});
  by_key_[key] = entries_.begin();
  bytes_ += entries_.front().bytes();
  while (bytes_ > bytes_max_) {
    // A copy: erasing the entry ends the key it holds.
    const std::string oldest = entries_.back().key;
    erase(oldest);
  }
}

bool RecentValues::erase(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return false;
  bytes_ -= found->second->bytes();
  entries_.erase(found->second);
  by_key_.erase(found);
  return true;
}

PendingStore::PendingStore(base::KeyValueStore& store)
    : store_(store), shared_(std::make_shared<Shared>()) {}

base::Result<std::optional<std::string>> PendingStore::get(const std::string& key) {
  {
    const std::lock_guard lock(shared_->mutex);
    const auto found = shared_->pending.find(key);
    if (found != shared_->pending.end()) {
      found->second.is_asked_for = true;
      return found->second.value;
    }
    if (const auto* value = shared_->recent.find(key)) return *value;
  }
  // No batch can begin meanwhile (the caller's lock), and those that end had not touched the key.
  auto value = store_.get(key);
  if (value) {
    const std::lock_guard lock(shared_->mutex);
    shared_->recent.put(key, *value);
  }
  return value;
}

base::Result<std::vector<std::pair<std::string, std::string>>> PendingStore::scan(
    const std::string& prefix, const std::string& after, size_t limit) {
  std::map<std::string, std::optional<std::string>> changed;
  {
    const std::lock_guard lock(shared_->mutex);
    for (auto at = shared_->pending.lower_bound(std::max(prefix, after));
         at != shared_->pending.end() && at->first.starts_with(prefix); ++at) {
      if (at->first != after) changed[at->first] = at->second.value;
    }
  }
  // Enough to stand in for every one that a batch under way has removed.
  auto kept = store_.scan(prefix, after, limit + changed.size());
  if (!kept) return kept;
  for (auto& [key, value] : *kept) changed.emplace(std::move(key), std::move(value));
  std::vector<std::pair<std::string, std::string>> out;
  for (auto& [key, value] : changed) {
    if (value && out.size() < limit) out.emplace_back(key, std::move(*value));
  }
  return out;
}

void PendingStore::commit(base::KeyValueBatch batch, base::KeyValueStore::Done done) {
  uint64_t number = 0;
  std::vector<std::string> keys;
  keys.reserve(batch.writes.size());
  {
    const std::lock_guard lock(shared_->mutex);
    number = ++shared_->batch;
    for (const auto& [key, value] : batch.writes) {
      Pending& pending = shared_->pending[key];
      const bool is_asked_for = shared_->recent.erase(key) || pending.is_asked_for;
      pending = {value, number, is_asked_for};
      keys.push_back(key);
    }
  }
  store_.commit(std::move(batch), [shared = shared_, keys = std::move(keys), number,
                                   done = std::move(done)](base::Result<void> result) mutable {
    end(*shared, keys, number, result.has_value());
    done(std::move(result));
  });
}

// What a later batch has written again stays pending with that one.
void PendingStore::end(Shared& shared, const std::vector<std::string>& keys, uint64_t number,
                       bool stored) {
  const std::lock_guard lock(shared.mutex);
  for (const std::string& key : keys) {
    const auto found = shared.pending.find(key);
    if (found == shared.pending.end() || found->second.batch != number) continue;
    if (stored && found->second.is_asked_for) {
      shared.recent.put(key, std::move(found->second.value));
    }
    shared.pending.erase(found);
  }
}

}  // namespace millrace::braze
