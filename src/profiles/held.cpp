#include "profiles/held.hpp"

#include <cstdio>

namespace millrace::profiles {
namespace {

const std::string kZero(1, '\0');

}  // namespace

std::string external_id_key(std::string_view external_id) {
  return "x/" + std::string(external_id);
}

std::string alias_key(const Alias& alias) {
  return "a/" + alias.label + kZero + alias.name;
}

std::string token_key(const PushToken& token) {
  return "k/" + token.app_id + kZero + token.token;
}

std::string email_key(std::string_view email) {
  return "m/" + std::string(email) + kZero;
}

std::string phone_key(std::string_view phone) {
  return "t/" + std::string(phone) + kZero;
}

std::string history_key(const std::string& braze_id, int64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%012lld", static_cast<long long>(number));
  return "o/" + braze_id + "/" + digits;
}

std::vector<std::string> keys_of(const Profile& profile) {
  std::vector<std::string> keys;
  if (!profile.external_id.empty()) keys.push_back(external_id_key(profile.external_id));
  for (const std::string& id : profile.deprecated_ids) keys.push_back(external_id_key(id));
  for (const Alias& alias : profile.aliases) keys.push_back(alias_key(alias));
  for (const PushToken& token : profile.push_tokens()) keys.push_back(token_key(token));
  if (const auto email = profile.email(); !email.empty()) {
    keys.push_back(email_key(email) + profile.braze_id);
  }
  if (const auto phone = profile.phone(); !phone.empty()) {
    keys.push_back(phone_key(phone) + profile.braze_id);
  }
  return keys;
}

std::string_view shared_part(std::string_view key) {
  if (!key.starts_with("m/") && !key.starts_with("t/")) return key;
  return key.substr(0, key.find('\0') + 1);
}

}  // namespace millrace::profiles
