#include "app/operators/records.hpp"

#include <future>

#include "app/commands/data/sandbox_people.hpp"
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

namespace {

// What another thread comes to say, within patience here. Shared: it may say it later.
template <typename T, typename Begin>
base::Result<T> awaited(Begin begin) {
  auto promise = std::make_shared<std::promise<base::Result<T>>>();
  auto future = promise->get_future();
  begin([promise](base::Result<T> said) { promise->set_value(std::move(said)); });
  if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    return fail(Code::deadline_exceeded, "the person was busy for too long; ask again");
  }
  return future.get();
}

base::Error is_talking() {
  return {Code::failed_precondition,
          "the person is talking just now, or something is due for them; ask again when their chat "
          "has ended",
          {}};
}

}  // namespace

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

base::Result<bool> OperatorRecords::is_at_rest(base::Id consumer) {
  return awaited<bool>([&](auto said) {
    ports_.runtime.when_at_rest(consumer, [said](bool is_at_rest) mutable { said(is_at_rest); });
  });
}

base::Result<Retired> OperatorRecords::retire(const Retirement& what) {
  return awaited<Retired>([&](auto said) {
    ports_.runtime.when_at_rest(what.consumer, [this, what, said](bool is_at_rest) mutable {
      if (!is_at_rest) return said(Retired::changed);
      ports_.journal.retire(what, std::move(said));
    });
  });
}

base::Result<void> OperatorRecords::retire_all(const std::set<base::Id>& person) {
  const auto reading = archive();
  if (!reading) return std::unexpected(reading.error());
  for (const base::Id& consumer : person) {
    int64_t last = 0;
    auto read = (*reading)->consumer(consumer, [&](const runtime::JournalRecord& record) {
      last = record.place;
      return true;
    });
    if (!read) return read;
    if (last == 0) continue;
    for (auto retired = base::Result<Retired>(Retired::partly); *retired == Retired::partly;) {
      retired = retire({.consumer = consumer, .last = last, .how = Retirement::How::whole});
      if (!retired) return std::unexpected(retired.error());
      if (*retired == Retired::changed) return std::unexpected(is_talking());
    }
  }
  return {};
}

base::Result<void> OperatorRecords::part(base::Id consumer) {
  return awaited<void>([&](auto said) { ports_.identities.part(consumer, std::move(said)); });
}

// What a running server cannot take away of anybody; the first is never taken.
base::Result<json::array> OperatorRecords::left_of() const {
  json::array left{"rows of the audit log that name their id"};
  // One that a server of before kept, and this one does not run.
  std::error_code error;
  if (ports_.sandbox == nullptr && std::filesystem::exists(ports_.data / "braze.db", error)) {
    left.emplace_back(
        "what the Braze sandbox of this folder has of them, which this server does not run, until "
        "`millrace forget`");
  }
  const auto has_aside = storage::has_records_aside(ports_.data / "journal.db");
  if (!has_aside) return std::unexpected(has_aside.error());
  if (*has_aside) {
    left.emplace_back(
        "records of theirs, if there are any among those that `millrace verify --repair` put "
        "aside, until `millrace forget`");
  }
  if (const auto file = file_put_aside(ports_.data)) {
    left.emplace_back("what " + file->filename().string() +
                      ", which was put aside as damaged, may hold of them, until it is removed");
  }
  return left;
}

// What can only be found by the turns goes before them, and the joins, by which all ids of the
// person are found, go last: what was cut short can be asked for again. What a running server
// cannot take away is named, so that nobody believes it gone.
base::Result<json::object> OperatorRecords::erase(const std::set<base::Id>& person) {
  const auto kept = storage::kept_of(ports_.data / "journal.db", person, chat_in);
  if (!kept) return std::unexpected(kept.error());
  if (kept->owed > 0) {
    return fail(Code::failed_precondition,
                std::to_string(kept->owed) +
                    " deliveries about this person wait or are held; let them be sent, or drop "
                    "them first");
  }
  for (const base::Id& consumer : person) {
    const auto at_rest = is_at_rest(consumer);
    if (!at_rest) return std::unexpected(at_rest.error());
    if (!*at_rest) return std::unexpected(is_talking());
  }
  base::Result<void> gone;
  if (ports_.sandbox != nullptr) {
    const auto names = sandbox_names_of(ports_.data, person);
    if (!names) return std::unexpected(names.error());
    gone = ports_.sandbox->forget(*names);
  }
  if (gone) gone = awaited<void>([&](auto said) { ports_.media.forget(person, std::move(said)); });
  if (gone) gone = ports_.actions.forget(kept->chats);
  if (gone) gone = forget_quarantined(ports_.data, kept->chats);
  if (gone) gone = retire_all(person);
  if (gone && person.size() > 1) gone = part(*person.begin());
  if (!gone) return std::unexpected(gone.error());
  const auto left = left_of();
  if (!left) return std::unexpected(left.error());
  return json::object{{"consumers", person.size()},
                      {"chats", kept->chats.size()},
                      {"turns", kept->records},
                      {"complete", left->size() == 1},
                      {"left", *left}};
}

}  // namespace millrace::app
