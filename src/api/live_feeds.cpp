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
constexpr size_t kSavedMax = 1'000;

Studio::Place place_of(std::string_view topic) {
  topic.remove_prefix(kWorkspace.size());
  const size_t slash = topic.find('/');
  return {topic.substr(0, slash),
          slash == std::string_view::npos ? std::string_view() : topic.substr(slash + 1)};
}

std::string key_of(std::string_view path, std::string_view hash) {
  return std::string(path) + '\n' + std::string(hash);
}

}  // namespace

Feed::Begin Feed::begin(std::optional<int64_t> after) const {
  const std::lock_guard lock(mutex_);
  if (!after) return {head_, false};
  const bool is_gap = *after < from_ || *after > head_;
  return {is_gap ? head_ : *after, is_gap};
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

base::Result<std::shared_ptr<Feed>> Feeds::open(const std::string& topic) {
  std::shared_ptr<Feed> feed;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = feeds_.find(topic); found != feeds_.end()) {
      const std::lock_guard used(found->second->mutex_);
      found->second->used_at_ms_ = ports_.clock.now().ms;
      return found->second;
    }
    if (feeds_.size() >= kFeedsMax) {
      return base::fail(base::Code::resource_exhausted, "too many workspaces are listened to");
    }
    feed = std::make_shared<Feed>();
  }
  feed->used_at_ms_ = ports_.clock.now().ms;
  if (topic.starts_with(kWorkspace)) feed->from_ = feed->head_ = next_seq(*feed);
  if (auto looked = look_at(topic, *feed, true); !looked) return std::unexpected(looked.error());
  const std::lock_guard lock(mutex_);
  return feeds_.emplace(topic, std::move(feed)).first->second;
}

void Feeds::note_present(const std::string& topic, const std::set<std::string>& people) {
  const std::lock_guard lock(mutex_);
  const auto found = feeds_.find(topic);
  if (found == feeds_.end()) return;
  Feed& feed = *found->second;
  const std::lock_guard using_it(feed.mutex_);
  if (!people.empty()) feed.used_at_ms_ = ports_.clock.now().ms;
  if (!topic.starts_with(kWorkspace) || feed.people_ == people) return;
  feed.people_ = people;
  json::array names;
  for (const std::string& name : people) names.emplace_back(name);
  feed.add(next_seq(feed), "presence", {{"people", std::move(names)}});
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
      (void)look_at(topic, *feed, false);  // the next one says the same, or all is well again
      const int64_t now = ports_.clock.now().ms;
      const std::lock_guard using_it(feed->mutex_);
      feed->next_look_ms_ = now + std::max(kLookEveryMs, kRest * (now - began));
    });
  }
}

void Feeds::saved(std::string_view solution, std::string_view workspace, const json::array& files,
                  const std::string& who) {
  const std::lock_guard lock(mutex_);
  const auto found =
      feeds_.find(std::string(kWorkspace) + std::string(solution) + "/" + std::string(workspace));
  if (found == feeds_.end()) return;
  const std::lock_guard using_it(found->second->mutex_);
  for (const json::value& file : files) {
    if (!file.is_object()) continue;
    if (found->second->saved_by_.size() >= kSavedMax) found->second->saved_by_.clear();
    const json::object& each = file.get_object();
    found->second->saved_by_[key_of(json::get_string(each, "path").value_or(""),
                                    json::get_string(each, "hash").value_or(""))] = who;
  }
}

base::Result<void> Feeds::look_at(const std::string& topic, Feed& feed, bool is_first) {
  if (topic.starts_with(kDeploys)) return look_at_deploys(solution_of(topic), feed);
  const Studio::Place place = place_of(topic);
  if (auto looked = look_at_files(place, feed, is_first); !looked) return looked;
  return look_at_git(place, feed, is_first);
}

base::Result<void> Feeds::look_at_files(const Studio::Place& place, Feed& feed, bool is_first) {
  const auto files = ports_.studio.files(place);
  if (!files) return std::unexpected(files.error());
  std::map<std::string, std::string> hashes;
  for (const json::value& each : *files) {
    const json::object& file = each.as_object();
    hashes[std::string(json::get_string(file, "path").value_or(""))] =
        json::get_string(file, "hash").value_or("");
  }
  const std::lock_guard lock(feed.mutex_);
  const auto tell = [&](const std::string& path, const std::string& hash) {
    json::object data{{"path", path}, {"hash", hash.empty() ? json::value() : json::value(hash)}};
    const auto by = feed.saved_by_.find(key_of(path, hash));
    if (by != feed.saved_by_.end()) {
      data["by"] = by->second;
      feed.saved_by_.erase(by);
    }
    feed.add(next_seq(feed), "file_changed", std::move(data));
  };
  if (!is_first) {
    for (const auto& [path, hash] : hashes) {
      const auto before = feed.hashes_.find(path);
      if (before == feed.hashes_.end() || before->second != hash) tell(path, hash);
    }
    for (const auto& [path, hash] : feed.hashes_) {
      if (!hashes.contains(path)) tell(path, "");
    }
  }
  feed.hashes_ = std::move(hashes);
  return {};
}

base::Result<void> Feeds::look_at_git(const Studio::Place& place, Feed& feed, bool is_first) {
  const auto git = ports_.studio.git(place);
  if (!git) return std::unexpected(git.error());
  const json::object now{{"branch", json::get_string(*git, "branch").value_or("")},
                         {"head", json::get_string(*git, "head").value_or("")}};
  const std::lock_guard lock(feed.mutex_);
  if (!is_first && now != feed.git_) feed.add(next_seq(feed), "git_changed", now);
  feed.git_ = now;
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
