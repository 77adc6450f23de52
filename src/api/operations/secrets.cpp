// Secrets of the server's store: their names and dates, written and never read.
#include "api/studio_call.hpp"

namespace millrace::api {
namespace {

Replied list_secrets(Call& call) {
  return listed_or_refused(call.ports.studio.secrets());
}

Replied set_secret(Call& call) {
  auto noted = call.audit(Right::secret_write, "secret.set", call.path["secret"]);
  if (!noted) return std::unexpected(noted.error());
  return replied(
      call.ports.studio.set_secret(call.path["secret"], *json::get_string(call.body, "value")));
}

Replied remove_secret(Call& call) {
  auto noted = call.audit(Right::secret_write, "secret.remove", call.path["secret"]);
  if (!noted) return std::unexpected(noted.error());
  auto done = call.ports.studio.remove_secret(call.path["secret"]);
  if (!done) return std::unexpected(done.error());
  return Reply::nothing();
}

}  // namespace

std::vector<Operation> secret_operations() {
  using Shape = Operation::Shape;
  constexpr Who kWho = Who::server(Right::secret_write);
  return {
      {.id = "listSecrets",
       .method = "GET",
       .path = "/secrets",
       .who = kWho,
       .serve = list_secrets,
       .summary = "Names and dates of what is in the store of secrets",
       .gives = "Secret",
       .shape = Shape::list},
      {.id = "setSecret",
       .method = "PUT",
       .path = "/secrets/{secret}",
       .who = kWho,
       .serve = set_secret,
       .summary = "Set a secret's value, which no operation gives back",
       .takes = "SecretValue",
       .gives = "Secret"},
      {.id = "removeSecret",
       .method = "DELETE",
       .path = "/secrets/{secret}",
       .who = kWho,
       .serve = remove_secret,
       .summary = "Remove a secret",
       .shape = Shape::nothing,
       .status = 204},
  };
}

}  // namespace millrace::api
