// Who uses the server as an operator: people, keys and sessions, what they may do, and the audit
// log of what they did. Everything is kept in one set of pairs that the server and the commands
// beside it change in transactions, and every change is written to the audit log in its own
// transaction. Secrets are kept as hashes, the authenticator's sealed; they are shown once, to whom
// they are made for. Blocks for the disk (and a sixth of a second for a password): never on a lane.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/audit.hpp"
#include "access/pairs.hpp"
#include "access/password.hpp"
#include "access/people.hpp"
#include "access/rights.hpp"
#include "base/world.hpp"

namespace millrace::access {

inline constexpr int64_t kMinuteMs = 60'000;
inline constexpr int64_t kHourMs = 60 * kMinuteMs;

struct AccessLimits {
  PasswordCost password;
  int64_t session_idle_ms = 12 * kHourMs;
  int64_t session_life_ms = 7 * 24 * kHourMs;
  int64_t owner_link_ms = 30 * kMinuteMs;
  int64_t link_ms = 24 * kHourMs;
  int64_t used_every_ms = 5 * kMinuteMs;  // how finely it is kept when something was last used
  size_t sessions_per_user_max = 32;      // the one used longest ago ends
  size_t users_max = 10'000;
  size_t keys_max = 10'000;
  size_t roles_max = 100;
};

// Who asks for something and from where, for the audit log.
struct Asker {
  Principal principal;
  std::string address;
  std::string request;
};

struct SignIn {
  std::string name;
  std::string password;
  std::string code;  // of an authenticator; "" = none was given
  std::string address;
  std::string agent;
  std::string request;
};
struct SignedIn {
  std::string token;  // of the new session
  User user;
};
// Why a right name and password are not enough.
inline constexpr std::string_view kSecondFactorWanted = "a code of the authenticator is wanted";

struct NewKey {
  std::string name;
  Grants grants;
  std::vector<std::string> addresses;
  base::Timestamp expires_at;
};

struct UserChange {
  std::optional<Grants> grants;
  std::optional<bool> disabled;
  std::optional<int64_t>
      version;  // that the change was decided on; another one: failed_precondition
};

// Somebody whom an OIDC provider has vouched for.
struct Vouched {
  std::string subject;  // "ISSUER SUBJECT"
  std::string name;     // as it is shown; made into a free user name
  Grants grants;
};

// Thread-safe. Errors of all: unavailable, data_loss (the store's).
class Access {
 public:
  struct Ports {
    Transactions& pairs;
    base::Clock& clock;
    base::Random& random;
    std::string seal_key;  // seals secrets of authenticators
  };
  explicit Access(Ports ports, AccessLimits limits = {});
  ~Access();

  // --- who asks ---
  // The token of a session's cookie, or the secret of a key. unauthenticated: none of ours, over,
  // revoked, of somebody who was disabled, or not from this address; which of them is not said.
  base::Result<Principal> of_session(std::string_view token);
  base::Result<Principal> of_key(std::string_view secret, std::string_view address);

  // --- signing in ---
  // unauthenticated (also kSecondFactorWanted); as slow for names that do not exist.
  // The caller keeps account of tries (SignInLimits).
  base::Result<SignedIn> sign_in(const SignIn& with);
  base::Result<SignedIn> sign_in_vouched(const Vouched& who, const SignIn& from);
  base::Result<void> sign_out(const Asker& asker);
  base::Result<std::vector<Session>> sessions_of(std::string_view user);
  // not_found. `user` "" = whoever's it is.
  base::Result<void> end_session(const Asker& asker, std::string_view user, std::string_view id);

  // --- links ---
  base::Result<bool> has_users();
  // A link for the first owner; the one before it does not work any more. failed_precondition:
  // there are users.
  base::Result<std::string> link_for_first_owner();
  base::Result<std::string> link_for(const Asker& asker, std::string_view user, bool resets_totp);
  // What the link is for: "" = the first owner, who chooses a name. not_found: it was used, or is
  // over.
  base::Result<std::string> user_of_link(std::string_view token);
  // Sets a password and signs in. `name` counts for the first owner alone.
  base::Result<SignedIn> use_link(std::string_view token, const SignIn& with);

  // --- people ---
  base::Result<std::vector<User>> users(std::string_view after, size_t limit);
  // By id or by name. not_found.
  base::Result<User> user(std::string_view id_or_name);
  // already_exists, invalid_argument (the name), permission_denied (grants that the asker lacks).
  base::Result<User> add_user(const Asker& asker, std::string_view name, const Grants& grants);
  // failed_precondition: nobody would be left who may change users.
  base::Result<User> change_user(const Asker& asker, std::string_view id, const UserChange& change);
  base::Result<void> remove_user(const Asker& asker, std::string_view id);
  // The asker's own. unauthenticated: the present password is another one.
  base::Result<void> change_password(const Asker& asker, std::string_view present,
                                     std::string_view wanted);
  // A secret for an authenticator, which counts once a code of it was given back.
  base::Result<std::string> offer_totp(const Asker& asker);
  base::Result<void> confirm_totp(const Asker& asker, std::string_view code);
  base::Result<void> remove_totp(const Asker& asker, std::string_view password);

  // --- keys ---
  base::Result<std::vector<Key>> keys(std::string_view after, size_t limit);
  // The key, and its secret, "mrk_...", which is shown this once.
  base::Result<std::pair<Key, std::string>> make_key(const Asker& asker, const NewKey& key);
  base::Result<void> revoke_key(const Asker& asker, std::string_view id);

  // --- roles that operators made ---
  base::Result<std::vector<OwnRole>> roles();
  // Made, or changed for everybody who has it. invalid_argument (the name; no rights);
  // permission_denied: it has, or gets, more than the asker has; failed_precondition: another
  // version than `version`, or nobody would be left who may change users.
  base::Result<OwnRole> put_role(const Asker& asker, std::string_view name,
                                 const std::set<Right>& rights,
                                 std::optional<int64_t> version = std::nullopt);
  // not_found; failed_precondition: somebody has it.
  base::Result<void> remove_role(const Asker& asker, std::string_view name);

  // --- audit ---
  // What was done elsewhere, before it is done or where nothing is changed.
  base::Result<void> note(const Asker& asker, AuditRow row);
  base::Result<std::vector<AuditRow>> audit(const AuditFilter& filter);
  // Removes rows that are older, which is a row itself; how many.
  base::Result<int64_t> prune_audit(base::Timestamp before);

  // Removes sessions, links and whatever else is over.
  base::Result<void> tidy();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The SHA-256 of a secret of ours, in hexadecimal: what is kept of it.
std::string hash_of_secret(std::string_view secret);

}  // namespace millrace::access
