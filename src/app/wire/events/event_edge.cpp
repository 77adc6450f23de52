#include "app/wire/events/event_edge.hpp"

#include <algorithm>

#include "base/web/web_origin.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

constexpr int64_t kDayMs = 24LL * 3'600'000;

listener::Addresses addresses_of(const std::string& word) {
  if (word == "keep") return listener::Addresses::keep;
  return word == "truncate" ? listener::Addresses::truncate : listener::Addresses::drop;
}

std::string name_of(const runtime::Solution& solution, const flow::EventSource& source) {
  return solution.name + "/" + source.name;
}

struct Found {
  runtime::SolutionPtr solution;
  const flow::EventSource* source = nullptr;  // of the solution's program; null: there is none
};

// The first source for which `is_meant` says yes.
template <typename IsMeant>
Found first_of(const runtime::Solutions& solutions, IsMeant is_meant) {
  for (runtime::SolutionPtr& solution : solutions.all()) {
    for (const flow::EventSource& source : solution->program->sources) {
      if (is_meant(*solution, source)) return {std::move(solution), &source};
    }
  }
  return {};
}

std::shared_ptr<const listener::Source> as_source(const Found& found) {
  if (found.source == nullptr) return nullptr;
  return std::make_shared<listener::Source>(
      listener::Source{.name = name_of(*found.solution, *found.source),
                       .write_key = found.source->write_key,
                       .origins = found.source->origins,
                       .addresses = addresses_of(found.source->addresses)});
}

}  // namespace

std::shared_ptr<const listener::Source> ServedSources::with_key(std::string_view write_key) const {
  if (write_key.empty()) return nullptr;
  return as_source(
      first_of(solutions_, [&](const runtime::Solution&, const flow::EventSource& source) {
        return source.write_key == write_key;
      }));
}

std::shared_ptr<const listener::Source> ServedSources::named(std::string_view name) const {
  return as_source(
      first_of(solutions_, [&](const runtime::Solution& solution, const flow::EventSource& source) {
        return name_of(solution, source) == name;
      }));
}

bool ServedSources::any_takes(std::string_view origin) const {
  web::Request page;
  page.headers.push_back({"Origin", std::string(origin)});
  const auto takes = [&](const runtime::Solution&, const flow::EventSource& source) {
    return source.origins.empty() || web::may_come_from(page, {}, source.origins);
  };
  return first_of(solutions_, takes).source != nullptr;
}

base::Result<std::unique_ptr<EventEdge>> EventEdge::open(const ServeOptions& options, Ports ports) {
  std::unique_ptr<EventEdge> made(new EventEdge());
  made->sources_ = std::make_unique<ServedSources>(ports.solutions);
  made->kept_ = std::make_shared<Kept>();
  auto records = storage::open_record_log(options.data / "events", ports.log);
  if (!records) return std::unexpected(records.error());
  made->kept_->records = std::move(*records);
  const int64_t kept_ms = options.event_days * kDayMs;
  auto events =
      listener::EventLog::open(*made->kept_->records, {.kept_bytes_max = options.events_bytes_max});
  if (!events) return std::unexpected(events.error());
  made->kept_->events = std::move(*events);
  if (const size_t mended = made->kept_->events->replay(*made->sources_); mended > 0) {
    ports.log.line(
        base::Level::info, "events",
        std::to_string(mended) + " events that were quarantined are understood now, and kept");
  }
  made->listener_ = std::make_unique<listener::Listener>(
      listener::Listener::Ports{*made->sources_, *made->kept_->events, ports.clock, ports.meter});
  sweep_hourly(made->kept_, kept_ms, ports);
  return made;
}

void EventEdge::sweep_hourly(const std::weak_ptr<Kept>& kept, int64_t kept_ms, const Ports& ports) {
  const auto held = kept.lock();
  if (!held) return;
  held->events->drop_before({ports.clock.now().ms - kept_ms});
  ports.meter.set("events_bytes", {}, static_cast<double>(held->events->kept_bytes()));
  ports.lanes.run_after(0, std::chrono::hours(1),
                        [kept, kept_ms, ports] { sweep_hourly(kept, kept_ms, ports); });
}

}  // namespace millrace::app
