#include "braze/endpoints/exports.hpp"

#include <algorithm>

#include "base/json_plain.hpp"
#include "braze/endpoints/archive.hpp"
#include "braze/front/answers.hpp"
#include "braze/kept.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kUsersInFile = 5'000;
constexpr size_t kPage = 500;
constexpr size_t kBytesMax = size_t{64} << 20;  // of one export, and of those kept

}  // namespace

bool Exports::begin(ExportJob job) {
  const bool runs = std::ranges::any_of(
      running_, [&](const auto& running) { return running->job.segment_id == job.segment_id; });
  if (runs) return false;
  auto running = std::make_shared<Running>();
  running->job = std::move(job);
  running_.push_back(running);
  lanes_.run_after(0, std::chrono::milliseconds(0), [this, running] { step(running); });
  return true;
}

void Exports::step(const std::shared_ptr<Running>& running) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(running_, running) == running_.end()) return;  // forgotten
  const auto add = [&](const Profile& profile) {
    if (!is_in_segment(running->job.segment, profile)) return;
    if (running->files.empty() || running->users_in_last == kUsersInFile) {
      running->files.emplace_back();
      running->users_in_last = 0;
    }
    const json::object exported = profile.to_export();
    json::object kept;
    for (const std::string& name : *running->job.fields) {
      if (const auto* value = exported.if_contains(name)) kept[name] = *value;
    }
    const size_t before = running->files.back().size();
    json::append_plain(running->files.back(), kept);
    running->files.back() += '\n';
    running->bytes += running->files.back().size() - before;
    ++running->users_in_last;
  };
  const auto next = profiles_.begin() ? profiles_.each(running->after, kPage, add)
                                      : base::Result<std::string>("");
  if (next && !next->empty() && running->bytes < kBytesMax) {
    running->after = *next;
    lanes_.run_after(0, std::chrono::milliseconds(0), [this, running] { step(running); });
    return;
  }
  std::erase(running_, running);
  if (next) finish(*running);
}

void Exports::finish(Running& running) {
  Ready ready;
  ready.name = running.job.prefix + (running.job.is_gzip ? ".gz" : ".zip");
  if (running.job.is_gzip) {
    std::string all;
    for (const std::string& file : running.files) all += file;
    ready.bytes = gzipped(all);
  } else {
    std::vector<ArchivedFile> files;
    for (size_t i = 0; i < running.files.size(); ++i) {
      files.push_back(
          {running.job.prefix + "-" + std::to_string(i + 1) + ".txt", std::move(running.files[i])});
    }
    ready.bytes = zipped(files);
  }
  ready_bytes_ += ready.bytes.size();
  ready_.push_back(std::move(ready));
  while (ready_.size() > 1 && ready_bytes_ > kBytesMax) {
    ready_bytes_ -= ready_.front().bytes.size();
    ready_.pop_front();
  }
}

void Exports::forget() {
  running_.clear();
  ready_.clear();
  ready_bytes_ = 0;
}

web::Response Exports::fetch(std::string_view name) const {
  const auto found = std::ranges::find(ready_, name, &Ready::name);
  if (found == ready_.end()) return message_response(404, "there is no such export, or not yet");
  const char* type = name.ends_with(".gz") ? "application/gzip" : "application/zip";
  return {200, {{"Content-Type", type}, {"Cache-Control", "no-store"}}, found->bytes};
}

}  // namespace millrace::braze
