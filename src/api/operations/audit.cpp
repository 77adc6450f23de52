// The audit log, and the matrix of rights.
#include "api/lines.hpp"
#include "api/operation.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

Replied list_audit(Call& call) {
  access::AuditFilter filter;
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  filter.who = call.query("who");
  filter.action = call.query("action");
  filter.object = call.query("object");
  if (const std::string text = call.query("since"); !text.empty()) {
    filter.since = base::parse_iso8601(text);
    if (!filter.since) return fail(Code::invalid_argument, "a time is wanted", "since");
  }
  filter.limit = *limit;
  filter.before = json::get_integer(*place, "number").value_or(0);
  const auto rows = call.ports.access.audit(filter);
  if (!rows) return std::unexpected(rows.error());
  json::array items;
  for (const access::AuditRow& row : *rows) items.emplace_back(row.to_json());
  std::optional<std::string> next;
  if (rows->size() == *limit) next = call.cursor_at({{"number", rows->back().number}});
  return listed(std::move(items), std::move(next));
}

Replied export_audit(Call& call) {
  constexpr size_t kPage = 500;
  auto after = std::make_shared<int64_t>(0);
  return paged_lines(call, [&all = call.ports.pairs, after](const EachLine& each) {
    return all.read([&](access::PairsRead& pairs) {
      size_t count = 0;
      const auto tell = [&](const access::AuditRow& row, std::string_view hash) {
        json::object line = row.to_json();
        line["hash"] = hash;
        each(line);
        *after = row.number;
        return ++count < kPage;
      };
      return access::each_row(pairs, *after, tell);
    });
  });
}

Replied get_rights(Call&) {
  constexpr std::string_view kWords[] = {"none", "own", "all"};
  json::object roles;
  for (size_t i = 0; i < access::kRoles.size(); ++i) {
    const auto role = static_cast<access::Role>(i);
    json::object rights;
    for (size_t j = 0; j < access::kRights.size(); ++j) {
      const auto right = static_cast<Right>(j);
      rights[access::kRights(right)] = kWords[static_cast<size_t>(access::reach_of(role, right))];
    }
    roles[access::kRoles(role)] = std::move(rights);
  }
  return Reply(json::object{{"roles", std::move(roles)}});
}

}  // namespace

std::vector<Operation> audit_operations() {
  using Shape = Operation::Shape;
  return {
      {.id = "listAudit",
       .method = "GET",
       .path = "/audit",
       .who = Who::server(Right::audit_read),
       .serve = list_audit,
       .summary = "Who did what, the latest first",
       .gives = "AuditRow",
       .shape = Shape::list,
       .query = "who action object since limit cursor"},
      {.id = "exportAudit",
       .method = "GET",
       .path = "/audit/export",
       .who = Who::server(Right::audit_read),
       .serve = export_audit,
       .summary = "The whole audit log with its hashes, the oldest first",
       .gives = "AuditLine",
       .shape = Shape::lines},
      {.id = "getRights",
       .method = "GET",
       .path = "/rights",
       .who = Who::signed_in(),
       .serve = get_rights,
       .summary = "What each role may do",
       .gives = "Rights"},
  };
}

}  // namespace millrace::api
