// The values of this room: people, keys, sessions, links, and who stands behind a request. As they
// are kept (to_json), and as they are shown (shown), which never has a hash or a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/rights.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace millrace::access {

struct User {
  std::string id;  // a UUID
  std::string name;
  Grants grants;
  bool disabled = false;
  std::string password_hash;  // "" = no password: by OIDC, or not set yet
  std::string totp_secret;    // sealed; "" = no second factor
  std::string totp_offered;   // sealed; shown to its owner and not confirmed yet
  int64_t totp_used_step = 0;
  std::string subject;  // "ISSUER SUBJECT" of an OIDC provider; "" = a local account
  base::Timestamp made_at;
  base::Timestamp changed_at;
  base::Timestamp signed_in_at;  // 0 = never
  int64_t version = 0;           // one more with every change that others can see

  json::object to_json() const;
  static base::Result<User> from_json(const json::object& kept);
  json::object shown() const;
};

struct Key {
  std::string id;
  std::string name;
  std::string secret_hash;  // SHA-256, hexadecimal
  Grants grants;
  std::vector<std::string> addresses;  // that may use it; none = any
  base::Timestamp expires_at;          // 0 = never
  base::Timestamp made_at;
  std::string made_by;
  base::Timestamp used_at;  // about; 0 = never

  json::object to_json() const;
  static base::Result<Key> from_json(const json::object& kept);
  json::object shown() const;
};

struct Session {
  std::string hash;  // of its token; also its id
  std::string user;
  base::Timestamp begun_at;
  base::Timestamp used_at;  // about
  std::string address;
  std::string agent;  // the browser's word about itself
  std::string by;     // "password", "password+totp", "oidc", "link"

  json::object to_json() const;
  static base::Result<Session> from_json(const json::object& kept);
  json::object shown() const;
};

// A link that works once: the first owner's ("" = no user yet), or one to set a password by.
struct Link {
  std::string user;
  base::Timestamp expires_at;
  bool resets_totp = false;

  json::object to_json() const;
  static base::Result<Link> from_json(const json::object& kept);
};

// A bundle of rights that operators made. A grant that names one has what it has at that moment.
struct OwnRole {
  std::string name;
  std::set<Right> rights;
  base::Timestamp changed_at;
  int64_t version = 0;

  json::object to_json() const;
  static base::Result<OwnRole> from_json(const json::object& kept);
};

// Who stands behind a request.
struct Principal {
  enum class Kind { user, key, command };
  Kind kind = Kind::command;
  std::string id;
  std::string name;
  Grants grants;
  std::string session;  // its hash, of a user's

  // "user:ID", "key:ID", "command": as the audit log names it.
  std::string who() const;
};
// Whoever uses the data folder itself may do everything.
Principal command_line();

// Letters, digits and . - _ @ +, 1 to 64 bytes; as typed. Two names that differ in case are one.
bool is_user_name(std::string_view name);

}  // namespace millrace::access
