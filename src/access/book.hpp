// Where this room's values stand among the pairs, and reading and writing them, for the files of
// this room only.
//
//   user/ID  name/LOWER-NAME=ID  subject/HASH=ID  session/HASH  sessions/USER/HASH
//   role/NAME  key/ID  secret/HASH=ID  link/HASH  first-owner=HASH  audit/...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/pairs.hpp"
#include "access/people.hpp"

namespace millrace::access::book {

using base::Result;

// Gives each grant of an own role the rights that the role has now; none where it is gone.
Result<void> resolve(PairsRead& pairs, Grants& grants);
// The same; invalid_argument: there is no such role.
Result<void> resolve_given(PairsRead& pairs, Grants& grants);

// What is kept under the key, read by T::from_json; nullopt when there is nothing.
template <typename T>
Result<std::optional<T>> find(PairsRead& pairs, const std::string& key) {
  const auto text = pairs.get(key);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::optional<T>();
  const auto kept = json::parse_object(**text);
  if (!kept) return base::fail(base::Code::data_loss, "cannot be read", key);
  auto value = T::from_json(*kept);
  if (!value) return std::unexpected(value.error());
  if constexpr (requires { value->grants; }) {
    if (auto done = resolve(pairs, value->grants); !done) return std::unexpected(done.error());
  }
  return std::optional<T>(std::move(*value));
}

template <typename T>
Result<void> put(PairsChange& pairs, const std::string& key, const T& value) {
  return pairs.put(key, json::serialize(value.to_json()));
}

std::string user_key(std::string_view id);
std::string session_key(std::string_view hash);
std::string key_key(std::string_view id);
std::string role_key(std::string_view name);
std::string secret_key(std::string_view hash);
std::string link_key(std::string_view hash);

// not_found, in words for whoever asked.
Result<User> user(PairsRead& pairs, std::string_view id_or_name);
Result<std::optional<User>> user_named(PairsRead& pairs, std::string_view name);
Result<std::optional<User>> user_vouched(PairsRead& pairs, std::string_view subject);
// Writes the user and what leads to it.
Result<void> put_user(PairsChange& pairs, const User& user);
// With sessions.
Result<void> remove_user(PairsChange& pairs, const User& user);
// A user besides that one may change users everywhere.
Result<bool> has_other_owner(PairsRead& pairs, std::string_view id);
Result<bool> has_users(PairsRead& pairs);
// Some user or key has a grant of that role.
Result<bool> is_given(PairsRead& pairs, std::string_view role);
Result<size_t> count(PairsRead& pairs, std::string_view prefix, size_t max);

Result<std::vector<Session>> sessions_of(PairsRead& pairs, std::string_view user);
Result<void> put_session(PairsChange& pairs, const Session& session);
Result<void> remove_session(PairsChange& pairs, const Session& session);
Result<void> remove_sessions(PairsChange& pairs, std::string_view user);

}  // namespace millrace::access::book
