#include "app/operators/records.hpp"

#include <future>

#include "app/commands/data/verify_data.hpp"
#include "app/commands/trace_files.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/receivers.hpp"
#include "delivery/codec.hpp"
#include "solutions/export.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/forget.hpp"

namespace millrace::app {

using base::Code;
using base::fail;
using runtime::Retired;
using runtime::Retirement;

base::Result<std::unique_ptr<runtime::Archive>> OperatorRecords::archive() {
  return archive_of(ports_.data);
}

base::Result<void> OperatorRecords::traces(std::string_view chat, const Each& each) {
  return each_trace(
      ports_.data, calls::traces_of_chat(std::string(chat)), [](std::string_view) { return true; },
      [&](const calls::CallTrace& trace) { each(calls::shown(trace)); });
}

std::string OperatorRecords::summary(const runtime::StoredDelivery& stored) {
  // A row's kind begins with the name of its kind of receiver.
  const auto* kind = delivery::kind_of(
      receivers(), std::string_view(stored.row.kind).substr(0, stored.row.kind.find('.')));
  return kind == nullptr ? "cannot be read" : kind->speak()->summary(stored.row);
}

base::Result<void> OperatorRecords::order(runtime::DeliveryOrder::Action action,
                                          const std::vector<int64_t>& rows) {
  return storage::order_deliveries(ports_.data / "journal.db", action, rows);
}

base::Result<std::set<base::Id>> OperatorRecords::person(base::Id consumer) {
  const auto journal = ports_.data / "journal.db";
  auto people = storage::joined_with(journal, {consumer});
  if (!people) return std::unexpected(people.error());
  const auto kept = storage::kept_of(journal, *people, chat_in);
  if (!kept) return std::unexpected(kept.error());
  if (people->size() > 1 || kept->records + kept->deliveries > 0) return people;
  return fail(Code::not_found, "nothing is kept of this consumer");
}

base::Result<void> OperatorRecords::export_person(const std::set<base::Id>& person,
                                                  const Each& each) {
  const auto reading = archive();
  if (!reading) return std::unexpected(reading.error());
  return solutions::export_person(
      person,
      {**reading,
       [this](const runtime::DeliveryFilter& filter) { return ports_.deliveries.list(filter); },
       ports_.seal_key},
      [&](const json::object& object) { each(object); });
}

base::Result<Retired> OperatorRecords::retire(const Retirement& what) {
  // Shared: who sets it may still be at it when it has been read here.
  auto promise = std::make_shared<std::promise<base::Result<Retired>>>();
  auto future = promise->get_future();
  ports_.runtime.when_at_rest(what.consumer, [this, what, promise](bool is_at_rest) {
    if (!is_at_rest) return promise->set_value(Retired::changed);
    ports_.journal.retire(what,
                          [promise](auto retired) { promise->set_value(std::move(retired)); });
  });
  if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    return fail(Code::deadline_exceeded, "the person was busy for too long; ask again");
  }
  return future.get();
}

// What stands in the journal goes now; what a running server cannot take out of other files is
// named, so that nobody believes it gone.
base::Result<json::object> OperatorRecords::erase(const std::set<base::Id>& person) {
  const auto journal = ports_.data / "journal.db";
  const auto kept = storage::kept_of(journal, person, chat_in);
  if (!kept) return std::unexpected(kept.error());
  if (kept->owed > 0) {
    return fail(Code::failed_precondition,
                std::to_string(kept->owed) +
                    " deliveries about this person wait or are held; let them be sent, or drop "
                    "them first");
  }
  const auto reading = archive();
  if (!reading) return std::unexpected(reading.error());
  for (const base::Id& consumer : person) {
    int64_t last = 0;
    auto read = (*reading)->consumer(consumer, [&](const runtime::JournalRecord& record) {
      last = record.place;
      return true;
    });
    if (!read) return std::unexpected(read.error());
    if (last == 0) continue;
    for (auto retired = base::Result<Retired>(Retired::partly); *retired == Retired::partly;) {
      retired = retire({.consumer = consumer, .last = last, .how = Retirement::How::whole});
      if (!retired) return std::unexpected(retired.error());
      if (*retired == Retired::changed) {
        return fail(Code::failed_precondition,
                    "the person is talking just now, or something is due for them; ask again when "
                    "their chat has ended");
      }
    }
  }
  auto gone = ports_.actions.forget(kept->chats);
  if (gone) gone = forget_quarantined(ports_.data, kept->chats);
  if (!gone) return std::unexpected(gone.error());
  json::array left{"rows of the audit log that name their id"};
  if (person.size() > 1) left.emplace_back("that their ids were joined, until `millrace forget`");
  return json::object{{"consumers", person.size()},
                      {"chats", kept->chats.size()},
                      {"turns", kept->records},
                      {"complete", kept->chats.empty()},
                      {"left", std::move(left)}};
}

}  // namespace millrace::app
