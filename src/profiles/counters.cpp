#include "profiles/counters.hpp"

#include <array>
#include <charconv>
#include <set>

namespace millrace::profiles {
namespace {

constexpr int64_t kDayMs = 24 * 60 * 60 * 1'000;
const std::string kZero(1, '\0');

std::string beginning(std::string_view kind) {
  return "c/" + std::string(kind) + kZero;
}

std::string key_of(std::string_view kind, std::string_view name, int64_t day) {
  return beginning(kind) + std::string(name) + kZero + std::to_string(day);
}

}  // namespace

int64_t day_of(base::Timestamp at) {
  return at.ms / kDayMs;
}

void Counters::add(std::string_view kind, std::string_view name, int64_t day, double amount) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), day).ptr;
  sought_ = "c/";
  (sought_ += kind) += '\0';
  (sought_ += name) += '\0';
  sought_.append(digits.data(), end);
  auto found = counters_.find(sought_);
  if (found == counters_.end()) {
    if (counters_.size() >= kCountersMax) return;
    found = counters_.emplace(sought_, Counter{sought_}).first;
  }
  Counter& counter = found->second;
  counter.total += amount;
  if (!std::exchange(counter.is_touched, true)) touched_.push_back(&counter);
}

double Counters::total(std::string_view kind, std::string_view name, int64_t day) const {
  const auto found = counters_.find(key_of(kind, name, day));
  return found == counters_.end() ? 0 : found->second.total;
}

std::vector<std::string> Counters::names(std::string_view kind) const {
  const std::string begin = beginning(kind);
  std::set<std::string> names;
  for (const auto& [key, counter] : counters_) {
    if (!key.starts_with(begin)) continue;
    const std::string_view rest = std::string_view(key).substr(begin.size());
    names.emplace(rest.substr(0, rest.find('\0')));
  }
  return {names.begin(), names.end()};
}

void Counters::set(std::string key, double total) {
  Counter& counter = counters_.emplace(key, Counter{key}).first->second;
  counter.total = total;
  if (!std::exchange(counter.is_touched, true)) touched_.push_back(&counter);
}

void Counters::clear() {
  counters_.clear();
  touched_.clear();
}

}  // namespace millrace::profiles
