#include "access/access.hpp"

#include <algorithm>

#include "access/addresses.hpp"
#include "access/impl.hpp"
#include "base/text.hpp"

namespace millrace::access {
namespace {

constexpr size_t kPage = 500;
constexpr std::string_view kKeyMark = "mrk_";

Result<Principal> nobody() {
  return fail(Code::unauthenticated, "sign in, or give a key that is valid");
}

}  // namespace

std::string hash_of_secret(std::string_view secret) {
  return base::to_hex(base::sha256(secret));
}

Access::Access(Ports ports, AccessLimits limits)
    : impl_(std::make_unique<Impl>(std::move(ports), limits)) {}
Access::~Access() = default;

std::string Access::Impl::new_secret() {
  std::string bytes(32, '\0');
  ports.random.fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return base::to_base64url(bytes);
}

std::string Access::Impl::new_id() {
  std::array<uint8_t, 10> chance{};
  ports.random.fill(chance);
  return base::Id::version7(now(), chance).to_string();
}

AuditRow Access::Impl::row(const Asker& asker, std::string_view right, std::string_view action,
                           std::string_view object) {
  AuditRow out;
  out.at = now();
  out.who = asker.principal.who();
  out.from = asker.address;
  out.request = asker.request;
  out.right = right;
  out.action = action;
  out.object = object;
  return out;
}

bool Access::Impl::is_over(const Session& session) {
  const int64_t at = now().ms;
  return at - session.used_at.ms > limits.session_idle_ms ||
         at - session.begun_at.ms > limits.session_life_ms;
}

Result<Principal> Access::of_session(std::string_view token) {
  const std::string hash = hash_of_secret(token);
  bool is_long_ago = false;
  auto found = impl_->read<Principal>([&](PairsRead& pairs) -> Result<Principal> {
    const auto session = book::find<Session>(pairs, book::session_key(hash));
    if (!session) return std::unexpected(session.error());
    if (!*session || impl_->is_over(**session)) return nobody();
    auto user = book::find<User>(pairs, book::user_key((*session)->user));
    if (!user) return std::unexpected(user.error());
    if (!*user || (*user)->disabled) return nobody();
    is_long_ago = impl_->now().ms - (*session)->used_at.ms >= impl_->limits.used_every_ms;
    return Principal{Principal::Kind::user, (*user)->id, (*user)->name, std::move((*user)->grants),
                     hash};
  });
  if (!found || !is_long_ago) return found;
  auto noted = impl_->ports.pairs.change([&](PairsChange& pairs) -> Result<void> {
    auto session = book::find<Session>(pairs, book::session_key(hash));
    if (!session) return std::unexpected(session.error());
    if (!*session) return {};
    (*session)->used_at = impl_->now();
    return book::put_session(pairs, **session);
  });
  if (!noted) return std::unexpected(noted.error());
  return found;
}

Result<Principal> Access::of_key(std::string_view secret, std::string_view address) {
  if (!secret.starts_with(kKeyMark)) return nobody();
  std::string id;
  bool is_long_ago = false;
  auto found = impl_->read<Principal>([&](PairsRead& pairs) -> Result<Principal> {
    const auto named = pairs.get(book::secret_key(hash_of_secret(secret)));
    if (!named) return std::unexpected(named.error());
    if (!*named) return nobody();
    id = **named;
    auto key = book::find<Key>(pairs, book::key_key(id));
    if (!key) return std::unexpected(key.error());
    const int64_t at = impl_->now().ms;
    if (!*key || ((*key)->expires_at.ms != 0 && at >= (*key)->expires_at.ms)) return nobody();
    const auto& rules = (*key)->addresses;
    const bool may_come = rules.empty() || std::ranges::any_of(rules, [&](const auto& rule) {
                            return is_within(address, rule);
                          });
    if (!may_come) return nobody();
    is_long_ago = at - (*key)->used_at.ms >= impl_->limits.used_every_ms;
    return Principal{Principal::Kind::key, id, (*key)->name, std::move((*key)->grants), ""};
  });
  if (!found || !is_long_ago) return found;
  auto noted = impl_->ports.pairs.change([&](PairsChange& pairs) -> Result<void> {
    auto key = book::find<Key>(pairs, book::key_key(id));
    if (!key) return std::unexpected(key.error());
    if (!*key) return {};
    (*key)->used_at = impl_->now();
    return book::put(pairs, book::key_key(id), **key);
  });
  if (!noted) return std::unexpected(noted.error());
  return found;
}

Result<std::vector<Key>> Access::keys(std::string_view after, size_t limit) {
  return impl_->read<std::vector<Key>>([&](PairsRead& pairs) -> Result<std::vector<Key>> {
    const auto page = pairs.scan("key/", after.empty() ? "" : book::key_key(after), limit);
    if (!page) return std::unexpected(page.error());
    std::vector<Key> keys;
    for (const auto& [name, text] : *page) {
      auto key = book::find<Key>(pairs, name);
      if (!key) return std::unexpected(key.error());
      if (*key) keys.push_back(std::move(**key));
    }
    return keys;
  });
}

Result<std::pair<Key, std::string>> Access::make_key(const Asker& asker, const NewKey& wanted) {
  constexpr size_t kNameBytesMax = 128;
  constexpr size_t kAddressesMax = 32;
  if (wanted.name.empty() || wanted.name.size() > kNameBytesMax) {
    return fail(Code::invalid_argument, "a key has a name of 1 to 128 bytes");
  }
  if (wanted.grants.empty()) return fail(Code::invalid_argument, "a key that may do nothing");
  if (wanted.addresses.size() > kAddressesMax ||
      !std::ranges::all_of(wanted.addresses, is_address_rule)) {
    return fail(Code::invalid_argument,
                "addresses are at most 32, each like 192.0.2.7 or 192.0.2.0/24");
  }
  const auto grants = impl_->resolved(wanted.grants);
  if (!grants) return std::unexpected(grants.error());
  if (!may_give(asker.principal.grants, *grants)) {
    return fail(Code::permission_denied, "nobody gives a key more than they may do themselves");
  }
  Key key;
  key.id = impl_->new_id();
  key.name = wanted.name;
  key.grants = *grants;
  key.addresses = wanted.addresses;
  key.expires_at = wanted.expires_at;
  key.made_at = impl_->now();
  key.made_by = asker.principal.who();
  const std::string secret = std::string(kKeyMark) + impl_->new_secret();
  key.secret_hash = hash_of_secret(secret);
  auto row = impl_->row(asker, kRights(Right::users_write), "key.make", key.id);
  return impl_->change<std::pair<Key, std::string>>(
      std::move(row),
      [&](PairsChange& pairs, AuditRow& noted) -> Result<std::pair<Key, std::string>> {
        const auto many = book::count(pairs, "key/", impl_->limits.keys_max);
        if (!many) return std::unexpected(many.error());
        if (*many == impl_->limits.keys_max) {
          return fail(Code::resource_exhausted, "there are as many keys as there may be");
        }
        noted.after = json::serialize(json::value(to_json(key.grants)));
        auto done = book::put(pairs, book::key_key(key.id), key);
        if (done) done = pairs.put(book::secret_key(key.secret_hash), key.id);
        if (!done) return std::unexpected(done.error());
        return std::pair(key, secret);
      });
}

Result<void> Access::revoke_key(const Asker& asker, std::string_view id) {
  auto row = impl_->row(asker, kRights(Right::users_write), "key.revoke", id);
  return impl_->change(std::move(row), [&](PairsChange& pairs, AuditRow& noted) -> Result<void> {
    const auto key = book::find<Key>(pairs, book::key_key(id));
    if (!key) return std::unexpected(key.error());
    if (!*key) return fail(Code::not_found, "there is no such key");
    noted.before = json::serialize(json::value(to_json((*key)->grants)));
    auto done = pairs.remove(book::key_key(id));
    if (done) done = pairs.remove(book::secret_key((*key)->secret_hash));
    return done;
  });
}

Result<void> Access::note(const Asker& asker, AuditRow row) {
  AuditRow whole = impl_->row(asker, row.right, row.action, row.object);
  whole.before = std::move(row.before);
  whole.after = std::move(row.after);
  whole.outcome = std::move(row.outcome);
  return impl_->ports.pairs.change(
      [&](PairsChange& pairs) { return add_row(pairs, std::move(whole)); });
}

Result<std::vector<AuditRow>> Access::audit(const AuditFilter& filter) {
  return impl_->read<std::vector<AuditRow>>(
      [&](PairsRead& pairs) { return list_rows(pairs, filter); });
}

Result<int64_t> Access::prune_audit(base::Timestamp before) {
  constexpr size_t kAtOnce = 1'000;
  int64_t all = 0;
  for (int64_t count = 1; count > 0; all += count) {
    auto done = impl_->ports.pairs.change([&](PairsChange& pairs) -> Result<void> {
      const auto pruned = prune_rows(pairs, before, impl_->ports.seal_key, kAtOnce);
      if (!pruned) return std::unexpected(pruned.error());
      count = *pruned;
      if (count == 0) return {};
      AuditRow row;
      row.at = impl_->now();
      row.who = "retention";
      row.action = "audit.prune";
      row.before = std::to_string(count) + " rows";
      row.outcome = "done";
      return add_row(pairs, std::move(row));
    });
    if (!done) return std::unexpected(done.error());
  }
  return all;
}

Result<void> Access::tidy() {
  return impl_->ports.pairs.change([&](PairsChange& pairs) -> Result<void> {
    std::string after;
    for (;;) {
      const auto page = pairs.scan("session/", after, kPage);
      if (!page) return std::unexpected(page.error());
      for (const auto& [key, text] : *page) {
        const auto session = book::find<Session>(pairs, key);
        if (!session) return std::unexpected(session.error());
        if (!*session || !impl_->is_over(**session)) continue;
        if (auto done = book::remove_session(pairs, **session); !done) return done;
      }
      if (page->size() < kPage) break;
      after = page->back().first;
    }
    const auto links = pairs.scan("link/", "", kPage);
    if (!links) return std::unexpected(links.error());
    for (const auto& [key, text] : *links) {
      const auto link = book::find<Link>(pairs, key);
      if (!link) return std::unexpected(link.error());
      if (!*link || (*link)->expires_at > impl_->now()) continue;
      if (auto done = pairs.remove(key); !done) return done;
    }
    return {};
  });
}

}  // namespace millrace::access
