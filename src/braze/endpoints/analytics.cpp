// What was counted, by day, and what was seen at all (reference: other-endpoints.md 10,
// content-and-centers.md 9).
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/hash.hpp"
#include "base/text.hpp"
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

// Fifty from where the cursor says, and links to those before and after: a cursor is "skip:50" in
// base64, as the page prints it.
Outcome named_page(const Call& call, std::string_view member, const json::array& all) {
  constexpr size_t kNamesInShortPage = 50;
  constexpr std::string_view kSkip = "skip:";
  size_t first = 0;
  if (const std::string cursor = call.query_value("cursor"); !cursor.empty()) {
    const std::string text = base::from_base64url(cursor);
    const std::string_view number =
        std::string_view(text).substr(std::min(kSkip.size(), text.size()));
    const auto read = std::from_chars(number.data(), number.data() + number.size(), first);
    if (!text.starts_with(kSkip) || read.ec != std::errc() ||
        read.ptr != number.data() + number.size()) {
      return refused("Invalid cursor");
    }
  }
  first = std::min(first, all.size());
  const size_t last = std::min(first + kNamesInShortPage, all.size());
  json::object body;
  body[member] = json::array(all.begin() + first, all.begin() + last);
  auto outcome = success(200, std::move(body));
  std::string links;
  const auto link = [&](size_t skipped, const char* relation) {
    if (!links.empty()) links += ",";
    links += "<" + call.request.path +
             "?cursor=" + base::to_base64url(std::string(kSkip) + std::to_string(skipped)) +
             ">; rel=\"" + relation + "\"";
  };
  if (first > 0) link(first - std::min(first, kNamesInShortPage), "prev");
  if (last < all.size()) link(last, "next");
  if (!links.empty()) outcome.response.headers.push_back({"Link", links});
  return outcome;
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

Served list_events_in_full(Call& call) {
  json::array events;
  for (const std::string& name : call.world.profiles.counters().names("event")) {
    events.push_back(json::object{{"name", name},
                                  {"description", ""},
                                  {"included_in_analytics_report", false},
                                  {"status", "Active"},
                                  {"tag_names", json::array()}});
  }
  return named_page(call, "events", events);
}

Served list_custom_attributes(Call& call) {
  json::array attributes;
  for (const auto& [name, attribute] : call.world.workspace.all("custom_attributes")) {
    const std::string type = text_in(attribute, "data_type");
    json::value length;
    if (type == "Array") length = call.options.array_length_max;
    attributes.push_back(json::object{{"array_length", length},
                                      {"data_type", type},
                                      {"description", ""},
                                      {"name", name},
                                      {"status", "Active"},
                                      {"tag_names", json::array()}});
  }
  return named_page(call, "attributes", attributes);
}

// Of a send nothing is known here but that it was announced.
Served send_series(Call& call) {
  const std::string campaign_id = call.query_value("campaign_id");
  if (call.world.workspace.find("campaigns", campaign_id) == nullptr) {
    return refused("Invalid Campaign ID");
  }
  const auto* send = call.world.workspace.find("send_ids", call.query_value("send_id"));
  if (send == nullptr || text_in(*send, "campaign_id") != campaign_id) {
    return refused("Invalid Send ID");
  }
  return series(call, [](int64_t, json::object& day) {
    day["messages"] = json::object();
    for (const char* name :
         {"conversions_by_send_time", "conversions1_by_send_time", "conversions2_by_send_time",
          "conversions3_by_send_time", "conversions", "conversions1", "conversions2",
          "conversions3", "unique_recipients", "revenue"}) {
      day[name] = 0;
    }
  });
}

}  // namespace millrace::braze
