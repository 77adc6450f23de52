#include "app/commands/events/event_files.hpp"

#include "listener/forgetting.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

base::Result<void> each_event_line(
    const std::filesystem::path& data, base::Timestamp since,
    const std::function<base::Result<void>(const listener::LoggedLine&)>& each) {
  auto read = storage::read_record_log(data / "events",
                                       [&](uint64_t, std::string_view bytes) -> base::Result<void> {
                                         const auto record = listener::read_record(bytes);
                                         if (!record) return std::unexpected(record.error());
                                         if (record->received < since) return {};
                                         for (const listener::LoggedLine& line : record->lines) {
                                           if (auto done = each(line); !done) return done;
                                         }
                                         return {};
                                       });
  if (!read && read.error().code == base::Code::not_found) return {};
  return read;
}

base::Result<void> each_event(const std::filesystem::path& data, base::Timestamp since,
                              const std::function<void(people::Event)>& each) {
  return each_event_line(data, since, [&](const listener::LoggedLine& line) -> base::Result<void> {
    if (!line.is_event) return {};
    const auto kept = json::parse_object(line.json);
    auto event = kept ? people::read_event(*kept) : std::unexpected(kept.error());
    if (!event) return std::unexpected(event.error());
    each(std::move(*event));
    return {};
  });
}

base::Result<size_t> forget_events(const std::filesystem::path& data,
                                   const std::set<std::string, std::less<>>& ids) {
  if (ids.empty()) return 0;
  const auto folder = data / "events";
  listener::Forgetting forgetting(ids);
  auto done = storage::read_record_log(
      folder, [&](uint64_t, std::string_view record) { return forgetting.learn(record); });
  if (!done && done.error().code == base::Code::not_found) return 0;
  if (done) {
    done = storage::rewrite_record_log(
        folder, [&](std::string_view record) { return forgetting.without(record); });
  }
  if (!done) return std::unexpected(done.error());
  return forgetting.removed();
}

}  // namespace millrace::app
