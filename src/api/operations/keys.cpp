// Keys of programs.
#include "api/listing.hpp"

namespace millrace::api {
namespace {

using base::Code;
using base::fail;

Replied list_keys(Call& call) {
  const auto limit = call.limit();
  const auto place = call.cursor();
  if (!limit) return std::unexpected(limit.error());
  if (!place) return std::unexpected(place.error());
  auto keys = call.ports.access.keys(json::get_string(*place, "after").value_or(""), *limit + 1);
  if (!keys) return std::unexpected(keys.error());
  return page_of(call, std::move(*keys), *limit);
}

Replied make_key(Call& call) {
  auto grants = grants_in(call.body);
  if (!grants) return std::unexpected(grants.error());
  access::NewKey wanted;
  wanted.name = *json::get_string(call.body, "name");
  wanted.grants = std::move(*grants);
  if (const auto* addresses = json::get_array(call.body, "addresses")) {
    for (const json::value& each : *addresses) wanted.addresses.push_back(json::to_text(each));
  }
  if (const auto text = json::get_string(call.body, "expires_at")) {
    const auto at = base::parse_iso8601(*text);
    if (!at || *at <= call.ports.clock.now()) {
      return fail(Code::invalid_argument, "a time to come is wanted", "/expires_at");
    }
    wanted.expires_at = *at;
  }
  const auto made = call.ports.access.make_key(call.asker, wanted);
  if (!made) return std::unexpected(made.error());
  json::object body = made->first.shown();
  body["secret"] = made->second;
  return Reply::at(201, std::move(body));
}

Replied revoke_key(Call& call) {
  auto done = call.ports.access.revoke_key(call.asker, call.path["key"]);
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

}  // namespace

std::vector<Operation> key_operations() {
  using Shape = Operation::Shape;
  constexpr Who kWho = Who::server(Right::users_write);
  return {
      {.id = "listKeys",
       .method = "GET",
       .path = "/keys",
       .who = kWho,
       .serve = list_keys,
       .summary = "Keys, in the order in which they were made; no secrets",
       .gives = "Key",
       .shape = Shape::list,
       .query = "limit cursor"},
      {.id = "makeKey",
       .method = "POST",
       .path = "/keys",
       .who = kWho,
       .serve = make_key,
       .summary = "Make a key; its secret is shown this once",
       .takes = "NewKey",
       .gives = "KeyWithSecret",
       .status = 201},
      {.id = "revokeKey",
       .method = "DELETE",
       .path = "/keys/{key}",
       .who = kWho,
       .serve = revoke_key,
       .summary = "Revoke a key, from now on",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
