#include "calls/quarantine.hpp"

#include <utility>

#include "base/json_plain.hpp"

namespace millrace::calls {
namespace {

using Kind = runtime::CallOutcome;

DeathRecord of_call(const runtime::ActionCall& call) {
  return {call.idempotency_key, call.solution, call.version, call.command, 0, false, {}, {}};
}

DeathRecord of_command(const runtime::ActionCall& call) {
  return {{}, call.solution, call.version, call.command, 0, false, {}, {}};
}

std::string name_of(const DeathRecord& record) {
  return record.key.empty() ? record.command + " of version " + record.version
                            : "the call " + record.key + " of " + record.command;
}

json::object without_time(const DeathRecord& record) {
  return {{"key", record.key},         {"solution", record.solution},
          {"version", record.version}, {"command", record.command},
          {"deaths", record.deaths},   {"quarantined", record.is_aside},
          {"message", record.message}};
}

}  // namespace

std::string DeathRecord::id() const {
  return key.empty() ? "command\n" + solution + "\n" + version + "\n" + command : "call\n" + key;
}

std::string to_json(const DeathRecord& record) {
  json::object object = without_time(record);
  object["at_ms"] = record.at.ms;
  return json::serialize_plain(object);
}

json::object shown(const DeathRecord& record) {
  json::object object = without_time(record);
  object["at"] = base::to_iso8601(record.at);
  return object;
}

base::Result<DeathRecord> death_record_from_json(std::string_view text) {
  const auto read = json::parse_object(text);
  if (!read) return std::unexpected(read.error());
  const auto word = [&](const char* name) {
    return std::string(json::get_string(*read, name).value_or(""));
  };
  return DeathRecord{word("key"),
                     word("solution"),
                     word("version"),
                     word("command"),
                     static_cast<int>(json::get_integer(*read, "deaths").value_or(0)),
                     json::get_bool(*read, "quarantined").value_or(false),
                     {json::get_integer(*read, "at_ms").value_or(0)},
                     word("message")};
}

Quarantine::Quarantine(DeathRecords* records, base::Clock& clock, base::Log& log,
                       base::Meter& meter)
    : records_(records), clock_(clock), log_(log), meter_(meter) {
  if (records_ == nullptr) return;
  for (const DeathRecord& record : records_->all()) {
    if (record.is_aside) aside_.insert(record.id());
  }
  show();
}

std::optional<std::string> Quarantine::refusal(const runtime::ActionCall& call) {
  if (records_ == nullptr) return std::nullopt;
  const std::lock_guard lock(mutex_);
  DeathRecord record = of_call(call);
  if (!aside_.empty()) {
    if (auto why = aside(of_command(call).id())) return why;
    if (auto why = aside(record.id())) return why;
  }
  if (!call.uncertain) return std::nullopt;
  // A former run of the server had it and did not live to say how it ended.
  if (const auto before = records_->find(record.id())) record.deaths = before->deaths;
  ++record.deaths;
  record.at = clock_.now();
  record.message = "the server ended under it";
  if (record.deaths >= kDeathsOfCallMax) {
    put_aside(record);
    return aside(record.id());
  }
  calls_[call.idempotency_key] = record.deaths;
  if (const auto kept = records_->keep(record); !kept) {
    log_.line(base::Level::error, "calls",
              "a call is not taken up, as it cannot be counted: " + kept.error().describe());
    return "it cannot be counted before it runs: " + kept.error().describe();
  }
  return std::nullopt;
}

bool Quarantine::died(const runtime::ActionCall& call, Kind how, std::string_view message) {
  if (records_ == nullptr) return false;
  const std::lock_guard lock(mutex_);
  const base::Timestamp now = clock_.now();
  if (how == Kind::crashed) {
    DeathRecord command = of_command(call);
    if (commands_.size() >= kDeathRecordsMax) commands_.clear();
    Streak& streak = commands_[command.id()];
    const bool is_late = now.ms - streak.at.ms > kDeathsWindowMs;
    streak = {is_late ? 1 : streak.deaths + 1, now};
    if (streak.deaths >= kDeathsOfCommandMax && !aside_.contains(command.id())) {
      command.deaths = streak.deaths;
      command.at = now;
      command.message = message;
      put_aside(std::move(command));
    }
  }
  if (calls_.size() >= kDeathRecordsMax) calls_.clear();
  const int deaths = ++calls_[call.idempotency_key];
  if (deaths < kDeathsOfCallMax) return false;
  DeathRecord record = of_call(call);
  record.deaths = deaths;
  record.at = now;
  record.message = message;
  calls_.erase(call.idempotency_key);
  put_aside(std::move(record));
  return true;
}

void Quarantine::lived(const runtime::ActionCall& call) {
  if (records_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  if (!commands_.empty()) commands_.erase(of_command(call).id());
  const auto found = calls_.find(call.idempotency_key);
  if (found == calls_.end()) return;
  calls_.erase(found);
  if (call.uncertain) records_->forget(of_call(call).id());
}

// Whether that is aside still: who releases it removes its record.
std::optional<std::string> Quarantine::aside(const std::string& id) {
  if (!aside_.contains(id)) return std::nullopt;
  const auto record = records_->find(id);
  if (record && record->is_aside) {
    return name_of(*record) + " is put aside (quarantined) after " +
           std::to_string(record->deaths) + " workers or servers that ended under it; see " +
           "`millrace actions quarantined`";
  }
  aside_.erase(id);
  commands_.erase(id);
  show();
  return std::nullopt;
}

void Quarantine::put_aside(DeathRecord record) {
  record.is_aside = true;
  aside_.insert(record.id());
  log_.line(base::Level::error, "calls",
            record.solution + ": " + name_of(record) + " is put aside after " +
                std::to_string(record.deaths) + " workers or servers that ended under it (" +
                record.message + "); release it with `millrace actions release`");
  meter_.count("calls_quarantined_total",
               {{"solution", record.solution}, {"command", record.command}}, 1);
  if (const auto kept = records_->keep(record); !kept) {
    log_.line(base::Level::error, "calls",
              "what is put aside cannot be kept: " + kept.error().describe());
  }
  show();
}

void Quarantine::show() {
  meter_.set("calls_quarantined", {}, static_cast<double>(aside_.size()));
}

}  // namespace millrace::calls
