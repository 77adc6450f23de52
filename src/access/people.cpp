#include "access/people.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace millrace::access {
namespace {

using base::Code;
using base::fail;

std::string text_of(const json::object& kept, std::string_view key) {
  return std::string(json::get_string(kept, key).value_or(""));
}

base::Timestamp time_of(const json::object& kept, std::string_view key) {
  return {json::get_integer(kept, key).value_or(0)};
}

base::Result<Grants> grants_of(const json::object& kept) {
  const json::value* grants = kept.if_contains("grants");
  if (grants == nullptr) return fail(Code::data_loss, "a record of access has no grants");
  auto read = grants_from_json(*grants);
  if (!read) return fail(Code::data_loss, "grants cannot be read: " + read.error().message);
  return read;
}

json::value shown_time(base::Timestamp at) {
  return at.ms == 0 ? json::value(nullptr) : json::value(base::to_iso8601(at));
}

}  // namespace

json::object User::to_json() const {
  return {{"id", id},
          {"name", name},
          {"grants", access::to_json(grants)},
          {"disabled", disabled},
          {"password", password_hash},
          {"totp", totp_secret},
          {"totp_offered", totp_offered},
          {"totp_step", totp_used_step},
          {"subject", subject},
          {"made_at", made_at.ms},
          {"changed_at", changed_at.ms},
          {"signed_in_at", signed_in_at.ms},
          {"version", version}};
}

base::Result<User> User::from_json(const json::object& kept) {
  auto grants = grants_of(kept);
  if (!grants) return std::unexpected(grants.error());
  User user;
  user.id = text_of(kept, "id");
  user.name = text_of(kept, "name");
  user.grants = std::move(*grants);
  user.disabled = json::get_bool(kept, "disabled").value_or(true);
  user.password_hash = text_of(kept, "password");
  user.totp_secret = text_of(kept, "totp");
  user.totp_offered = text_of(kept, "totp_offered");
  user.totp_used_step = json::get_integer(kept, "totp_step").value_or(0);
  user.subject = text_of(kept, "subject");
  user.made_at = time_of(kept, "made_at");
  user.changed_at = time_of(kept, "changed_at");
  user.signed_in_at = time_of(kept, "signed_in_at");
  user.version = json::get_integer(kept, "version").value_or(0);
  return user;
}

json::object User::shown() const {
  return {{"id", id},
          {"name", name},
          {"grants", access::to_json(grants)},
          {"disabled", disabled},
          {"has_password", !password_hash.empty()},
          {"has_totp", !totp_secret.empty()},
          {"is_external", !subject.empty()},
          {"made_at", shown_time(made_at)},
          {"changed_at", shown_time(changed_at)},
          {"signed_in_at", shown_time(signed_in_at)},
          {"version", version}};
}

json::object Key::to_json() const {
  return {{"id", id},
          {"name", name},
          {"hash", secret_hash},
          {"grants", access::to_json(grants)},
          {"addresses", json::array(addresses.begin(), addresses.end())},
          {"expires_at", expires_at.ms},
          {"made_at", made_at.ms},
          {"made_by", made_by},
          {"used_at", used_at.ms}};
}

base::Result<Key> Key::from_json(const json::object& kept) {
  auto grants = grants_of(kept);
  if (!grants) return std::unexpected(grants.error());
  Key key;
  key.id = text_of(kept, "id");
  key.name = text_of(kept, "name");
  key.secret_hash = text_of(kept, "hash");
  key.grants = std::move(*grants);
  if (const auto* addresses = json::get_array(kept, "addresses")) {
    for (const json::value& each : *addresses) key.addresses.push_back(json::to_text(each));
  }
  key.expires_at = time_of(kept, "expires_at");
  key.made_at = time_of(kept, "made_at");
  key.made_by = text_of(kept, "made_by");
  key.used_at = time_of(kept, "used_at");
  return key;
}

json::object Key::shown() const {
  return {{"id", id},
          {"name", name},
          {"grants", access::to_json(grants)},
          {"addresses", json::array(addresses.begin(), addresses.end())},
          {"expires_at", shown_time(expires_at)},
          {"made_at", shown_time(made_at)},
          {"made_by", made_by},
          {"used_at", shown_time(used_at)}};
}

json::object OwnRole::to_json() const {
  return {{"name", name},
          {"rights", access::to_json(rights)},
          {"changed_at", base::to_iso8601(changed_at)},
          {"version", version}};
}

base::Result<OwnRole> OwnRole::from_json(const json::object& kept) {
  const json::value* given = kept.if_contains("rights");
  auto rights = given == nullptr ? base::Result<std::set<Right>>(std::set<Right>())
                                 : rights_from_json(*given);
  if (!rights) return fail(Code::data_loss, "a role cannot be read: " + rights.error().message);
  return OwnRole{std::string(json::get_string(kept, "name").value_or("")), std::move(*rights),
                 base::parse_iso8601(json::get_string(kept, "changed_at").value_or(""))
                     .value_or(base::Timestamp()),
                 json::get_integer(kept, "version").value_or(0)};
}

json::object Session::to_json() const {
  return {{"hash", hash},
          {"user", user},
          {"begun_at", begun_at.ms},
          {"used_at", used_at.ms},
          {"address", address},
          {"agent", agent},
          {"by", by}};
}

base::Result<Session> Session::from_json(const json::object& kept) {
  Session session;
  session.hash = text_of(kept, "hash");
  session.user = text_of(kept, "user");
  session.begun_at = time_of(kept, "begun_at");
  session.used_at = time_of(kept, "used_at");
  session.address = text_of(kept, "address");
  session.agent = text_of(kept, "agent");
  session.by = text_of(kept, "by");
  if (session.user.empty()) return fail(Code::data_loss, "a session has no user");
  return session;
}

json::object Session::shown() const {
  return {{"id", hash},
          {"begun_at", shown_time(begun_at)},
          {"used_at", shown_time(used_at)},
          {"address", address},
          {"agent", agent},
          {"by", by}};
}

json::object Link::to_json() const {
  return {{"user", user}, {"expires_at", expires_at.ms}, {"resets_totp", resets_totp}};
}

base::Result<Link> Link::from_json(const json::object& kept) {
  return Link{text_of(kept, "user"), time_of(kept, "expires_at"),
              json::get_bool(kept, "resets_totp").value_or(false)};
}

std::string Principal::who() const {
  switch (kind) {
    case Kind::user: return "user:" + id;
    case Kind::key: return "key:" + id;
    case Kind::command: break;
  }
  return "command";
}

Principal command_line() {
  Grant all;
  all.role = Role::owner;
  return {Principal::Kind::command, "", "the command line", {all}, ""};
}

bool is_user_name(std::string_view name) {
  constexpr size_t kBytesMax = 64;
  return !name.empty() && name.size() <= kBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_@+").contains(c);
  });
}

}  // namespace millrace::access
