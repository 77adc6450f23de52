// People who talked with bots: what is kept of one, exported and erased.
#include "api/chats.hpp"
#include "api/lines.hpp"
#include "runtime/records/record.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

// A person of several solutions is one whom only somebody who may see all of these may see.
base::Result<std::set<base::Id>> permitted_person(Call& call) {
  const auto id = base::Id::parse(call.path["consumer"]);
  auto person = id ? call.ports.records.person(*id)
                   : base::Result<std::set<base::Id>>(fail(Code::not_found, ""));
  (void)call.may_have("", "");
  const auto nobody = [] {
    return fail(Code::not_found, "nothing is kept of a consumer of that id");
  };
  if (!person) {
    if (person.error().code == Code::not_found) return nobody();
    return person;
  }
  const auto archive = call.ports.records.archive();
  if (!archive) return std::unexpected(archive.error());
  for (const base::Id& consumer : *person) {
    bool may = true;
    std::optional<base::Id> last;
    auto read = (*archive)->consumer(consumer, [&](const runtime::JournalRecord& record) {
      const auto turn = runtime::read_record(record);
      if (!turn || turn->chat == last) return may;
      last = turn->chat;
      const auto chat = (*archive)->find(turn->chat);
      const std::string solution =
          chat && *chat ? solution_of(call.ports.solutions, **chat) : std::string();
      may = may && call.may_have(solution, call.options.environment);
      return may;
    });
    if (!read) return std::unexpected(read.error());
    // Of somebody of whom only deliveries are left nobody says whose they were.
    if (!last) may = call.may_have("", "");
    if (!may) return nobody();
  }
  return person;
}

Replied export_person(Call& call) {
  const auto person = permitted_person(call);
  if (!person) return std::unexpected(person.error());
  auto noted = call.audit(Right::pii_read, "person.export", call.path["consumer"]);
  if (!noted) return std::unexpected(noted.error());
  return lines([&](const EachLine& each) {
    return call.ports.records.export_person(*person, [&](json::object line) { each(line); });
  });
}

Replied erase_person(Call& call) {
  const auto person = permitted_person(call);
  if (!person) return std::unexpected(person.error());
  auto noted = call.audit(Right::person_erase, "person.erase", call.path["consumer"]);
  if (!noted) return std::unexpected(noted.error());
  auto receipt = call.ports.records.erase(*person);
  if (!receipt) return std::unexpected(receipt.error());
  json::object out = std::move(*receipt);
  out["at"] = base::to_iso8601(call.ports.clock.now());
  out["request"] = call.asker.request;
  return Reply(std::move(out));
}

}  // namespace

std::vector<Operation> person_operations() {
  return {
      {.id = "exportPerson",
       .method = "GET",
       .path = "/consumers/{consumer}/export",
       .who = Who::thing(Right::pii_read),
       .serve = export_person,
       .summary = "All that is kept of a person, as lines of JSON",
       .gives = "ExportLine",
       .shape = Operation::Shape::lines},
      {.id = "erasePerson",
       .method = "DELETE",
       .path = "/consumers/{consumer}",
       .who = Who::thing(Right::person_erase),
       .serve = erase_person,
       .summary = "Remove what is kept of a person; the answer is the receipt",
       .gives = "Receipt"},
  };
}

}  // namespace millrace::api
