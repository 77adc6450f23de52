#include "api/live_feeds.hpp"

#include <algorithm>

namespace millrace::api {
namespace {

constexpr std::string_view kWorkspace = "workspace:";
constexpr std::string_view kDeploys = "deploys:";
constexpr int64_t kLookEveryMs = 1'000;
constexpr int64_t kKeptMs = 60'000;
// Looking takes no more than a twentieth of the time of one thread.
constexpr int64_t kRest = 20;
constexpr int kFirstLooksMax = 3;

Studio::Place place_of(std::string_view topic) {
  topic.remove_prefix(kWorkspace.size());
  const size_t slash = topic.find('/');
  return {topic.substr(0, slash),
          slash == std::string_view::npos ? std::string_view() : topic.substr(slash + 1)};
}

}  // namespace

std::string workspace_topic(const Studio::Place& place) {
  std::string topic(kWorkspace);
  topic += place.solution;
  topic += '/';
  return topic += place.workspace;
}

bool has_people(std::string_view topic) {
  return topic.starts_with(kWorkspace);
}

Feed::Begin Feed::begin(std::optional<int64_t> after) const {
  const std::lock_guard lock(mutex_);
  Begin begin{head_, false, {}};
  if (after) begin.is_gap = *after < from_ || *after > head_;
  if (after && !begin.is_gap) begin.seq = *after;
  for (const auto& [whose, claim] : claims_) {
    begin.claims.emplace_back(
        json::object{{"node", whose.first},
                     {"by", whose.second},
                     {"until", base::to_iso8601(base::Timestamp{claim.until_ms})}});
  }
  return begin;
}

std::vector<FeedRow> Feed::since(int64_t seq) const {
  const std::lock_guard lock(mutex_);
  const auto first = std::ranges::upper_bound(rows_, seq, {}, &FeedRow::seq);
  return {first, rows_.end()};
}

void Feed::add(int64_t seq, std::string type, json::object data) {
  if (rows_.size() == kRowsMax) {
    from_ = rows_.front().seq;
    rows_.erase(rows_.begin());
  }
  rows_.push_back({seq, std::move(type), std::move(data)});
  head_ = seq;
}

bool Feeds::has(std::string_view topic) {
  return topic.starts_with(kWorkspace) || topic.starts_with(kDeploys);
}

std::string_view Feeds::solution_of(std::string_view topic) {
  if (topic.starts_with(kWorkspace)) return place_of(topic).solution;
  if (topic.starts_with(kDeploys)) return topic.substr(kDeploys.size());
  return {};
}

// Numbers grow across restarts as well, so that what was heard before one is a gap, never a match.
int64_t Feeds::next_seq(const Feed& feed) const {
  return std::max(feed.head_ + 1, ports_.clock.now().ms);
}

std::shared_ptr<Feed> Feeds::find(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  const auto found = feeds_.find(topic);
  return found == feeds_.end() ? nullptr : found->second;
}

base::Result<std::shared_ptr<Feed>> Feeds::open(const std::string& topic) {
  for (;;) {
    std::shared_ptr<Feed> feed;
    {
      const std::lock_guard lock(mutex_);
      const auto found = feeds_.find(topic);
      if (found == feeds_.end() && feeds_.size() >= kFeedsMax) {
        return base::fail(base::Code::resource_exhausted, "too many workspaces are listened to");
      }
      feed = found == feeds_.end() ? feeds_.emplace(topic, std::make_shared<Feed>()).first->second
                                   : found->second;
    }
    const std::lock_guard opening(feed->opening_);
    {
      const std::lock_guard using_it(feed->mutex_);
      feed->used_at_ms_ = ports_.clock.now().ms;
      if (feed->state_ == Feed::Opening::open) return feed;
      if (feed->state_ == Feed::Opening::failed) continue;  // it was taken out of the table
    }
    const auto looked = look_first(topic, *feed);
    {
      const std::lock_guard using_it(feed->mutex_);
      feed->state_ = looked ? Feed::Opening::open : Feed::Opening::failed;
      feed->is_looking_ = false;
    }
    if (looked) return feed;
    const std::lock_guard lock(mutex_);
    feeds_.erase(topic);
    return std::unexpected(looked.error());
  }
}

void Feeds::look() {
  const int64_t now = ports_.clock.now().ms;
  const std::lock_guard lock(mutex_);
  std::erase_if(feeds_, [&](const auto& entry) {
    const std::lock_guard using_it(entry.second->mutex_);
    return !entry.second->is_looking_ && now - entry.second->used_at_ms_ > kKeptMs;
  });
  for (const auto& [topic, feed] : feeds_) {
    {
      const std::lock_guard using_it(feed->mutex_);
      end_claims(*feed, now);
      if (feed->is_looking_ || now < feed->next_look_ms_) continue;
      feed->is_looking_ = true;
    }
    // However the look ends.
    const auto ended = std::shared_ptr<void>(nullptr, [feed](void*) {
      const std::lock_guard using_it(feed->mutex_);
      feed->is_looking_ = false;
    });
    (void)post_([this, topic, feed, ended] {
      const int64_t began = ports_.clock.now().ms;
      (void)look_at(topic, *feed);  // the next one says the same, or all is well again
      const int64_t now = ports_.clock.now().ms;
      const std::lock_guard using_it(feed->mutex_);
      feed->next_look_ms_ = now + std::max(kLookEveryMs, kRest * (now - began));
    });
  }
}

base::Result<void> Feeds::look_at(const std::string& topic, Feed& feed) {
  if (topic.starts_with(kDeploys)) return look_at_deploys(solution_of(topic), feed);
  return look_at_workspace(place_of(topic), feed);
}

base::Result<void> Feeds::look_first(const std::string& topic, Feed& feed) {
  if (topic.starts_with(kDeploys)) return look_at_deploys(solution_of(topic), feed);
  for (int i = 0; i < kFirstLooksMax; ++i) {
    uint64_t saves = 0;
    {
      const std::lock_guard lock(feed.mutex_);
      saves = feed.saves_;
    }
    auto looked = ports_.studio.look(place_of(topic));
    if (!looked) return std::unexpected(looked.error());
    const std::lock_guard lock(feed.mutex_);
    if (feed.saves_ != saves) continue;
    if (feed.rows_.empty()) feed.from_ = feed.head_ = next_seq(feed);
    feed.hashes_ = std::move(looked->files);
    feed.git_ = {{"branch", looked->branch}, {"head", looked->head}};
    return {};
  }
  return base::fail(base::Code::unavailable, "the files change all the time; ask again");
}

// What was looked at while somebody saved is neither before nor after it.
base::Result<void> Feeds::look_at_workspace(const Studio::Place& place, Feed& feed) {
  uint64_t saves = 0;
  {
    const std::lock_guard lock(feed.mutex_);
    if (feed.saving_ > 0) return {};
    saves = feed.saves_;
  }
  const auto looked = ports_.studio.look(place);
  if (!looked) return std::unexpected(looked.error());
  const std::lock_guard lock(feed.mutex_);
  if (feed.saving_ > 0 || feed.saves_ != saves) return {};
  for (const auto& [path, hash] : looked->files) tell_file(feed, path, hash, "");
  std::vector<std::string> gone;
  for (const auto& [path, hash] : feed.hashes_) {
    if (!looked->files.contains(path)) gone.push_back(path);
  }
  for (const std::string& path : gone) tell_file(feed, path, "", "");
  json::object git{{"branch", looked->branch}, {"head", looked->head}};
  if (git != feed.git_) feed.add(next_seq(feed), "git_changed", git);
  feed.git_ = std::move(git);
  return {};
}

base::Result<void> Feeds::look_at_deploys(std::string_view solution, Feed& feed) {
  const auto deploys = ports_.desk.list_deploys(solution);
  if (!deploys) return std::unexpected(deploys.error());
  const std::lock_guard lock(feed.mutex_);
  for (auto next = static_cast<size_t>(feed.head_); next < deploys->size(); ++next) {
    json::object data = (*deploys)[next].as_object();
    const bool is_back = json::get_bool(data, "is_rollback").value_or(false);
    data.erase("is_rollback");
    feed.add(static_cast<int64_t>(next) + 1, is_back ? "rolled_back" : "done", std::move(data));
  }
  return {};
}

}  // namespace millrace::api
