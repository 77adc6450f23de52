// What is owed to outside systems: listed, shown, tried again, dropped.
#include <algorithm>

#include "api/operation.hpp"
#include "api/shown_delivery.hpp"
#include "delivery/codec.hpp"
#include "delivery/progress.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;
using runtime::StoredDelivery;

constexpr size_t kOrderedMax = 10'000;

bool may_have(Call& call, const StoredDelivery& stored) {
  return call.may_have(stored.solution, stored.environment);
}

// What whoever asks may do with what belongs to that solution: pages offer nothing else.
json::array rights_over(const Call& call, const StoredDelivery& stored) {
  json::array out;
  for (const Right right : {Right::delivery_write, Right::pii_read, Right::chat_read}) {
    if (call.may(right, stored.solution, stored.environment)) {
      out.emplace_back(access::kRights(right));
    }
  }
  return out;
}

json::object shown(Call& call, const StoredDelivery& stored, bool reveals) {
  json::object out = shown_delivery(stored, call.ports.records.summary(stored), reveals);
  out["may"] = rights_over(call, stored);
  return out;
}

base::Result<runtime::DeliveryFilter> filter_from(
    const std::function<std::string(std::string_view)>& said) {
  runtime::DeliveryFilter filter;
  const std::string state = said("state");
  filter.is_open = state == "open";
  if (!state.empty() && !filter.is_open) {
    filter.state = delivery::state_from(state);
    if (!filter.state) return fail(Code::invalid_argument, "there is no such state", "state");
  }
  filter.solution = said("solution");
  filter.environment = said("environment");
  filter.kind = said("kind");
  filter.chat_id = said("chat");
  if (const std::string consumer = said("consumer"); !consumer.empty()) {
    filter.consumer = base::Id::parse(consumer);
    if (!filter.consumer) return fail(Code::invalid_argument, "an id is wanted", "consumer");
  }
  if (const std::string since = said("since"); !since.empty()) {
    const auto at = base::parse_iso8601(since);
    if (!at) return fail(Code::invalid_argument, "a time is wanted", "since");
    filter.since = *at;
  }
  return filter;
}

Replied list_deliveries(Call& call) {
  (void)call.may_have("", "");
  auto filter = filter_from([&](std::string_view name) { return call.query(name); });
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!filter) return std::unexpected(filter.error());
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  filter->limit = *limit;
  filter->after = json::get_integer(*place, "id").value_or(0);
  const std::string order = call.query("order");
  if (order == "newest") {
    filter->order = runtime::DeliveryFilter::Order::newest_first;
  } else if (!order.empty() && order != "oldest") {
    return fail(Code::invalid_argument, "oldest or newest", "order");
  }
  const auto page = call.ports.deliveries.list(*filter);
  if (!page) return std::unexpected(page.error());
  json::array items;
  for (const StoredDelivery& stored : *page) {
    if (may_have(call, stored)) items.emplace_back(shown(call, stored, false));
  }
  std::optional<std::string> next;
  if (page->size() == *limit) next = call.cursor_at({{"id", page->back().row.id}});
  return listed(std::move(items), std::move(next));
}

base::Result<StoredDelivery> permitted(Call& call) {
  auto found = call.ports.deliveries.find(call.path["delivery"]);
  if (!found) return std::unexpected(found.error());
  const bool may = *found ? may_have(call, **found) : call.may_have("", "") && false;
  if (may) return std::move(**found);
  return fail(Code::not_found, "there is no delivery of that key");
}

Replied get_delivery(Call& call) {
  const auto stored = permitted(call);
  if (!stored) return std::unexpected(stored.error());
  const bool reveals = call.query("reveal") == "true";
  if (!reveals) return Reply(shown(call, *stored, false));
  if (!call.may(Right::pii_read, stored->solution, stored->environment)) {
    return fail(Code::permission_denied, "what it holds takes the right pii.read", "pii.read");
  }
  auto noted = call.audit(Right::pii_read, "delivery.reveal", stored->row.key);
  if (!noted) return std::unexpected(noted.error());
  return Reply(shown(call, *stored, true));
}

Replied order_one(Call& call, runtime::DeliveryOrder::Action action, std::string_view name) {
  const auto stored = permitted(call);
  if (!stored) return std::unexpected(stored.error());
  if (stored->state == delivery::State::delivered) {
    return fail(Code::failed_precondition, "it was delivered");
  }
  auto done = call.audit(Right::delivery_write, name, stored->row.key);
  if (done) done = call.ports.records.order(action, {stored->row.id});
  if (!done) return std::unexpected(done.error());
  return Reply::at(202, {{"ordered", 1}});
}

Replied retry_one(Call& call) {
  return order_one(call, runtime::DeliveryOrder::Action::retry, "delivery.retry");
}
Replied drop_one(Call& call) {
  return order_one(call, runtime::DeliveryOrder::Action::drop, "delivery.drop");
}

// `preview` says how many there are and does nothing.
Replied order_many(Call& call) {
  (void)call.may_have("", "");
  using Action = runtime::DeliveryOrder::Action;
  const auto* said = json::get_object(call.body, "filter");
  auto filter = filter_from([&](std::string_view name) {
    return std::string(json::get_string(*said, name).value_or(""));
  });
  if (!filter) return std::unexpected(filter.error());
  if (!filter->state) {
    return fail(Code::invalid_argument, "say in which state they are", "/filter/state");
  }
  filter->limit = 1'000;
  std::vector<int64_t> rows;
  for (;;) {
    const auto page = call.ports.deliveries.list(*filter);
    if (!page) return std::unexpected(page.error());
    for (const StoredDelivery& stored : *page) {
      if (stored.state != delivery::State::delivered && may_have(call, stored) &&
          rows.size() < kOrderedMax) {
        rows.push_back(stored.row.id);
      }
    }
    if (page->size() < filter->limit || rows.size() == kOrderedMax) break;
    filter->after = page->back().row.id;
  }
  const bool drops = json::get_string(call.body, "action") == "drop";
  const auto count = static_cast<int64_t>(rows.size());
  if (json::get_bool(call.body, "preview").value_or(false)) {
    return Reply(json::object{{"ordered", 0}, {"meant", count}});
  }
  auto done = call.audit(Right::delivery_write, drops ? "delivery.drop" : "delivery.retry",
                         json::serialize(*said), std::to_string(count));
  if (done && count > 0) {
    done = call.ports.records.order(drops ? Action::drop : Action::retry, rows);
  }
  if (!done) return std::unexpected(done.error());
  return Reply(json::object{{"ordered", count}, {"meant", count}});
}

}  // namespace

std::vector<Operation> delivery_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "listDeliveries",
       .method = "GET",
       .path = "/deliveries",
       .who = Who::thing(Right::ops_read),
       .serve = list_deliveries,
       .summary = "What is owed to outside systems; no words of consumers. The state `open` means "
                  "what waits, is held or was refused",
       .gives = "Delivery",
       .shape = Shape::list,
       .query = "state solution environment kind chat consumer since order limit cursor"},
      {.id = "getDelivery",
       .method = "GET",
       .path = "/deliveries/{delivery}",
       .who = Who::thing(Right::ops_read),
       .serve = get_delivery,
       .summary = "A delivery by its key; with reveal=true, and pii.read, what it holds",
       .gives = "Delivery",
       .query = "reveal"},
      {.id = "retryDelivery",
       .method = "POST",
       .path = "/deliveries/{delivery}/retry",
       .who = Who::thing(Right::delivery_write),
       .serve = retry_one,
       .summary = "Send it again; what is held may then be there twice",
       .gives = "Ordered",
       .status = 202},
      {.id = "dropDelivery",
       .method = "POST",
       .path = "/deliveries/{delivery}/drop",
       .who = Who::thing(Right::delivery_write),
       .serve = drop_one,
       .summary = "Do not send it any more",
       .gives = "Ordered",
       .status = 202},
      {.id = "orderDeliveries",
       .method = "POST",
       .path = "/deliveries/bulk",
       .who = Who::thing(Right::delivery_write),
       .serve = order_many,
       .summary = "Retry or drop all that a filter means, at most 10,000",
       .takes = "DeliveryOrder",
       .gives = "Ordered"},
  };
}

}  // namespace millrace::api
