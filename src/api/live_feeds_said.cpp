// What people do in a workspace, told to those who listen to it: who is there, who works on which
// node, who has saved, and what a check found.
#include "api/live_feeds.hpp"
#include "base/time.hpp"

namespace millrace::api {
namespace {

constexpr int64_t kClaimMs = 60'000;
constexpr size_t kClaimsMax = 256;  // of one workspace
// Whoever writes renews a claim with every key; others hear of it so often.
constexpr int64_t kRenewedEveryMs = 20'000;

}  // namespace

void Feeds::note_present(const std::string& topic, const std::set<std::string>& people) {
  const auto feed = find(topic);
  if (!feed) return;
  const std::lock_guard using_it(feed->mutex_);
  if (!people.empty()) feed->used_at_ms_ = ports_.clock.now().ms;
  if (!has_people(topic) || feed->people_ == people) return;
  for (auto each = feed->claims_.begin(); each != feed->claims_.end();) {
    const std::string& who = each->first.second;
    if (!feed->people_.contains(who) || people.contains(who)) {
      ++each;
      continue;
    }
    tell_claim(*feed, each->first, std::nullopt);
    each = feed->claims_.erase(each);
  }
  feed->people_ = people;
  json::array names;
  for (const std::string& name : people) names.emplace_back(name);
  feed->add(next_seq(*feed), "presence", {{"people", std::move(names)}});
}

base::Result<void> Feeds::claim(const std::string& topic, const std::string& node,
                                const std::string& who) {
  const auto feed = find(topic);
  if (!feed) return base::fail(base::Code::not_found, "nobody listens to that workspace");
  const std::lock_guard using_it(feed->mutex_);
  const std::pair whose(node, who);
  if (!feed->claims_.contains(whose) && feed->claims_.size() >= kClaimsMax) {
    return base::fail(base::Code::resource_exhausted, "too many nodes are claimed");
  }
  Feed::Claim& claim = feed->claims_[whose];
  claim.until_ms = ports_.clock.now().ms + kClaimMs;
  if (claim.until_ms - claim.told_until_ms < kRenewedEveryMs) return {};
  claim.told_until_ms = claim.until_ms;
  tell_claim(*feed, whose, claim.until_ms);
  return {};
}

void Feeds::unclaim(const std::string& topic, const std::string& node, const std::string& who) {
  const auto feed = find(topic);
  if (!feed) return;
  const std::lock_guard using_it(feed->mutex_);
  const std::pair whose(node, who);
  if (feed->claims_.erase(whose) > 0) tell_claim(*feed, whose, std::nullopt);
}

void Feeds::end_claims(Feed& feed, int64_t now) {
  for (auto each = feed.claims_.begin(); each != feed.claims_.end();) {
    if (now < each->second.until_ms) {
      ++each;
      continue;
    }
    tell_claim(feed, each->first, std::nullopt);
    each = feed.claims_.erase(each);
  }
}

void Feeds::tell_claim(Feed& feed, const std::pair<std::string, std::string>& whose,
                       std::optional<int64_t> until_ms) {
  feed.add(next_seq(feed), "claim",
           {{"node", whose.first},
            {"by", whose.second},
            {"until", until_ms ? json::value(base::to_iso8601(base::Timestamp{*until_ms}))
                               : json::value()}});
}

void Feeds::checked(const Studio::Place& place, const json::object& found, const std::string& who) {
  const auto feed = find(workspace_topic(place));
  if (!feed) return;
  const std::lock_guard using_it(feed->mutex_);
  if (feed->checked_ == found) return;
  feed->checked_ = found;
  json::object told = found;
  told["by"] = who;
  feed->add(next_seq(*feed), "check_done", std::move(told));
}

void Feeds::tell_file(Feed& feed, const std::string& path, const std::string& hash,
                      const std::string& who) {
  const auto known = feed.hashes_.find(path);
  if (known == feed.hashes_.end() ? hash.empty() : known->second == hash) return;
  json::object data{{"path", path}, {"hash", hash.empty() ? json::value() : json::value(hash)}};
  if (!who.empty()) data["by"] = who;
  feed.add(next_seq(feed), "file_changed", std::move(data));
  if (hash.empty()) {
    feed.hashes_.erase(path);
  } else {
    feed.hashes_[path] = hash;
  }
}

Feeds::Saving::Saving(Feeds& feeds, const Studio::Place& place)
    : feeds_(feeds), feed_(feeds.find(workspace_topic(place))) {
  if (!feed_) return;
  const std::lock_guard lock(feed_->mutex_);
  ++feed_->saving_;
}

Feeds::Saving::~Saving() {
  if (!feed_) return;
  const std::lock_guard lock(feed_->mutex_);
  --feed_->saving_;
  ++feed_->saves_;
}

void Feeds::Saving::saved(const std::map<std::string, std::string>& files, const std::string& who) {
  if (!feed_) return;
  const std::lock_guard lock(feed_->mutex_);
  for (const auto& [path, hash] : files) feeds_.tell_file(*feed_, path, hash, who);
}

}  // namespace millrace::api
