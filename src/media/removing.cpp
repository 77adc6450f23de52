// The end of files: when they were kept for long enough, and when who sent them is forgotten.
#include <algorithm>

#include "base/json.hpp"
#include "media/forgetting.hpp"
#include "media/keys.hpp"
#include "media/media.hpp"

namespace millrace::media {

using base::Code;
using base::fail;

base::Result<void> Media::sweep() {
  const int64_t before = ports_.clock.now().ms - limits_.kept_ms;
  for (const std::string_view prefix : {kAbout, kOwners}) {
    std::string after;
    do {
      if (auto done = sweep_page(prefix, after, before); !done) return done;
    } while (!after.empty());
  }
  return {};
}

// `after` goes to the end of the page, and to "" behind the last one.
base::Result<void> Media::sweep_page(std::string_view prefix, std::string& after, int64_t before) {
  const auto page = ports_.store.scan(prefix, after, kPageOfScan);
  if (!page) return std::unexpected(page.error());
  base::KeyValueBatch batch;
  for (const auto& [name, value] : *page) {
    const auto about = json::parse_object(value).value_or(json::object());
    if (json::get_integer(about, "at").value_or(0) >= before) continue;
    if (prefix != kAbout) {
      batch.writes.emplace_back(name, std::nullopt);
      continue;
    }
    remove_file(std::string_view(name).substr(prefix.size()), value, batch);
  }
  after = page->empty() ? "" : page->back().first;
  return batch.writes.empty() ? base::Result<void>() : write(std::move(batch));
}

void Media::remove_file(std::string_view hash, std::string_view about, base::KeyValueBatch& batch) {
  const auto known = json::parse_object(about).value_or(json::object());
  const auto bytes = static_cast<size_t>(json::get_integer(known, "bytes").value_or(0));
  kept_bytes_ -= std::min(kept_bytes_, bytes);
  batch.writes.emplace_back(about_key(hash), std::nullopt);
  batch.writes.emplace_back(bytes_key(hash), std::nullopt);
  batch.writes.emplace_back(small_key(hash), std::nullopt);
}

void Media::forget(std::set<base::Id> people,
                   std::move_only_function<void(base::Result<void>)> done) {
  {
    const std::lock_guard lock(mutex_);
    for (const base::Id& one : people) finished_.forget(one);
  }
  auto shared = std::make_shared<decltype(done)>(std::move(done));
  const bool is_taken =
      files_->post([this, people = std::move(people), shared] { (*shared)(forget_now(people)); });
  if (!is_taken) (*shared)(fail(Code::unavailable, "too much waits; ask again"));
}

base::Result<void> Media::forget_now(const std::set<base::Id>& people) {
  Forgetting forgetting([&](base::Id consumer) { return people.contains(consumer); });
  base::KeyValueBatch batch;
  for (std::string after;;) {
    const auto page = ports_.store.scan(kOwners, after, kPageOfScan);
    if (!page) return std::unexpected(page.error());
    if (page->empty()) break;
    for (const auto& [name, value] : *page) {
      if (forgetting.sent(name)) batch.writes.emplace_back(name, std::nullopt);
    }
    after = page->back().first;
  }
  for (const std::string& hash : forgetting.files()) {
    const auto about = ports_.store.get(about_key(hash));
    if (!about) return std::unexpected(about.error());
    remove_file(hash, about->value_or(""), batch);
  }
  return batch.writes.empty() ? base::Result<void>() : write(std::move(batch));
}

}  // namespace millrace::media
