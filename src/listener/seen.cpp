#include "listener/seen.hpp"

#include <cstring>
#include <string>

#include "base/hash.hpp"

namespace millrace::listener {

Fingerprint fingerprint_of(std::string_view source, std::string_view message_id) {
  std::string both(source);
  both += '\0';
  both += message_id;
  const std::string hash = base::sha256(both);
  Fingerprint print;
  std::memcpy(&print.high, hash.data(), 8);
  std::memcpy(&print.low, hash.data() + 8, 8);
  if (print == Fingerprint{}) print.low = 1;  // which stands for an empty slot
  return print;
}

size_t FingerprintSet::slot_of(Fingerprint print) const {
  const size_t mask = slots_.size() - 1;
  size_t at = print.high & mask;
  while (slots_[at] != Fingerprint{} && slots_[at] != print) at = (at + 1) & mask;
  return at;
}

bool FingerprintSet::has(Fingerprint print) const {
  return !slots_.empty() && slots_[slot_of(print)] == print;
}

bool FingerprintSet::add(Fingerprint print) {
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  Fingerprint& slot = slots_[slot_of(print)];
  if (slot == print) return false;
  slot = print;
  ++size_;
  return true;
}

void FingerprintSet::grow() {
  std::vector<Fingerprint> old(slots_.empty() ? 1'024 : slots_.size() * 2);
  old.swap(slots_);
  for (const Fingerprint print : old) {
    if (print != Fingerprint{}) slots_[slot_of(print)] = print;
  }
}

// Those behind it move up, so that none of them stands behind a gap.
void FingerprintSet::remove(Fingerprint print) {
  if (!has(print)) return;
  const size_t mask = slots_.size() - 1;
  size_t gap = slot_of(print);
  for (size_t at = (gap + 1) & mask; slots_[at] != Fingerprint{}; at = (at + 1) & mask) {
    const size_t wanted = slots_[at].high & mask;
    if (((at - wanted) & mask) < ((at - gap) & mask)) continue;
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = {};
  --size_;
}

bool Seen::add(Fingerprint print, base::Timestamp now) {
  if (day_began_ms_ == 0) day_began_ms_ = now.ms;
  if (now.ms - day_began_ms_ >= kDayMs || today_.size() >= of_day_max_) {
    yesterday_ = std::move(today_);
    today_.clear();
    day_began_ms_ = now.ms;
  }
  return !yesterday_.has(print) && today_.add(print);
}

void Seen::remove(Fingerprint print) {
  today_.remove(print);
  yesterday_.remove(print);
}

}  // namespace millrace::listener
