#include "people/suppressed.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace millrace::people {

namespace {
constexpr size_t kHashBytes = 16;
}  // namespace

std::string Suppressed::hash(const Identifier& identifier) const {
  return base::hmac_sha256(key_, identifier.type + '\n' + identifier.value).substr(0, kHashBytes);
}

bool Suppressed::holds(const Rules& rules, const Event& event) const {
  if (hashes_.empty()) return false;
  if (const auto previous = normalise(rules, kAnonymousId, event.previous_id)) {
    if (holds(*previous)) return true;
  }
  const Promoted promoted = promote(rules, event);
  return std::ranges::any_of(promoted.identifiers,
                             [this](const Identifier& one) { return holds(one); });
}

std::vector<std::string> Suppressed::keep() const {
  std::vector<std::string> kept;
  for (const std::string& hash : hashes_) kept.push_back(base::to_base64url(hash));
  std::ranges::sort(kept);
  return kept;
}

void Suppressed::restore(const std::vector<std::string>& kept) {
  for (const std::string& text : kept) {
    std::string hash = base::from_base64url(text);
    if (hash.size() == kHashBytes) hashes_.insert(std::move(hash));
  }
}

}  // namespace millrace::people
