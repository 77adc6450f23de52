#include "access/book.hpp"

#include "access/access.hpp"
#include "base/text.hpp"

namespace millrace::access::book {
namespace {

using base::Code;
using base::fail;

constexpr size_t kPage = 500;

std::string name_key(std::string_view name) {
  return "name/" + base::to_ascii_lower(name);
}

std::string subject_key(std::string_view subject) {
  return "subject/" + hash_of_secret(subject);
}

std::string of_user(std::string_view user) {
  return "sessions/" + std::string(user) + "/";
}

Result<std::optional<User>> user_behind(PairsRead& pairs, const std::string& key) {
  const auto id = pairs.get(key);
  if (!id) return std::unexpected(id.error());
  if (!*id) return std::optional<User>();
  return find<User>(pairs, user_key(**id));
}

Result<void> resolve_all(PairsRead& pairs, Grants& grants, bool must_be_there) {
  for (Grant& grant : grants) {
    grant.bundle.clear();
    if (grant.own_role.empty()) continue;
    auto role = find<OwnRole>(pairs, role_key(grant.own_role));
    if (!role) return std::unexpected(role.error());
    if (*role) {
      grant.bundle = std::move((*role)->rights);
    } else if (must_be_there) {
      return fail(Code::invalid_argument, "there is no role '" + grant.own_role + "'", "grants");
    }
  }
  return {};
}

// Whether somebody of these has that role.
template <typename T>
Result<bool> is_given_to(PairsRead& pairs, std::string_view prefix, std::string_view role) {
  std::string after;
  for (;;) {
    const auto page = pairs.scan(prefix, after, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, text] : *page) {
      const auto one = find<T>(pairs, key);
      if (!one) return std::unexpected(one.error());
      if (!*one) continue;
      for (const Grant& grant : (*one)->grants) {
        if (grant.own_role == role) return true;
      }
    }
    if (page->size() < kPage) return false;
    after = page->back().first;
  }
}

}  // namespace

Result<void> resolve(PairsRead& pairs, Grants& grants) {
  return resolve_all(pairs, grants, false);
}
Result<void> resolve_given(PairsRead& pairs, Grants& grants) {
  return resolve_all(pairs, grants, true);
}

Result<bool> is_given(PairsRead& pairs, std::string_view role) {
  auto given = is_given_to<User>(pairs, "user/", role);
  if (given && !*given) given = is_given_to<Key>(pairs, "key/", role);
  return given;
}

std::string user_key(std::string_view id) {
  return "user/" + std::string(id);
}
std::string session_key(std::string_view hash) {
  return "session/" + std::string(hash);
}
std::string key_key(std::string_view id) {
  return "key/" + std::string(id);
}
std::string role_key(std::string_view name) {
  return "role/" + std::string(name);
}
std::string secret_key(std::string_view hash) {
  return "secret/" + std::string(hash);
}
std::string link_key(std::string_view hash) {
  return "link/" + std::string(hash);
}

Result<std::optional<User>> user_named(PairsRead& pairs, std::string_view name) {
  return user_behind(pairs, name_key(name));
}

Result<std::optional<User>> user_vouched(PairsRead& pairs, std::string_view subject) {
  return user_behind(pairs, subject_key(subject));
}

Result<User> user(PairsRead& pairs, std::string_view id_or_name) {
  auto found = find<User>(pairs, user_key(id_or_name));
  if (found && !*found) found = user_named(pairs, id_or_name);
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(Code::not_found, "there is no user '" + std::string(id_or_name) + "'");
  return std::move(**found);
}

Result<void> put_user(PairsChange& pairs, const User& user) {
  auto done = put(pairs, user_key(user.id), user);
  if (done) done = pairs.put(name_key(user.name), user.id);
  if (done && !user.subject.empty()) done = pairs.put(subject_key(user.subject), user.id);
  return done;
}

Result<void> remove_user(PairsChange& pairs, const User& user) {
  auto done = remove_sessions(pairs, user.id);
  if (done) done = pairs.remove(user_key(user.id));
  if (done) done = pairs.remove(name_key(user.name));
  if (done && !user.subject.empty()) done = pairs.remove(subject_key(user.subject));
  return done;
}

Result<bool> has_other_owner(PairsRead& pairs, std::string_view id) {
  std::string after;
  for (;;) {
    const auto page = pairs.scan("user/", after, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, text] : *page) {
      const auto other = find<User>(pairs, key);
      if (!other) return std::unexpected(other.error());
      const bool counts = *other && (*other)->id != id && !(*other)->disabled;
      if (counts && may((*other)->grants, Right::users_write, {})) return true;
    }
    if (page->size() < kPage) return false;
    after = page->back().first;
  }
}

Result<size_t> count(PairsRead& pairs, std::string_view prefix, size_t max) {
  const auto page = pairs.scan(prefix, "", max);
  if (!page) return std::unexpected(page.error());
  return page->size();
}

Result<bool> has_users(PairsRead& pairs) {
  const auto some = count(pairs, "user/", 1);
  if (!some) return std::unexpected(some.error());
  return *some > 0;
}

Result<std::vector<Session>> sessions_of(PairsRead& pairs, std::string_view user) {
  const std::string prefix = of_user(user);
  const auto page = pairs.scan(prefix, "", kPage);
  if (!page) return std::unexpected(page.error());
  std::vector<Session> sessions;
  for (const auto& [key, nothing] : *page) {
    auto session = find<Session>(pairs, session_key(std::string_view(key).substr(prefix.size())));
    if (!session) return std::unexpected(session.error());
    if (*session) sessions.push_back(std::move(**session));
  }
  return sessions;
}

Result<void> put_session(PairsChange& pairs, const Session& session) {
  auto done = put(pairs, session_key(session.hash), session);
  if (done) done = pairs.put(of_user(session.user) + session.hash, "");
  return done;
}

Result<void> remove_session(PairsChange& pairs, const Session& session) {
  auto done = pairs.remove(session_key(session.hash));
  if (done) done = pairs.remove(of_user(session.user) + session.hash);
  return done;
}

Result<void> remove_sessions(PairsChange& pairs, std::string_view user) {
  const auto sessions = sessions_of(pairs, user);
  if (!sessions) return std::unexpected(sessions.error());
  for (const Session& session : *sessions) {
    if (auto done = remove_session(pairs, session); !done) return done;
  }
  return {};
}

}  // namespace millrace::access::book
