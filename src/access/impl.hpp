// What the files that make up Access share; for this room only.
#pragma once

#include <mutex>

#include "access/access.hpp"
#include "access/book.hpp"
#include "base/hash.hpp"
#include "base/id.hpp"
#include "base/seal.hpp"

namespace millrace::access {

using base::Code;
using base::fail;
using base::Result;

struct Access::Impl {
  Impl(Ports the_ports, const AccessLimits& the_limits)
      : ports(std::move(the_ports)), limits(the_limits) {}

  Ports ports;
  AccessLimits limits;
  std::once_flag hashed_nobody;
  std::string hash_of_nobody;

  // Of no password: checked where there is no user.
  const std::string& nobody() {
    std::call_once(hashed_nobody, [this] {
      hash_of_nobody = hash_password(new_secret(), limits.password).value_or("");
    });
    return hash_of_nobody;
  }
  // 256 bits, base64url.
  std::string new_secret();
  std::string new_id();
  base::Timestamp now() { return ports.clock.now(); }
  AuditRow row(const Asker& asker, std::string_view right, std::string_view action,
               std::string_view object);

  // Answers with what `body` gave once it is durable together with its row.
  template <typename T>
  Result<T> change(AuditRow row, const std::function<Result<T>(PairsChange&, AuditRow&)>& body) {
    std::optional<T> out;
    auto done = ports.pairs.change([&](PairsChange& pairs) -> Result<void> {
      auto given = body(pairs, row);
      if (!given) return std::unexpected(given.error());
      out = std::move(*given);
      row.outcome = "done";
      return add_row(pairs, row);
    });
    if (!done) return std::unexpected(done.error());
    return std::move(*out);
  }
  Result<void> change(AuditRow row,
                      const std::function<Result<void>(PairsChange&, AuditRow&)>& body) {
    return ports.pairs.change([&](PairsChange& pairs) -> Result<void> {
      if (auto given = body(pairs, row); !given) return given;
      row.outcome = "done";
      return add_row(pairs, row);
    });
  }
  template <typename T>
  Result<T> read(const std::function<Result<T>(PairsRead&)>& body) {
    std::optional<Result<T>> out;
    auto done = ports.pairs.read([&](PairsRead& pairs) -> Result<void> {
      out = body(pairs);
      return {};
    });
    if (!done) return std::unexpected(done.error());
    return std::move(*out);
  }

  // With what the own roles among them have now; invalid_argument: there is no such role.
  Result<Grants> resolved(Grants grants) {
    return read<Grants>([&](PairsRead& pairs) -> Result<Grants> {
      if (auto done = book::resolve_given(pairs, grants); !done) {
        return std::unexpected(done.error());
      }
      return std::move(grants);
    });
  }
  bool is_over(const Session& session);
  // Begins a session of a user who has shown who they are; its token.
  Result<std::string> begin_session(PairsChange& pairs, User& user, const SignIn& from,
                                    std::string_view by);
  Result<std::string> make_link(PairsChange& pairs, const Link& link);
  // nullopt: it was used, or is over.
  Result<std::optional<Link>> link_of(PairsRead& pairs, std::string_view token);
  std::string seal_totp(const User& user, std::string_view secret);
  Result<std::string> totp_of(const User& user, std::string_view sealed);
};

}  // namespace millrace::access
