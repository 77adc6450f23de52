// Bytes as a request of any dialect of the Event Listener: unpacked, read into events, kept in a
// record and read back.
#include <cstdlib>

#include "listener/body.hpp"
#include "listener/credentials.hpp"
#include "listener/dialects/dialect.hpp"
#include "listener/event_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  static const listener::Source kSource{
      .name = "fuzz/site", .write_key = "key", .addresses = listener::Addresses::truncate};
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)listener::read_record(bytes);
  (void)listener::read_quarantined(bytes);
  const auto plain = listener::plain_body(bytes);
  const auto body = plain ? json::parse(*plain) : json::parse(bytes);
  if (!body) return 0;
  (void)listener::write_key_of(*body);
  const listener::Arrival arrival{.source = kSource,
                                  .received = {1'800'000'000'000},
                                  .type = size % 2 == 0 ? "track" : "batch",
                                  .user_agent = "Agent",
                                  .address = "2001:db8::1"};
  const base::Result<listener::Batch> read[] = {listener::read_segment(*body, arrival),
                                                listener::read_posthog(*body, arrival),
                                                listener::read_snowplow(*body, arrival)};
  for (const auto& batch : read) {
    if (!batch) continue;
    for (const people::Event& event : batch->events) {
      if (event.at > event.received) std::abort();
      if (event.user_id.empty() && event.anonymous_id.empty()) std::abort();
      if (event.source != kSource.name || event.message_id.empty()) std::abort();
      std::string record = "1 0\n";
      const std::string json = json::serialize(people::write_event(event));
      listener::append_line(record, {{1, 2}, true, json});
      const auto again = listener::read_record(record);
      if (!again || again->lines.size() != 1 || again->lines[0].json != json) std::abort();
      const auto kept = json::parse_object(json);
      if (!kept) std::abort();
      const auto same = people::read_event(*kept);
      // Numbers of many digits are rounded each time they are read.
      if (!same || same->message_id != event.message_id || same->at != event.at) std::abort();
    }
  }
  return 0;
}
