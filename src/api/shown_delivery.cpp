#include "api/shown_delivery.hpp"

#include "delivery/progress.hpp"

namespace millrace::api {

json::object shown_delivery(const runtime::StoredDelivery& stored, std::string holds,
                            bool reveals) {
  json::object outcome = delivery::outcome_of(stored.state, stored.row.progress);
  // An answer may hold a whole profile.
  if (!reveals) outcome.erase("answer");
  json::object out{{"id", stored.row.id},
                   {"key", stored.row.key},
                   {"state", delivery::to_string(stored.state)},
                   {"kind", stored.row.kind},
                   {"solution", stored.solution},
                   {"environment", stored.environment},
                   {"consumer", stored.row.consumer.to_string()},
                   {"chat", stored.chat_id},
                   {"owed_at", base::to_iso8601(stored.row.owed_at)},
                   {"holds", std::move(holds)},
                   {"outcome", std::move(outcome)}};
  if (!stored.stopped.empty()) out["stopped"] = stored.stopped;
  if (stored.changed_at.ms != 0) out["changed_at"] = base::to_iso8601(stored.changed_at);
  const auto progress = json::parse_object(stored.row.progress);
  for (const std::string_view name : {"attempts", "request_id"}) {
    if (progress && progress->contains(name)) out[name] = progress->at(name);
  }
  if (reveals) {
    const auto body = json::parse(stored.row.body);
    out["body"] = body ? *body : json::value(stored.row.body);
  }
  return out;
}

}  // namespace millrace::api
