#include "solutions/trying/tries.hpp"

#include <algorithm>
#include <array>

#include "base/hash.hpp"

namespace millrace::solutions {
namespace {

std::unexpected<base::Error> no_such() {
  return base::fail(base::Code::not_found, "there is no such conversation, or it is over");
}

}  // namespace

void Tries::forget_idle() {
  const int64_t now = clock_.now().ms;
  entries_.remove_if([&](const Entry& entry) { return now - entry.used_at.ms >= limits_.idle_ms; });
}

base::Result<std::string> Tries::add(std::string_view owner, TrySubject subject, trial::Talk talk) {
  std::array<uint8_t, 18> chance{};
  random_.fill(chance);
  Entry entry{base::to_base64url({reinterpret_cast<const char*>(chance.data()), chance.size()}),
              std::string(owner), clock_.now(),
              std::make_shared<Try>(std::move(subject), std::move(talk))};
  const std::lock_guard lock(mutex_);
  forget_idle();
  const auto of_owner = static_cast<size_t>(std::ranges::count(entries_, owner, &Entry::owner));
  if (of_owner >= limits_.of_owner) {
    const auto last = std::find_if(entries_.rbegin(), entries_.rend(),
                                   [&](const Entry& each) { return each.owner == owner; });
    entries_.erase(std::next(last).base());
  }
  if (entries_.size() >= limits_.all) {
    return base::fail(base::Code::resource_exhausted, "too many conversations are held at once");
  }
  std::string id = entry.id;
  entries_.push_front(std::move(entry));
  return id;
}

base::Result<std::shared_ptr<Try>> Tries::find(std::string_view owner, std::string_view id) {
  const std::lock_guard lock(mutex_);
  forget_idle();
  const auto found = std::ranges::find(entries_, id, &Entry::id);
  if (found == entries_.end() || found->owner != owner) return no_such();
  found->used_at = clock_.now();
  entries_.splice(entries_.begin(), entries_, found);
  return found->held;
}

base::Result<void> Tries::remove(std::string_view owner, std::string_view id) {
  const std::lock_guard lock(mutex_);
  forget_idle();
  const auto found = std::ranges::find(entries_, id, &Entry::id);
  if (found == entries_.end() || found->owner != owner) return no_such();
  entries_.erase(found);
  return {};
}

}  // namespace millrace::solutions
