// What was counted, by day (reference: other-endpoints.md 10).
#include <algorithm>
#include <cmath>

#include "braze/endpoints/handlers.hpp"
#include "braze/endpoints/series.hpp"

namespace millrace::braze {
namespace {

constexpr int64_t kDayMs = 24 * 60 * 60 * 1'000;
constexpr size_t kNamesInPage = 250;

struct Span {
  int64_t first = 0;
  int64_t last = 0;
};

std::expected<Span, std::string> span_of(const Call& call) {
  const int64_t length = call.query_number("length", -1, 1'000, -1);
  if (length < 1 || length > 100) return std::unexpected("'length' must be from 1 to 100");
  base::Timestamp end = call.now;
  if (const std::string given = call.query_value("ending_at"); !given.empty()) {
    const auto at = base::parse_iso8601(given);
    if (!at) return std::unexpected("'ending_at' must be a time in ISO 8601");
    end = *at;
  }
  const int64_t last = day_of(end);
  return Span{last - length + 1, last};
}

std::string shown(int64_t day) {
  return base::to_iso8601(base::utc_date({day * kDayMs}));
}

json::value as_number(double total) {
  constexpr double kExact = 9e15;
  if (std::floor(total) == total && std::abs(total) < kExact) return static_cast<int64_t>(total);
  return total;
}

Outcome names_of(Call& call, std::string_view kind, std::string_view member) {
  const auto names = call.world.profiles.counters().names(kind);
  const auto first = static_cast<size_t>(call.query_number("page", 0, 10'000, 0)) * kNamesInPage;
  json::array page;
  for (size_t i = first; i < std::min(names.size(), first + kNamesInPage); ++i) {
    page.push_back(json::value(names[i]));
  }
  json::object body;
  body[member] = std::move(page);
  return success(200, std::move(body));
}

Served counted(Call& call, std::string_view kind, const std::string& name,
               std::string_view member) {
  const Counters& counters = call.world.profiles.counters();
  return series(call, [&](int64_t day, json::object& out) {
    out[member] = as_number(counters.total(kind, name, day));
  });
}

// Over one product, or over all of them.
Served of_products(Call& call, std::string_view kind, std::string_view member) {
  const std::string product = call.query_value("product");
  const Counters& counters = call.world.profiles.counters();
  const auto names = product.empty() ? counters.names(kind) : std::vector{product};
  return series(call, [&](int64_t day, json::object& out) {
    double total = 0;
    for (const std::string& name : names) total += counters.total(kind, name, day);
    out[member] = as_number(total);
  });
}

}  // namespace

std::expected<std::vector<std::string>, std::string> series_days(const Call& call) {
  const auto span = span_of(call);
  if (!span) return std::unexpected(span.error());
  std::vector<std::string> days;
  for (int64_t day = span->first; day <= span->last; ++day) days.push_back(shown(day));
  return days;
}

Served series(Call& call, const std::function<void(int64_t day, json::object&)>& fill) {
  const auto span = span_of(call);
  if (!span) return refused(span.error());
  json::array data;
  for (int64_t day = span->first; day <= span->last; ++day) {
    json::object out{{"time", shown(day)}};
    fill(day, out);
    data.push_back(std::move(out));
  }
  return success(200, {{"data", std::move(data)}});
}

Served list_events(Call& call) {
  return names_of(call, "event", "events");
}

Served event_series(Call& call) {
  const std::string event = call.query_value("event");
  if (event.empty()) return refused("'event' is required");
  return counted(call, "event", event, "count");
}

Served list_products(Call& call) {
  return names_of(call, "product", "products");
}

Served revenue_series(Call& call) {
  return of_products(call, "revenue", "revenue");
}
Served quantity_series(Call& call) {
  return of_products(call, "product", "purchase_quantity");
}

// Active on a day are the profiles that were changed on it: the sandbox sees no sessions. Of a
// month, those of its last thirty days, each day's counted by themselves.
Served kpi_series(Call& call) {
  const std::string& path = call.request.path;
  if (path == "/kpi/new_users/data_series") return counted(call, "new_users", "", "new_users");
  if (path == "/kpi/dau/data_series") return counted(call, "active", "", "dau");
  if (path == "/kpi/uninstalls/data_series") return counted(call, "uninstalls", "", "uninstalls");
  constexpr int64_t kMonth = 30;
  const Counters& counters = call.world.profiles.counters();
  return series(call, [&](int64_t day, json::object& out) {
    double total = 0;
    for (int64_t each = day - kMonth + 1; each <= day; ++each) {
      total += counters.total("active", "", each);
    }
    out["mau"] = as_number(total);
  });
}

Served session_series(Call& call) {
  return counted(call, "sessions", "", "sessions");
}

}  // namespace millrace::braze
