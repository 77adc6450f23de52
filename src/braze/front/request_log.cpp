#include "braze/front/request_log.hpp"

#include <algorithm>

#include "base/redact.hpp"
#include "base/text.hpp"

namespace millrace::braze {
namespace {

constexpr size_t kRequestsKept = 1'000;
constexpr size_t kShownMax = 200;
constexpr size_t kPathBytesMax = 200;

// Any bytes may come as a path; JSON wants text. An address of mail in it is nobody's business.
std::string shown_path(const std::string& path) {
  return base::is_valid_utf8(path) ? base::redact(path, {}) : "(not text)";
}

json::object shown(const RequestLog::Entry& entry) {
  json::array said;
  for (const Diagnostic& item : entry.diagnostics) {
    said.push_back(json::object{{"code", item.code}, {"message", item.message()}});
  }
  return {{"number", entry.number}, {"time", base::to_iso8601(entry.at)}, {"id", entry.id},
          {"method", entry.method}, {"path", shown_path(entry.path)},     {"status", entry.status},
          {"key", entry.key_name},  {"diagnostics", std::move(said)}};
}

}  // namespace

void RequestLog::add(Entry entry) {
  entry.path.resize(std::min(entry.path.size(), kPathBytesMax));
  const std::lock_guard lock(mutex_);
  entry.number = ++count_;
  entries_.push_front(std::move(entry));
  if (entries_.size() > kRequestsKept) entries_.pop_back();
}

json::array RequestLog::newest_first(const std::string& search, uint64_t after) {
  const std::string wanted = base::to_ascii_lower(search);
  const std::lock_guard lock(mutex_);
  json::array out;
  for (const Entry& entry : entries_) {
    if (out.size() == kShownMax || entry.number <= after) break;
    json::object line = shown(entry);
    const bool matches =
        wanted.empty() ||
        base::to_ascii_lower(json::serialize(line)).find(wanted) != std::string::npos;
    if (matches) out.push_back(std::move(line));
  }
  return out;
}

}  // namespace millrace::braze
