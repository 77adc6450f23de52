#include "egress/hosts.hpp"

#include <algorithm>

namespace millrace::egress {
namespace {

// Hosts whose breaker is remembered although nothing is sent to them.
constexpr size_t kHostsKept = 1'000;
constexpr int64_t kKept_ms = 60'000;

}  // namespace

bool Hosts::add(const std::string& host, uint64_t request) {
  Host& one = hosts_.try_emplace(host, limits_.breaker).first->second;
  if (one.waiting.size() >= limits_.waiting_per_host_max) return false;
  if (one.waiting.empty()) turns_.push_back(host);
  one.waiting.push_back(request);
  ++waiting_;
  return true;
}

std::optional<Hosts::Next> Hosts::next(base::Timestamp now) {
  if (hosts_.size() > kHostsKept) forget_idle(now);
  for (size_t looked_at = turns_.size(); looked_at > 0; --looked_at) {
    if (running_ >= limits_.running_max) return std::nullopt;
    std::string name = std::move(turns_.front());
    turns_.pop_front();
    Host& host = hosts_.find(name)->second;
    if (host.running >= limits_.running_per_host_max) {
      turns_.push_back(std::move(name));
      continue;
    }
    const Next next{host.waiting.front(), host.breaker.allow(now)
                                              ? std::nullopt
                                              : std::optional(host.breaker.open_until())};
    host.waiting.pop_front();
    host.used_at = now;
    --waiting_;
    if (!next.refused_until) {
      ++host.running;
      ++running_;
    }
    if (!host.waiting.empty()) turns_.push_back(std::move(name));
    return next;
  }
  return std::nullopt;
}

void Hosts::finished(const std::string& host, bool succeeded, base::Timestamp now) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return;
  --found->second.running;
  --running_;
  found->second.used_at = now;
  found->second.breaker.report(now, succeeded);
}

void Hosts::remove(const std::string& host, uint64_t request) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return;
  auto& waiting = found->second.waiting;
  const auto at = std::ranges::find(waiting, request);
  if (at == waiting.end()) return;
  waiting.erase(at);
  --waiting_;
  if (waiting.empty()) std::erase(turns_, host);
}

void Hosts::forget_idle(base::Timestamp now) {
  std::erase_if(hosts_, [&](const auto& entry) {
    const Host& host = entry.second;
    return host.waiting.empty() && host.running == 0 && now.ms - host.used_at.ms > kKept_ms;
  });
}

}  // namespace millrace::egress
