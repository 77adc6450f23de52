#include "listener/event_log.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace millrace::listener {
namespace {

// A record: "1 <received, ms>\n", then a line for each event: 'e' or 'q', 32 hexadecimal digits of
// its fingerprint, a blank, JSON. Fingerprints stand apart so that a start need not read the JSON.
constexpr std::string_view kVersion = "1 ";
constexpr size_t kPrintDigits = 32;

void append_hex(std::string& out, uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(value >> shift) & 0xF];
}

bool read_hex(std::string_view digits, uint64_t& value) {
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return error == std::errc() && end == digits.data() + digits.size();
}

std::unexpected<base::Error> damaged() {
  return base::fail(base::Code::data_loss, "a record of the event log is not understood");
}

std::unexpected<base::Error> disk_failed() {
  return base::fail(base::Code::unavailable,
                    "events cannot be kept right now; send them again later");
}

std::string write_quarantined(const Refused& refused, const Arrival& arrival, Dialect dialect) {
  return json::serialize(
      json::object{{"source", arrival.source.name},
                   {"id", refused.message_id},
                   {"dialect", kDialects(dialect)},
                   {"reason", refused.reason},
                   {"received", arrival.received.ms},
                   // As a text: inside an object it could be too deep to be read back.
                   {"raw", json::serialize(refused.raw)}});
}

// What was refused without an id is told apart by what it says.
Fingerprint print_of(const Refused& refused, const Arrival& arrival) {
  return fingerprint_of(arrival.source.name, refused.message_id.empty()
                                                 ? "raw " + json::serialize(refused.raw)
                                                 : "refused " + refused.message_id);
}

}  // namespace

void append_line(std::string& record, const LoggedLine& line) {
  record += line.is_event ? 'e' : 'q';
  append_hex(record, line.print.high);
  append_hex(record, line.print.low);
  record += ' ';
  record += line.json;
  record += '\n';
}

base::Result<LoggedRecord> read_record(std::string_view record) {
  LoggedRecord out;
  const size_t head_end = record.find('\n');
  if (head_end == record.npos || !record.starts_with(kVersion)) return damaged();
  const std::string_view received = record.substr(kVersion.size(), head_end - kVersion.size());
  const auto [end, error] =
      std::from_chars(received.data(), received.data() + received.size(), out.received.ms);
  if (error != std::errc() || end != received.data() + received.size()) return damaged();
  for (std::string_view rest = record.substr(head_end + 1); !rest.empty();) {
    const size_t line_end = rest.find('\n');
    if (line_end == rest.npos || line_end < kPrintDigits + 3) return damaged();
    LoggedLine line;
    line.is_event = rest[0] == 'e';
    if (!line.is_event && rest[0] != 'q') return damaged();
    if (!read_hex(rest.substr(1, 16), line.print.high)) return damaged();
    if (!read_hex(rest.substr(17, 16), line.print.low)) return damaged();
    line.json = rest.substr(kPrintDigits + 2, line_end - kPrintDigits - 2);
    out.lines.push_back(line);
    rest.remove_prefix(line_end + 1);
  }
  return out;
}

base::Result<Quarantined> read_quarantined(std::string_view json) {
  auto kept = json::parse_object(json);
  if (!kept) return damaged();
  Quarantined out;
  auto dialect = kDialects.read(json::get_string(*kept, "dialect").value_or(""));
  if (!dialect) return std::unexpected(std::move(dialect.error()));
  out.dialect = *dialect;
  out.source = json::get_string(*kept, "source").value_or("");
  out.message_id = json::get_string(*kept, "id").value_or("");
  out.reason = json::get_string(*kept, "reason").value_or("");
  out.received.ms = json::get_integer(*kept, "received").value_or(0);
  auto raw = json::parse(json::get_string(*kept, "raw").value_or(""));
  if (!raw) return damaged();
  out.raw = std::move(*raw);
  return out;
}

base::Result<std::unique_ptr<EventLog>> EventLog::open(base::RecordLog& records, Limits limits) {
  std::unique_ptr<EventLog> made(new EventLog(records, limits));
  auto last = records.each(
      [&](uint64_t number, std::string_view record) { return made->note(number, record); });
  if (!last) return std::unexpected(std::move(last.error()));
  made->last_ = made->last_durable_ = *last;
  return made;
}

base::Result<void> EventLog::note(uint64_t number, std::string_view record) {
  const auto read = read_record(record);
  if (!read) return std::unexpected(read.error());
  for (const LoggedLine& line : read->lines) {
    seen_.add(line.print, read->received);
    if (line.is_event) continue;
    quarantined_.emplace_back(line.json);
    if (quarantined_.size() > kReplayedMax) quarantined_.pop_front();
  }
  count(read->received, number, record.size());
  return {};
}

void EventLog::count(base::Timestamp received, uint64_t number, size_t bytes) {
  if (days_.empty() || received.ms - days_.back().began_ms >= Seen::kDayMs) {
    days_.push_back({received.ms, number, 0});
  }
  days_.back().bytes += bytes;
  kept_bytes_ += bytes;
}

base::Result<void> EventLog::has_room() const {
  if (is_broken_) return disk_failed();
  if (bytes_ < limits_.bytes_max && kept_bytes_ < limits_.kept_bytes_max) return {};
  return base::fail(base::Code::resource_exhausted,
                    bytes_ < limits_.bytes_max
                        ? "the room for events is used up"
                        : "too many events are on their way to the disk; send them again later");
}

std::string EventLog::record_of(const Arrival& arrival, const Written& events,
                                const Written& refused, Way& way) {
  std::string record = std::string(kVersion) + std::to_string(arrival.received.ms) + "\n";
  const auto add = [&](bool is_event, const Written& lines, size_t& added) {
    for (const auto& [print, json] : lines) {
      if (!seen_.add(print, arrival.received)) {
        ++way.kept.doubled;
        continue;
      }
      append_line(record, {print, is_event, json});
      way.prints.push_back(print);
      ++added;
    }
  };
  add(true, events, way.kept.events);
  add(false, refused, way.kept.quarantined);
  return record;
}

void EventLog::keep(const Arrival& arrival, Dialect dialect, Batch batch, Done done) {
  // Writing takes longest, and needs no lock.
  Written events;
  events.reserve(batch.events.size());
  for (const people::Event& event : batch.events) {
    events.emplace_back(fingerprint_of(event.source, event.message_id),
                        json::serialize(people::write_event(event)));
  }
  Written refused;
  for (const Refused& one : batch.refused) {
    refused.emplace_back(print_of(one, arrival), write_quarantined(one, arrival, dialect));
  }
  std::unique_lock lock(mutex_);
  if (auto room = has_room(); !room) {
    lock.unlock();
    return done(std::unexpected(std::move(room.error())));
  }
  Way way;
  std::string record = record_of(arrival, events, refused, way);
  if (way.prints.empty() && ways_.empty()) {
    lock.unlock();
    return done(way.kept);
  }
  if (way.prints.empty()) {
    // Whoever sends something again is answered when the first of it is safe.
    ways_.back().also.emplace_back(way.kept, std::move(done));
    return;
  }
  way.number = ++last_;
  way.bytes = record.size();
  way.done = std::move(done);
  bytes_ += way.bytes;
  count(arrival.received, way.number, way.bytes);
  const uint64_t number = way.number;
  ways_.push_back(std::move(way));
  // Under the lock, so that records are handed on in the order of their numbers.
  records_.append(number, std::move(record),
                  [this](base::Result<void> result) { written(result); });
}

size_t EventLog::replay(const Sources& sources) {
  size_t mended = 0;
  for (const std::string& json : std::exchange(quarantined_, {})) {
    const auto kept = read_quarantined(json);
    if (!kept) continue;
    const auto source = sources.named(kept->source);
    if (!source) continue;
    const Arrival arrival{.source = *source, .received = kept->received};
    auto batch = read_again(kept->dialect, kept->raw, arrival);
    if (!batch || batch->events.empty()) continue;
    ++mended;
    keep(arrival, kept->dialect, std::move(*batch), [](const base::Result<Kept>&) {});
  }
  return mended;
}

void EventLog::written(const base::Result<void>& result) {
  std::unique_lock lock(mutex_);
  Way way = std::move(ways_.front());
  ways_.pop_front();
  bytes_ -= way.bytes;
  if (result) {
    last_durable_ = way.number;
  } else {
    for (const Fingerprint print : way.prints) seen_.remove(print);
    kept_bytes_ -= way.bytes;
    days_.back().bytes -= std::min(days_.back().bytes, way.bytes);
    is_broken_ = true;
  }
  if (is_broken_ && ways_.empty()) {
    is_broken_ = false;
    last_ = last_durable_;
  }
  lock.unlock();
  const auto answer = [&](const Kept& kept, Done& done) {
    if (result) return done(kept);
    done(disk_failed());
  };
  answer(way.kept, way.done);
  for (auto& [kept, done] : way.also) answer(kept, done);
}

void EventLog::drop_before(base::Timestamp at) {
  const std::lock_guard lock(mutex_);
  while (days_.size() > 1 && days_[1].began_ms < at.ms) {
    kept_bytes_ -= std::min(kept_bytes_, days_.front().bytes);
    days_.pop_front();
  }
  if (!days_.empty() && days_.front().first > 1) records_.drop(days_.front().first - 1);
}

size_t EventLog::kept_bytes() {
  const std::lock_guard lock(mutex_);
  return kept_bytes_;
}

}  // namespace millrace::listener
