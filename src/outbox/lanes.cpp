#include "outbox/lanes.hpp"

#include <algorithm>
#include <array>

#include "runtime/promises.hpp"

namespace millrace::outbox {
namespace {

using std::chrono::milliseconds;

constexpr size_t kLoadMax = 1'000;  // rows in one look at the store
constexpr int64_t kComplainEveryMs = 60'000;

int64_t milliseconds_of(auto duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

}  // namespace

void set_figure(base::Meter& meter, std::string_view name, const runtime::DeliveryTarget& target,
                double value) {
  if (target.receiver.contains(':')) {
    meter.set(name,
              {{"solution", target.solution},
               {"environment", target.environment},
               {"receiver", target.receiver}},
              value);
  } else {
    meter.set(name, {{"solution", target.solution}, {"environment", target.environment}}, value);
  }
}

void Lanes::find() {
  const auto targets = ports_.store.targets();
  if (!targets) {
    ports_.log.line(base::Level::error, "outbox", targets.error().describe());
    return;
  }
  for (const runtime::DeliveryTarget& target : *targets) {
    auto& lane = lanes_[target.number];
    if (lane) {
      lane->has_more = true;
      continue;
    }
    auto codec = ports_.speak(target.receiver);
    if (!codec) {
      lanes_.erase(target.number);
      if (!unspoken_.insert(target.number).second) continue;
      ports_.log.line(base::Level::error, "outbox",
                      target.solution + " owes something to '" + target.receiver +
                          "', which this version does not know; it is kept");
      continue;
    }
    lane = std::make_unique<Lane>(
        Lane{target, delivery::Pipe(settings_.rules, std::move(codec)), std::nullopt});
    resolve(*lane);
  }
}

Lane* Lanes::of(int64_t target) {
  const auto found = lanes_.find(target);
  return found == lanes_.end() ? nullptr : found->second.get();
}

void Lanes::each(const std::function<void(Lane&)>& look) {
  for (const auto& [number, lane] : lanes_) look(*lane);
}

std::string Lanes::stopped_because(int64_t target) {
  const Lane* lane = of(target);
  return lane != nullptr && lane->pipe.is_stopped() ? lane->pipe.stopped_because() : "";
}

void Lanes::pump() {
  for (const auto& [number, lane] : lanes_) {
    pump(*lane);
    const bool is_ill = lane->pipe.is_away() || lane->pipe.is_stopped();
    if (is_ill && !is_kept(runtime::Promise::receivers_stand_apart)) return;
  }
}

base::Timestamp Lanes::wake_at(base::Timestamp now) const {
  base::Timestamp first = delivery::kNever;
  for (const auto& [number, lane] : lanes_) first = std::min(first, lane->pipe.wake_at(now));
  return first;
}

void Lanes::load(Lane& lane) {
  while (lane.has_more && lane.pipe.wants_rows()) {
    const size_t limit = std::min(kLoadMax, lane.pipe.room());
    auto rows = ports_.store.waiting(lane.target.number, lane.cursor, limit);
    if (!rows) {
      log(base::Level::error, lane, rows.error().describe());
      return;
    }
    lane.has_more = rows->size() == limit;
    for (delivery::Row& row : *rows) {
      lane.cursor = row.id;
      if (!writer_.is_pending(row.id)) lane.pipe.add(std::move(row));
    }
  }
}

// Asked every few seconds: somebody may have mended the configuration, or changed a secret.
void Lanes::resolve(Lane& lane) {
  const base::Timestamp at = now();
  if (at < lane.resolve_at) return;
  lane.resolve_at = {at.ms + settings_.resolve_every.count()};
  auto destination = ports_.resolve(lane.target);
  const bool is_other =
      destination && (!lane.destination || destination->settings != lane.destination->settings);
  lane.destination = std::move(destination);
  if (!lane.destination) return lane.pipe.stop("no address or no key is configured", at);
  if (lane.destination->ambiguous) lane.pipe.treat_ambiguous(*lane.destination->ambiguous);
  if (!is_other) return;
  if (auto set = lane.pipe.set(lane.destination->settings); !set) {
    lane.destination.reset();
    return lane.pipe.stop(set.error().message, at);
  }
  lane.pipe.resume();
}

void Lanes::pump(Lane& lane) {
  resolve(lane);
  load(lane);
  while (lane.destination) {
    auto sending = lane.pipe.next(now());
    if (!sending) break;
    begin(lane, std::move(*sending));
    load(lane);
  }
  take_effects(lane);
}

// What would be done twice goes on record before it leaves.
void Lanes::begin(Lane& lane, delivery::Sending sending) {
  ++under_way_;
  if (sending.counting.empty() || !is_kept(runtime::Promise::marked_before_sent)) {
    return send(lane, std::move(sending), 0);
  }
  // What became of the rows so far must be there first.
  take_effects(lane);
  const int64_t mark = ++marks_;
  runtime::DeliveryWrite write;
  write.target = lane.target.number;
  write.at = now();
  write.marks.emplace_back(mark, std::move(sending.counting));
  writer_.mark(std::move(write), [this, &lane, mark,
                                  sending = std::move(sending)](base::Result<void> marked) mutable {
    if (marked) return send(lane, std::move(sending), mark);
    --under_way_;
    web::OutboundAnswer not_sent;
    not_sent.message = marked.error().describe();
    lane.pipe.answered(sending.number, not_sent, now(), chance());
  });
}

void Lanes::send(Lane& lane, delivery::Sending sending, int64_t mark) {
  web::OutboundRequest request;
  request.method = std::move(sending.method);
  request.url = std::move(sending.url);
  request.headers = std::move(sending.headers);
  request.body = std::move(sending.body);
  request.deadline = settings_.deadline;
  const auto began = std::chrono::steady_clock::now();
  ports_.outbound.send(std::move(request), [this, &lane, number = sending.number, mark,
                                            began](web::OutboundAnswer answer) mutable {
    inbox_.post([this, &lane, number, mark, began, answer = std::move(answer)] {
      const auto took = std::chrono::steady_clock::now() - began;
      ports_.meter.observe("delivery_request_seconds", {},
                           static_cast<double>(milliseconds_of(took)) / 1'000);
      answered(lane, number, mark, answer);
    });
  });
}

void Lanes::answered(Lane& lane, uint64_t number, int64_t mark, const web::OutboundAnswer& answer) {
  --under_way_;
  using Kind = web::OutboundAnswer::Kind;
  const std::string status = answer.kind == Kind::answered  ? std::to_string(answer.response.status)
                             : answer.kind == Kind::unknown ? "unknown"
                                                            : "not_sent";
  ports_.meter.count("delivery_requests_total", {{"status", status}});
  lane.pipe.answered(number, answer, now(), chance());
  std::vector<int64_t> unmark;
  if (mark != 0) unmark.push_back(mark);
  take_effects(lane, std::move(unmark));
}

void Lanes::take_effects(Lane& lane, std::vector<int64_t> unmark) {
  delivery::Effects effects = lane.pipe.take_effects();
  tell(lane, effects);
  if (effects.updates.empty() && unmark.empty()) return;
  runtime::DeliveryWrite change;
  change.target = lane.target.number;
  change.updates = std::move(effects.updates);
  change.unmark = std::move(unmark);
  change.at = now();
  writer_.write(std::move(change));
}

void Lanes::tell(Lane& lane, const delivery::Effects& effects) {
  for (const delivery::Notice& notice : effects.notices) tell(lane, notice);
  count(lane, effects);
}

void Lanes::tell(Lane& lane, const delivery::Notice& notice) {
  using Kind = delivery::Notice::Kind;
  const auto stopped = [&](const std::string& why) {
    set_figure(ports_.meter, "delivery_stopped", lane.target, why.empty() ? 0 : 1);
    writer_.write({.target = lane.target.number, .stopped = why, .at = now()});
  };
  switch (notice.kind) {
    case Kind::stopped:
      stopped(notice.text);
      log(base::Level::error, lane,
          "deliveries are stopped, and kept: " + notice.text +
              "; mend it, then `millrace deliveries retry`");
      return writer_.tell_config_error(lane.target.number, lane.pipe.stopped_because());
    case Kind::resumed: stopped(""); return log(base::Level::info, lane, notice.text);
    case Kind::away:
      return log(base::Level::warning, lane,
                 "does not take deliveries for now; they are kept: " + notice.text);
    case Kind::back: return log(base::Level::info, lane, "takes deliveries again");
    case Kind::strange:
      ports_.meter.count("delivery_strange_answers_total", {});
      if (now() < lane.complain_at) return;
      lane.complain_at = {now().ms + kComplainEveryMs};
      return log(base::Level::warning, lane, notice.text);
  }
}

void Lanes::count(const Lane& lane, const delivery::Effects& effects) {
  const std::pair<std::string_view, size_t> outcomes[] = {{"delivered", effects.delivered},
                                                          {"unchanged", effects.unchanged},
                                                          {"rejected", effects.rejected},
                                                          {"held", effects.held},
                                                          {"resent", effects.resent}};
  for (const auto& [outcome, objects] : outcomes) {
    if (objects == 0) continue;
    ports_.meter.count("delivery_objects_total",
                       {{"solution", lane.target.solution}, {"outcome", outcome}},
                       static_cast<double>(objects));
  }
}

uint64_t Lanes::chance() {
  std::array<uint8_t, 8> bytes{};
  ports_.random.fill(bytes);
  uint64_t out = 0;
  for (const uint8_t byte : bytes) out = out << 8 | byte;
  return out;
}

void Lanes::log(base::Level level, const Lane& lane, std::string_view text) {
  const std::string whose =
      lane.target.receiver.contains(':') ? ", " + lane.target.receiver : std::string();
  ports_.log.line(
      level, "outbox",
      lane.target.solution + " (" + lane.target.environment + whose + "): " + std::string(text));
}

}  // namespace millrace::outbox
