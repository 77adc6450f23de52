// People: added, changed, removed; and what they change of their own.
#include "access/impl.hpp"
#include "access/totp.hpp"
#include "base/text.hpp"

namespace millrace::access {
namespace {

std::string summary_of(const User& user) {
  return (user.disabled ? "disabled " : "") + json::serialize(json::value(to_json(user.grants)));
}

bool is_owner(const User& user) {
  return !user.disabled && may(user.grants, Right::users_write, {});
}

// The provider's name for somebody, as far as it can be one of ours.
std::string made_name(std::string_view wanted) {
  constexpr size_t kBytesMax = 48;
  std::string name;
  for (const char c : wanted.substr(0, kBytesMax)) {
    name.push_back(is_user_name(std::string_view(&c, 1)) ? c : '-');
  }
  return name.empty() ? "user" : name;
}

}  // namespace

Result<std::vector<User>> Access::users(std::string_view after, size_t limit) {
  return impl_->read<std::vector<User>>([&](PairsRead& pairs) -> Result<std::vector<User>> {
    const auto page = pairs.scan("user/", after.empty() ? "" : book::user_key(after), limit);
    if (!page) return std::unexpected(page.error());
    std::vector<User> users;
    for (const auto& [key, text] : *page) {
      auto user = book::find<User>(pairs, key);
      if (!user) return std::unexpected(user.error());
      if (*user) users.push_back(std::move(**user));
    }
    return users;
  });
}

Result<User> Access::user(std::string_view id_or_name) {
  return impl_->read<User>([&](PairsRead& pairs) { return book::user(pairs, id_or_name); });
}

Result<User> Access::add_user(const Asker& asker, std::string_view name, const Grants& given) {
  if (!is_user_name(name)) {
    return fail(Code::invalid_argument, "a user's name has 1 to 64 letters, digits and . - _ @ +");
  }
  const auto grants = impl_->resolved(given);
  if (!grants) return std::unexpected(grants.error());
  if (!may_give(asker.principal.grants, *grants)) {
    return fail(Code::permission_denied, "nobody gives more than they may do themselves");
  }
  User user;
  user.id = impl_->new_id();
  user.name = name;
  user.grants = *grants;
  user.made_at = user.changed_at = impl_->now();
  user.version = 1;
  auto row = impl_->row(asker, kRights(Right::users_write), "user.add", user.id);
  return impl_->change<User>(
      std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<User> {
        const auto other = book::user_named(pairs, name);
        if (!other) return std::unexpected(other.error());
        if (*other) return fail(Code::already_exists, "there is a user of that name");
        const auto many = book::count(pairs, "user/", impl_->limits.users_max);
        if (!many) return std::unexpected(many.error());
        if (*many == impl_->limits.users_max) {
          return fail(Code::resource_exhausted, "there are as many users as there may be");
        }
        noted.after = summary_of(user);
        if (auto put = book::put_user(pairs, user); !put) return std::unexpected(put.error());
        return user;
      });
}

Result<User> Access::change_user(const Asker& asker, std::string_view id,
                                 const UserChange& change) {
  auto row = impl_->row(asker, kRights(Right::users_write), "user.change", id);
  return impl_->change<User>(
      std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<User> {
        auto user = book::user(pairs, id);
        if (!user) return user;
        if (change.version && *change.version != user->version) {
          return fail(Code::failed_precondition, "the user was changed by somebody else since");
        }
        Grants wanted = user->grants;
        if (change.grants) {
          wanted = *change.grants;
          auto resolved = book::resolve_given(pairs, wanted);
          if (!resolved) return std::unexpected(resolved.error());
        }
        // Neither what they had nor what they get may be more than the asker has.
        if (!may_give(asker.principal.grants, user->grants) ||
            !may_give(asker.principal.grants, wanted)) {
          return fail(Code::permission_denied, "nobody gives or takes more than they may do");
        }
        noted.object = user->id;
        noted.before = summary_of(*user);
        const bool was_owner = is_owner(*user);
        user->grants = wanted;
        if (change.disabled) user->disabled = *change.disabled;
        user->changed_at = impl_->now();
        ++user->version;
        noted.after = summary_of(*user);
        const auto others = book::has_other_owner(pairs, user->id);
        if (!others) return std::unexpected(others.error());
        if (was_owner && !is_owner(*user) && !*others) {
          return fail(Code::failed_precondition, "nobody would be left who may change users");
        }
        auto done = user->disabled ? book::remove_sessions(pairs, user->id) : Result<void>();
        if (done) done = book::put_user(pairs, *user);
        if (!done) return std::unexpected(done.error());
        return user;
      });
}

Result<void> Access::remove_user(const Asker& asker, std::string_view id) {
  auto row = impl_->row(asker, kRights(Right::users_write), "user.remove", id);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<void> {
    const auto user = book::user(pairs, id);
    if (!user) return std::unexpected(user.error());
    if (!may_give(asker.principal.grants, user->grants)) {
      return fail(Code::permission_denied, "this user may do more than you may");
    }
    const auto others = book::has_other_owner(pairs, user->id);
    if (!others) return std::unexpected(others.error());
    // The command line may begin anew; a page may not lock everybody out.
    if (is_owner(*user) && !*others && asker.principal.kind != Principal::Kind::command) {
      return fail(Code::failed_precondition, "nobody would be left who may change users");
    }
    noted.object = user->id;
    noted.before = summary_of(*user);
    return book::remove_user(pairs, *user);
  });
}

Result<void> Access::change_password(const Asker& asker, std::string_view present,
                                     std::string_view wanted) {
  const auto user = this->user(asker.principal.id);
  if (!user) return std::unexpected(user.error());
  if (!is_password(user->password_hash, present)) {
    return fail(Code::unauthenticated, "the present password is not right");
  }
  if (auto fine = check_password(wanted, user->name); !fine) return fine;
  const auto hash = hash_password(wanted, impl_->limits.password);
  if (!hash) return std::unexpected(hash.error());
  auto row = impl_->row(asker, "", "password.change", user->id);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow&) -> Result<void> {
    auto now = book::user(pairs, user->id);
    if (!now) return std::unexpected(now.error());
    if (now->password_hash != user->password_hash) {
      return fail(Code::failed_precondition, "the password was changed by somebody else since");
    }
    now->password_hash = *hash;
    // Whoever knew the old one is out; the session that asks goes on.
    const auto sessions = book::sessions_of(pairs, user->id);
    if (!sessions) return std::unexpected(sessions.error());
    for (const Session& session : *sessions) {
      if (session.hash == asker.principal.session) continue;
      if (auto done = book::remove_session(pairs, session); !done) return done;
    }
    return book::put_user(pairs, *now);
  });
}

Result<std::string> Access::offer_totp(const Asker& asker) {
  std::string secret(kTotpSecretBytes, '\0');
  impl_->ports.random.fill({reinterpret_cast<uint8_t*>(secret.data()), secret.size()});
  auto row = impl_->row(asker, "", "totp.offer", asker.principal.id);
  return impl_->change<std::string>(
      std::move(row), [&](PairsChange& pairs, AuditRow&) -> Result<std::string> {
        auto user = book::user(pairs, asker.principal.id);
        if (!user) return std::unexpected(user.error());
        if (!user->totp_secret.empty()) {
          return fail(Code::already_exists, "there is an authenticator; remove it first");
        }
        user->totp_offered = impl_->seal_totp(*user, secret);
        if (auto put = book::put_user(pairs, *user); !put) return std::unexpected(put.error());
        return secret;
      });
}

Result<void> Access::confirm_totp(const Asker& asker, std::string_view code) {
  auto row = impl_->row(asker, "", "totp.confirm", asker.principal.id);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow&) -> Result<void> {
    auto user = book::user(pairs, asker.principal.id);
    if (!user) return std::unexpected(user.error());
    if (user->totp_offered.empty()) {
      return fail(Code::failed_precondition, "no authenticator was offered");
    }
    const auto secret = impl_->totp_of(*user, user->totp_offered);
    if (!secret) return std::unexpected(secret.error());
    const auto step = totp_step_of(*secret, code, impl_->now(), 0);
    if (!step) return fail(Code::invalid_argument, "the code is not right");
    user->totp_secret = std::move(user->totp_offered);
    user->totp_offered.clear();
    user->totp_used_step = *step;
    return book::put_user(pairs, *user);
  });
}

Result<void> Access::remove_totp(const Asker& asker, std::string_view password) {
  const auto user = this->user(asker.principal.id);
  if (!user) return std::unexpected(user.error());
  if (!is_password(user->password_hash, password)) {
    return fail(Code::unauthenticated, "the password is not right");
  }
  auto row = impl_->row(asker, "", "totp.remove", asker.principal.id);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow&) -> Result<void> {
    auto now = book::user(pairs, asker.principal.id);
    if (!now) return std::unexpected(now.error());
    now->totp_secret.clear();
    now->totp_offered.clear();
    return book::put_user(pairs, *now);
  });
}

Result<SignedIn> Access::sign_in_vouched(const Vouched& who, const SignIn& from) {
  auto row = impl_->row({{}, from.address, from.request}, "", "session.begin", "");
  return impl_->change<SignedIn>(std::move(row),
                                 [&](PairsChange& pairs, AuditRow& noted) -> Result<SignedIn> {
                                   auto known = book::user_vouched(pairs, who.subject);
                                   if (!known) return std::unexpected(known.error());
                                   User user;
                                   if (*known) {
                                     user = std::move(**known);
                                   } else {
                                     user.id = impl_->new_id();
                                     user.subject = who.subject;
                                     user.made_at = impl_->now();
                                     const std::string wanted = made_name(who.name);
                                     user.name = wanted;
                                     for (int number = 2;; ++number) {
                                       const auto other = book::user_named(pairs, user.name);
                                       if (!other) return std::unexpected(other.error());
                                       if (!*other) break;
                                       user.name = wanted + "-" + std::to_string(number);
                                     }
                                   }
                                   if (user.disabled)
                                     return fail(Code::unauthenticated, "this user was disabled");
                                   Grants vouched = who.grants;
                                   if (auto done = book::resolve(pairs, vouched); !done) {
                                     return std::unexpected(done.error());
                                   }
                                   if (user.grants != vouched) {
                                     noted.before = summary_of(user);
                                     user.grants = std::move(vouched);
                                     user.changed_at = impl_->now();
                                     ++user.version;
                                     noted.after = summary_of(user);
                                   }
                                   noted.who = "user:" + user.id;
                                   noted.object = user.id;
                                   auto token = impl_->begin_session(pairs, user, from, "oidc");
                                   if (!token) return std::unexpected(token.error());
                                   return SignedIn{std::move(*token), user};
                                 });
}

}  // namespace millrace::access
