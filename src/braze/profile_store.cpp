#include "braze/profile_store.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace millrace::braze {
namespace {

const std::string kZero(1, '\0');

std::string alias_key(const Alias& alias) {
  return "a/" + alias.label + kZero + alias.name;
}

std::string token_key(const PushToken& token) {
  return "k/" + token.app_id + kZero + token.token;
}

std::string occurrence_key(const std::string& braze_id, int64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%012lld", static_cast<long long>(number));
  return "o/" + braze_id + "/" + digits;
}

// The look-up keys that lead to a profile.
std::vector<std::string> keys_of(const Profile& profile) {
  std::vector<std::string> keys;
  if (profile.braze_id.empty()) return keys;
  if (!profile.external_id.empty()) keys.push_back("x/" + profile.external_id);
  for (const Alias& alias : profile.aliases) keys.push_back(alias_key(alias));
  for (const PushToken& token : profile.push_tokens()) keys.push_back(token_key(token));
  if (const auto email = profile.email(); !email.empty()) {
    keys.push_back("m/" + email + kZero + profile.braze_id);
  }
  if (const auto phone = profile.phone(); !phone.empty()) {
    keys.push_back("t/" + phone + kZero + profile.braze_id);
  }
  return keys;
}

// Whether a lower-case text is in what names the profile.
bool shows(const Profile& profile, const std::string& wanted) {
  const auto holds = [&](std::string_view text) {
    return base::to_lower(text).find(wanted) != std::string::npos;
  };
  if (holds(profile.braze_id) || holds(profile.external_id) || holds(profile.email()) ||
      holds(profile.phone())) {
    return true;
  }
  const auto first = json::get_string(profile.fields, "first_name").value_or("");
  const auto last = json::get_string(profile.fields, "last_name").value_or("");
  if (holds(std::string(first) + " " + std::string(last))) return true;
  return std::ranges::any_of(profile.aliases,
                             [&](const Alias& alias) { return holds(alias.name); });
}

base::Result<Profile> parse_profile(const std::string& text) {
  const auto object = json::parse_object(text);
  if (!object) return std::unexpected(object.error());
  return Profile::from_json(*object);
}

}  // namespace

bool is_meant_before(const Profile& one, const Profile& other) {
  return std::pair(!one.external_id.empty(), one.updated_at) >
         std::pair(!other.external_id.empty(), other.updated_at);
}

base::Result<std::optional<Profile>> ProfileStore::find_braze_id(const std::string& braze_id) {
  const auto text = store_.get("p/" + braze_id);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  auto profile = parse_profile(**text);
  if (!profile) return std::unexpected(profile.error());
  return std::move(*profile);
}

base::Result<std::vector<std::string>> ProfileStore::braze_ids_of(const Identifier& who) {
  using Kind = Identifier::Kind;
  constexpr size_t kSharersMax = 100;  // profiles with one address
  if (who.kind == Kind::braze_id) return std::vector{who.value};
  if (who.kind == Kind::email || who.kind == Kind::phone) {
    const std::string prefix = (who.kind == Kind::email ? "m/" : "t/") + who.value + kZero;
    const auto found = store_.scan(prefix, "", kSharersMax);
    if (!found) return std::unexpected(found.error());
    std::vector<std::string> ids;
    for (const auto& [key, id] : *found) ids.push_back(id);
    return ids;
  }
  std::string key = "x/" + who.value;
  if (who.kind == Kind::user_alias) key = alias_key({who.value, who.label});
  if (who.kind == Kind::push_token) key = token_key({who.label, who.value});
  const auto id = store_.get(key);
  if (!id) return std::unexpected(id.error());
  return *id ? std::vector{**id} : std::vector<std::string>{};
}

base::Result<std::optional<Profile>> ProfileStore::find(const Identifier& who) {
  const auto ids = braze_ids_of(who);
  if (!ids) return std::unexpected(ids.error());
  std::optional<Profile> best;
  for (const std::string& id : *ids) {
    auto profile = find_braze_id(id);
    if (!profile) return profile;
    if (*profile && (!best || is_meant_before(**profile, *best))) best = std::move(*profile);
  }
  return best;
}

Profile ProfileStore::make(const Identifier& who, base::Timestamp at) {
  using Kind = Identifier::Kind;
  std::array<uint8_t, 14> random{};
  random_.fill(random);
  Profile profile;
  profile.braze_id = base::to_hex({reinterpret_cast<const char*>(random.data()), 12});
  profile.random_bucket = (random[12] * 256 + random[13]) % 10'000;
  profile.created_at = at;
  profile.updated_at = at;
  switch (who.kind) {
    case Kind::external_id: profile.external_id = who.value; break;
    case Kind::user_alias: profile.aliases.push_back({who.value, who.label}); break;
    case Kind::email: profile.fields["email"] = who.value; break;
    case Kind::phone: profile.fields["phone"] = who.value; break;
    case Kind::push_token: break;  // its tokens come with its attributes
    case Kind::braze_id: break;    // never made: it is Braze's own
  }
  return profile;
}

base::Result<ProfileStore::Listed> ProfileStore::list(const std::string& after, size_t limit,
                                                      const std::string& search) {
  constexpr size_t kPage = 200;
  constexpr size_t kLookedAtMax = 20'000;
  const std::string wanted = base::to_lower(search);
  Listed listed;
  std::string at = after.empty() ? "" : "p/" + after;
  for (size_t looked_at = 0; looked_at < kLookedAtMax; looked_at += kPage) {
    const auto page = store_.scan("p/", at, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, text] : *page) {
      at = key;
      auto profile = parse_profile(text);
      if (!profile) return std::unexpected(profile.error());
      if (!wanted.empty() && !shows(*profile, wanted)) continue;
      listed.profiles.push_back(std::move(*profile));
      if (listed.profiles.size() == limit) {
        listed.next = at.substr(2);
        return listed;
      }
    }
    if (page->size() < kPage) return listed;
  }
  listed.next = at.substr(2);
  return listed;
}

base::Result<std::vector<json::value>> ProfileStore::occurrences(const Profile& profile,
                                                                 size_t limit) {
  const int64_t before = profile.occurrences - static_cast<int64_t>(limit);
  const auto pairs = store_.scan("o/" + profile.braze_id + "/",
                                 before > 0 ? occurrence_key(profile.braze_id, before) : "", limit);
  if (!pairs) return std::unexpected(pairs.error());
  std::vector<json::value> out;
  for (const auto& [key, text] : *pairs) {
    if (auto parsed = json::parse(text)) out.push_back(std::move(*parsed));
  }
  return out;
}

void ProfileStore::write(base::KeyValueBatch& batch, const Profile& before, const Profile& after) {
  const auto old_keys = keys_of(before);
  const auto new_keys = keys_of(after);
  for (const std::string& key : old_keys) {
    if (std::ranges::find(new_keys, key) == new_keys.end()) {
      batch.writes.emplace_back(key, std::nullopt);
    }
  }
  for (const std::string& key : new_keys) {
    if (std::ranges::find(old_keys, key) == old_keys.end()) {
      batch.writes.emplace_back(key, after.braze_id);
    }
  }
  batch.writes.emplace_back("p/" + after.braze_id, json::serialize(after.to_json()));
}

void ProfileStore::write_occurrence(base::KeyValueBatch& batch, const Profile& profile,
                                    const json::object& occurrence) {
  batch.writes.emplace_back(occurrence_key(profile.braze_id, profile.occurrences),
                            json::serialize(occurrence));
}

}  // namespace millrace::braze
