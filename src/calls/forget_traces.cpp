#include "calls/trace_keys.hpp"

namespace millrace::calls {

base::Result<base::KeyValueBatch> removals_of_chats(base::KeyValueStore& store,
                                                    const std::set<std::string>& chats) {
  constexpr size_t kScanMax = 1'000;
  base::KeyValueBatch removals;
  std::set<std::string, std::less<>> gone;
  for (const std::string& chat : chats) {
    const auto traces = store.scan(traces_of_chat(chat), "", SIZE_MAX);
    if (!traces) return std::unexpected(traces.error());
    for (const auto& [key, text] : *traces) gone.insert(key);
  }
  if (gone.empty()) return removals;
  for (const Shelf shelf : {Shelf::ordinary, Shelf::unknown}) {
    for (std::string after;;) {
      const auto entries = store.scan(shelf_prefix(shelf), after, kScanMax);
      if (!entries) return std::unexpected(entries.error());
      for (const auto& [key, value] : *entries) {
        // "BYTES KEY"
        const std::string_view trace = std::string_view(value).substr(value.find(' ') + 1);
        if (gone.contains(trace)) removals.writes.emplace_back(key, std::nullopt);
      }
      if (entries->size() < kScanMax) break;
      after = entries->back().first;
    }
  }
  for (const std::string& key : gone) removals.writes.emplace_back(key, std::nullopt);
  return removals;
}

}  // namespace millrace::calls
