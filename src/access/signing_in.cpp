// Signing in and out, links, passwords and authenticators.
#include <algorithm>

#include "access/impl.hpp"
#include "access/totp.hpp"
#include "base/text.hpp"

namespace millrace::access {
namespace {

constexpr std::string_view kFirstOwner = "first-owner";
constexpr size_t kAgentBytesMax = 200;

Result<SignedIn> refused() {
  return fail(Code::unauthenticated, "the name or the password is not right");
}

}  // namespace

std::string Access::Impl::seal_totp(const User& user, std::string_view secret) {
  return base::seal(ports.seal_key, "totp:" + user.id, secret);
}

Result<std::string> Access::Impl::totp_of(const User& user, std::string_view sealed) {
  return base::unseal(ports.seal_key, "totp:" + user.id, sealed);
}

Result<std::string> Access::Impl::begin_session(PairsChange& pairs, User& user, const SignIn& from,
                                                std::string_view by) {
  auto sessions = book::sessions_of(pairs, user.id);
  if (!sessions) return std::unexpected(sessions.error());
  std::ranges::sort(*sessions, {}, &Session::used_at);
  for (size_t i = 0; i + limits.sessions_per_user_max <= sessions->size(); ++i) {
    if (auto done = book::remove_session(pairs, (*sessions)[i]); !done) {
      return std::unexpected(done.error());
    }
  }
  const std::string token = new_secret();
  const Session session{hash_of_secret(token),
                        user.id,
                        now(),
                        now(),
                        from.address,
                        base::clean_user_text(base::utf8_prefix(
                            base::is_valid_utf8(from.agent) ? from.agent : "", kAgentBytesMax)),
                        std::string(by)};
  user.signed_in_at = now();
  auto done = book::put_session(pairs, session);
  if (done) done = book::put_user(pairs, user);
  if (!done) return std::unexpected(done.error());
  return token;
}

Result<SignedIn> Access::sign_in(const SignIn& with) {
  auto& impl = *impl_;
  auto found = impl.read<std::optional<User>>(
      [&](PairsRead& pairs) { return book::user_named(pairs, with.name); });
  if (!found) return std::unexpected(found.error());
  const bool has_password = *found && !(*found)->disabled && !(*found)->password_hash.empty();
  // As slow for nobody as for somebody, and outside of the transaction.
  const bool is_right =
      with.password.size() <= kPasswordBytesMax &&
      is_password(has_password ? (*found)->password_hash : impl.nobody(), with.password);
  const std::string id = *found ? (*found)->id : std::string();
  AuditRow row = impl.row({{}, with.address, with.request}, "", "session.begin", id);
  row.who = id.empty() ? std::string() : "user:" + id;
  const auto failed = [&](Result<SignedIn> why) -> Result<SignedIn> {
    row.outcome = base::to_string(why.error().code);
    auto noted = impl.ports.pairs.change([&](PairsChange& pairs) { return add_row(pairs, row); });
    if (!noted) return std::unexpected(noted.error());
    return why;
  };
  if (!has_password || !is_right) return failed(refused());
  const bool has_totp = !(*found)->totp_secret.empty();
  if (has_totp && with.code.empty()) {
    return failed(fail(Code::unauthenticated, std::string(kSecondFactorWanted)));
  }
  std::string renewed;
  if (is_outdated((*found)->password_hash, impl.limits.password)) {
    renewed = hash_password(with.password, impl.limits.password).value_or("");
  }
  auto done = impl.change<SignedIn>(row, [&](PairsChange& pairs, AuditRow&) -> Result<SignedIn> {
    auto user = book::find<User>(pairs, book::user_key(id));
    if (!user) return std::unexpected(user.error());
    // Somebody may have changed it since.
    if (!*user || (*user)->disabled || (*user)->password_hash != (*found)->password_hash ||
        (*user)->totp_secret != (*found)->totp_secret) {
      return refused();
    }
    if (has_totp) {
      const auto secret = impl.totp_of(**user, (*user)->totp_secret);
      if (!secret) return std::unexpected(secret.error());
      const auto step = totp_step_of(*secret, with.code, impl.now(), (*user)->totp_used_step);
      if (!step) return fail(Code::unauthenticated, "the code is not right");
      (*user)->totp_used_step = *step;
    }
    if (!renewed.empty()) (*user)->password_hash = renewed;
    auto token = impl.begin_session(pairs, **user, with, has_totp ? "password+totp" : "password");
    if (!token) return std::unexpected(token.error());
    return SignedIn{std::move(*token), **user};
  });
  const bool was_refused = !done && done.error().code == Code::unauthenticated;
  return was_refused ? failed(std::move(done)) : std::move(done);
}

Result<void> Access::sign_out(const Asker& asker) {
  auto row = impl_->row(asker, "", "session.end", asker.principal.session);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow&) -> Result<void> {
    const auto session = book::find<Session>(pairs, book::session_key(asker.principal.session));
    if (!session) return std::unexpected(session.error());
    return *session ? book::remove_session(pairs, **session) : Result<void>();
  });
}

Result<std::vector<Session>> Access::sessions_of(std::string_view user) {
  auto sessions = impl_->read<std::vector<Session>>(
      [&](PairsRead& pairs) { return book::sessions_of(pairs, user); });
  if (sessions) std::erase_if(*sessions, [&](const Session& each) { return impl_->is_over(each); });
  return sessions;
}

Result<void> Access::end_session(const Asker& asker, std::string_view user, std::string_view id) {
  auto row =
      impl_->row(asker, user.empty() ? kRights(Right::users_write) : "", "session.revoke", id);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<void> {
    const auto session = book::find<Session>(pairs, book::session_key(id));
    if (!session) return std::unexpected(session.error());
    if (!*session || (!user.empty() && (*session)->user != user)) {
      return fail(Code::not_found, "there is no such session");
    }
    noted.before = "user:" + (*session)->user;
    return book::remove_session(pairs, **session);
  });
}

Result<std::string> Access::Impl::make_link(PairsChange& pairs, const Link& link) {
  const std::string token = new_secret();
  auto done = book::put(pairs, book::link_key(hash_of_secret(token)), link);
  if (!done) return std::unexpected(done.error());
  return token;
}

Result<std::optional<Link>> Access::Impl::link_of(PairsRead& pairs, std::string_view token) {
  auto link = book::find<Link>(pairs, book::link_key(hash_of_secret(token)));
  if (link && *link && (*link)->expires_at <= now()) *link = std::nullopt;
  return link;
}

Result<bool> Access::has_users() {
  return impl_->read<bool>([](PairsRead& pairs) { return book::has_users(pairs); });
}

Result<std::string> Access::link_for_first_owner() {
  auto row = impl_->row({command_line(), "", ""}, "", "link.make", kFirstOwner);
  return impl_->change<std::string>(
      std::move(row), [&](PairsChange& pairs, AuditRow&) -> Result<std::string> {
        const auto some = book::has_users(pairs);
        if (!some) return std::unexpected(some.error());
        if (*some) return fail(Code::failed_precondition, "there are users already");
        const auto former = pairs.get(kFirstOwner);
        if (!former) return std::unexpected(former.error());
        if (*former) {
          if (auto gone = pairs.remove(book::link_key(**former)); !gone) {
            return std::unexpected(gone.error());
          }
        }
        auto token =
            impl_->make_link(pairs, {"", {impl_->now().ms + impl_->limits.owner_link_ms}, false});
        if (!token) return token;
        auto done = pairs.put(kFirstOwner, hash_of_secret(*token));
        if (!done) return std::unexpected(done.error());
        return token;
      });
}

Result<std::string> Access::link_for(const Asker& asker, std::string_view user, bool resets_totp) {
  auto row = impl_->row(asker, kRights(Right::users_write), "link.make", user);
  return impl_->change<std::string>(
      std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<std::string> {
        const auto found = book::user(pairs, user);
        if (!found) return std::unexpected(found.error());
        // Whoever sets the password of somebody else is somebody else.
        if (!may_give(asker.principal.grants, found->grants)) {
          return fail(Code::permission_denied, "this user may do more than you may");
        }
        noted.object = found->id;
        noted.after = resets_totp ? "password, authenticator" : "password";
        return impl_->make_link(
            pairs, {found->id, {impl_->now().ms + impl_->limits.link_ms}, resets_totp});
      });
}

Result<std::string> Access::user_of_link(std::string_view token) {
  return impl_->read<std::string>([&](PairsRead& pairs) -> Result<std::string> {
    const auto link = impl_->link_of(pairs, token);
    if (!link) return std::unexpected(link.error());
    if (!*link) return fail(Code::not_found, "this link was used, or is over; ask for another");
    if ((*link)->user.empty()) return std::string();
    const auto user = book::user(pairs, (*link)->user);
    if (!user) return std::unexpected(user.error());
    return user->name;
  });
}

Result<SignedIn> Access::use_link(std::string_view token, const SignIn& with) {
  auto& impl = *impl_;
  const auto name = user_of_link(token);
  if (!name) return std::unexpected(name.error());
  const bool is_first = name->empty();
  if (is_first && !is_user_name(with.name)) {
    return fail(Code::invalid_argument, "a user's name has 1 to 64 letters, digits and . - _ @ +");
  }
  if (auto fine = check_password(with.password, is_first ? with.name : *name); !fine) {
    return std::unexpected(fine.error());
  }
  const auto hash = hash_password(with.password, impl.limits.password);
  if (!hash) return std::unexpected(hash.error());
  auto row = impl.row({{}, with.address, with.request}, "", "link.use", "");
  return impl.change<SignedIn>(
      std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<SignedIn> {
        const auto link = impl.link_of(pairs, token);
        if (!link) return std::unexpected(link.error());
        if (!*link) return fail(Code::not_found, "this link was used, or is over");
        User user;
        if (is_first) {
          const auto some = book::has_users(pairs);
          if (!some) return std::unexpected(some.error());
          if (*some) return fail(Code::failed_precondition, "there are users already");
          Grant all;
          all.role = Role::owner;
          user.id = impl.new_id();
          user.name = with.name;
          user.grants = {all};
          user.made_at = impl.now();
        } else {
          auto found = book::user(pairs, (*link)->user);
          if (!found) return std::unexpected(found.error());
          if (found->disabled) return fail(Code::not_found, "this link was used, or is over");
          user = std::move(*found);
          if (auto done = book::remove_sessions(pairs, user.id); !done) {
            return std::unexpected(done.error());
          }
        }
        user.password_hash = *hash;
        if ((*link)->resets_totp) user.totp_secret.clear();
        user.changed_at = impl.now();
        ++user.version;
        noted.who = "user:" + user.id;
        noted.object = user.id;
        if (auto gone = pairs.remove(book::link_key(hash_of_secret(token))); !gone) {
          return std::unexpected(gone.error());
        }
        // A second factor that stands is not gone around by a link.
        if (!user.totp_secret.empty()) {
          if (auto put = book::put_user(pairs, user); !put) return std::unexpected(put.error());
          return SignedIn{"", user};
        }
        auto session = impl.begin_session(pairs, user, with, "link");
        if (!session) return std::unexpected(session.error());
        return SignedIn{std::move(*session), user};
      });
}

}  // namespace millrace::access
