// deliveries list|show|retry|drop|export: what is owed to outside systems, beside a running server
// or without one. What a consumer said (attribute values, addresses) shows only where it is asked
// for.
#include <iostream>

#include "api/shown_delivery.hpp"
#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/wire/options.hpp"
#include "app/wire/receivers.hpp"
#include "app/wire/system.hpp"
#include "base/redact.hpp"
#include "delivery/codec.hpp"
#include "delivery/progress.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using delivery::State;
using runtime::StoredDelivery;

constexpr size_t kPage = 500;
constexpr size_t kListed = 100;  // when no --limit is given
constexpr size_t kOrderedMax = 100'000;

struct DeliveriesOptions {
  fs::path data;
  std::vector<std::string> keys;
  std::string state;
  std::string solution;
  std::string environment;
  std::string kind;
  std::string chat;
  std::string consumer;
  std::string since;
  size_t limit = 0;  // 0 = as the command says
  bool json = false;
  bool reveal = false;
};

base::Result<runtime::DeliveryFilter> filter_of(const DeliveriesOptions& options) {
  runtime::DeliveryFilter filter;
  filter.keys = options.keys;
  if (!options.state.empty()) filter.state = delivery::state_from(options.state);
  filter.solution = options.solution;
  filter.environment = options.environment;
  filter.kind = options.kind;
  filter.chat_id = options.chat;
  if (!options.consumer.empty()) {
    filter.consumer = base::Id::parse(options.consumer);
    if (!filter.consumer) {
      return base::fail(base::Code::invalid_argument, "not an id: " + options.consumer);
    }
  }
  if (!options.since.empty()) {
    const auto since = parse_since(options.since, SystemClock().now());
    if (!since) return std::unexpected(since.error());
    filter.since = *since;
  }
  return filter;
}

size_t limit_or(const DeliveriesOptions& options, size_t otherwise) {
  return options.limit == 0 ? otherwise : options.limit;
}

// All that the filter means, at most `limit`, a page at a time.
base::Result<void> each(const DeliveriesOptions& options, runtime::DeliveryFilter filter,
                        size_t limit, const std::function<void(const StoredDelivery&)>& tell) {
  const fs::path journal = options.data / "journal.db";
  while (limit > 0) {
    filter.limit = std::min(limit, filter.keys.empty() ? kPage : limit);
    const auto page = storage::list_deliveries(journal, filter);
    if (!page) return std::unexpected(page.error());
    for (const StoredDelivery& stored : *page) tell(stored);
    if (page->size() < filter.limit || !filter.keys.empty()) return {};
    filter.after = page->back().row.id;
    limit -= page->size();
  }
  return {};
}

std::string summary(const StoredDelivery& stored) {
  // A row's kind begins with the name of its kind of receiver.
  const auto* kind = delivery::kind_of(
      receivers(), std::string_view(stored.row.kind).substr(0, stored.row.kind.find('.')));
  return kind == nullptr ? "cannot be read" : kind->speak()->summary(stored.row);
}

json::object as_json(const StoredDelivery& stored, bool reveal) {
  return api::shown_delivery(stored, summary(stored), reveal);
}

// What there is to say of it: why it cannot leave, or the first reason of an item that was not
// taken.
std::string said_of(const StoredDelivery& stored) {
  if (!stored.stopped.empty()) return "stopped: " + stored.stopped;
  const json::object outcome = delivery::outcome_of(stored.state, stored.row.progress);
  std::string out = outcome.contains("possible_duplicates") ? "may be there twice" : "";
  for (const json::value& item : outcome.at("items").as_array()) {
    const auto reason = json::get_string(item.as_object(), "reason").value_or("");
    if (!reason.empty()) return out + (out.empty() ? "" : "; ") + std::string(reason);
  }
  return out;
}

json::array row_of(const StoredDelivery& stored) {
  return {stored.row.id,
          delivery::to_string(stored.state),
          base::to_iso8601(stored.row.owed_at),
          stored.solution,
          stored.environment,
          stored.row.key,
          summary(stored),
          said_of(stored)};
}

int list(const DeliveriesOptions& options) {
  const auto filter = filter_of(options);
  if (!filter) return complain("deliveries", filter.error().describe());
  json::array all;
  Listing listing({"row", "state", "owed_at", "solution", "environment", "key", "what", "outcome"});
  const auto read =
      each(options, *filter, limit_or(options, kListed), [&](const StoredDelivery& stored) {
        if (options.json) {
          all.push_back(as_json(stored, false));
        } else {
          listing.add(row_of(stored));
        }
      });
  if (!read) return complain("deliveries", read.error().describe());
  options.json ? print_json(std::move(all)) : listing.print(false);
  return 0;
}

int show(const DeliveriesOptions& options) {
  const auto filter = filter_of(options);
  if (!filter) return complain("deliveries", filter.error().describe());
  size_t shown = 0;
  const auto read = each(options, *filter, options.keys.size(), [&](const StoredDelivery& stored) {
    print_json(as_json(stored, options.reveal));
    ++shown;
  });
  if (!read) return complain("deliveries", read.error().describe());
  if (shown == options.keys.size()) return 0;
  complain("deliveries", "there is no delivery with that key");
  return 1;
}

int write_out(const DeliveriesOptions& options) {
  const auto filter = filter_of(options);
  if (!filter) return complain("deliveries", filter.error().describe());
  const auto read = each(options, *filter, limit_or(options, SIZE_MAX),
                         [](const StoredDelivery& stored) { print_json(as_json(stored, true)); });
  return read ? 0 : complain("deliveries", read.error().describe());
}

// Leaves word for whoever sends. Where no state is named: what a person has to decide about.
int order(const DeliveriesOptions& options, runtime::DeliveryOrder::Action action) {
  using Action = runtime::DeliveryOrder::Action;
  auto filter = filter_of(options);
  if (!filter) return complain("deliveries", filter.error().describe());
  const bool is_named = filter->state || !filter->keys.empty();
  if (action == Action::drop && !is_named) {
    return complain("deliveries", "say which: --key or --state (waiting, rejected, held)");
  }
  std::vector<int64_t> rows;
  const auto gather = [&](std::optional<State> state, size_t limit) {
    filter->state = state;
    return each(options, *filter, limit, [&](const StoredDelivery& stored) {
      if (stored.state != State::delivered) rows.push_back(stored.row.id);
    });
  };
  auto read = base::Result<void>();
  const size_t limit = limit_or(options, kOrderedMax);
  if (is_named) {
    read = gather(filter->state, limit);
  } else {
    read = gather(State::rejected, limit);
    if (read) read = gather(State::held, limit);
    // One that waits: where deliveries are stopped they go on.
    if (read) read = gather(State::waiting, 1);
  }
  if (!read) return complain("deliveries", read.error().describe());
  const auto ordered = storage::order_deliveries(options.data / "journal.db", action, rows);
  if (!ordered) return complain("deliveries", ordered.error().describe());
  const bool is_retry = action == Action::retry;
  print_done(options.json, {{"ordered", is_retry ? "retry" : "drop"}, {"deliveries", rows.size()}},
             std::to_string(rows.size()) + (is_retry ? " to be tried again" : " to be dropped") +
                 "; a running server takes it up within a second, else the next start does\n");
  return 0;
}

void add_filters(cli::App& command, DeliveriesOptions& options) {
  add_data_option(command, options.data);
  command.add_option("--key", options.keys, "The delivery of that key; may be given again");
  command.add_option("--state", options.state, "Only those in that state")
      ->check(cli::OneOf({"waiting", "delivered", "rejected", "held", "dropped"}));
  command.add_option("--solution", options.solution, "Only those of that solution");
  command.add_option("--env", options.environment, "Only those of sandbox, or of live");
  command.add_option("--kind", options.kind, "Such as braze.track or braze.call");
  command.add_option("--chat", options.chat, "Only those that this chat owes");
  command.add_option("--consumer", options.consumer, "Only those about this consumer");
  command.add_option("--since", options.since, "Only those owed at that moment or later");
  command.add_option("--limit", options.limit, "At most so many; list shows 100 when not given")
      ->check(cli::Range(size_t{1}, kOrderedMax));
}

}  // namespace

void add_deliveries_command(cli::App& cli, int& exit_code) {
  using Action = runtime::DeliveryOrder::Action;
  auto options = std::make_shared<DeliveriesOptions>();
  auto* command = cli.add_subcommand(
      "deliveries", "What is owed to outside systems such as Braze, and what became of it.");
  command->require_subcommand(1);

  auto* lists = command->add_subcommand("list", "One line for each; no consumer's words.");
  add_filters(*lists, *options);
  lists->add_flag("--json", options->json, "Print a JSON array");
  lists->callback([&exit_code, options] { exit_code = list(*options); });

  auto* shows = command->add_subcommand("show", "All about the deliveries of these keys, as JSON.");
  add_data_option(*shows, options->data);
  shows->add_option("KEY", options->keys, "The delivery's key")->required();
  shows->add_flag("--reveal", options->reveal,
                  "Also what it holds: attribute values, addresses, the answer");
  shows->callback([&exit_code, options] { exit_code = show(*options); });

  auto* retries = command->add_subcommand(
      "retry",
      "Send again what was rejected, is held or was dropped; held objects may then be there twice. "
      "Deliveries that were stopped go on.");
  add_filters(*retries, *options);
  retries->add_flag("--json", options->json, kOneJsonObject);
  retries->footer("Without --key and --state: all that is rejected or held.");
  retries->callback([&exit_code, options] { exit_code = order(*options, Action::retry); });

  auto* drops = command->add_subcommand("drop", "Do not send these any more.");
  add_filters(*drops, *options);
  drops->add_flag("--json", options->json, kOneJsonObject);
  drops->callback([&exit_code, options] { exit_code = order(*options, Action::drop); });

  auto* exports = command->add_subcommand(
      "export", "Each with all that it holds, consumers' words included, as a line of JSON.");
  add_filters(*exports, *options);
  exports->callback([&exit_code, options] { exit_code = write_out(*options); });
}

}  // namespace millrace::app
