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
  if (const auto email = profile.email(); !email.empty()) {
    keys.push_back("m/" + email + kZero + profile.braze_id);
  }
  if (const auto phone = profile.phone(); !phone.empty()) {
    keys.push_back("t/" + phone + kZero + profile.braze_id);
  }
  return keys;
}

base::Result<Profile> parse_profile(const std::string& text) {
  const auto object = json::parse_object(text);
  if (!object) return std::unexpected(object.error());
  return Profile::from_json(*object);
}

}  // namespace

PendingStore::PendingStore(base::KeyValueStore& store)
    : store_(store), pending_(std::make_shared<Pending>()) {}

base::Result<std::optional<std::string>> PendingStore::get(const std::string& key) {
  {
    const std::lock_guard lock(pending_->mutex);
    const auto found = pending_->writes.find(key);
    if (found != pending_->writes.end()) return found->second.first;
  }
  return store_.get(key);
}

base::Result<std::vector<std::pair<std::string, std::string>>> PendingStore::scan(
    const std::string& prefix, const std::string& after, size_t limit) {
  std::map<std::string, std::optional<std::string>> changed;
  {
    const std::lock_guard lock(pending_->mutex);
    for (auto at = pending_->writes.lower_bound(std::max(prefix, after));
         at != pending_->writes.end() && at->first.starts_with(prefix); ++at) {
      if (at->first != after) changed[at->first] = at->second.first;
    }
  }
  // Enough to stand in for every one that a batch under way has removed.
  auto kept = store_.scan(prefix, after, limit + changed.size());
  if (!kept) return kept;
  for (auto& [key, value] : *kept) changed.emplace(std::move(key), std::move(value));
  std::vector<std::pair<std::string, std::string>> out;
  for (auto& [key, value] : changed) {
    if (value && out.size() < limit) out.emplace_back(key, std::move(*value));
  }
  return out;
}

void PendingStore::commit(base::KeyValueBatch batch, base::KeyValueStore::Done done) {
  uint64_t number = 0;
  std::vector<std::string> keys;
  {
    const std::lock_guard lock(pending_->mutex);
    number = ++pending_->batch;
    for (const auto& [key, value] : batch.writes) {
      pending_->writes[key] = {value, number};
      keys.push_back(key);
    }
  }
  store_.commit(std::move(batch), [pending = pending_, keys = std::move(keys), number,
                                   done = std::move(done)](base::Result<void> result) mutable {
    {
      const std::lock_guard lock(pending->mutex);
      for (const std::string& key : keys) {
        const auto found = pending->writes.find(key);
        if (found != pending->writes.end() && found->second.second == number) {
          pending->writes.erase(found);
        }
      }
    }
    done(std::move(result));
  });
}

base::Result<std::optional<Profile>> ProfileStore::find_braze_id(const std::string& braze_id) {
  const auto text = store_.get("p/" + braze_id);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  auto profile = parse_profile(**text);
  if (!profile) return std::unexpected(profile.error());
  return std::move(*profile);
}

// Of several with the same address: the identified one updated last, else the one updated last.
base::Result<std::optional<Profile>> ProfileStore::find_shared(const std::string& prefix) {
  constexpr size_t kCandidatesMax = 100;
  const auto keys = store_.scan(prefix, "", kCandidatesMax);
  if (!keys) return std::unexpected(keys.error());
  std::optional<Profile> best;
  const auto rank = [](const Profile& profile) {
    return std::pair(!profile.external_id.empty(), profile.updated_at.ms);
  };
  for (const auto& [key, value] : *keys) {
    auto profile = find_braze_id(key.substr(prefix.size()));
    if (!profile) return profile;
    if (*profile && (!best || rank(**profile) > rank(*best))) best = std::move(*profile);
  }
  return best;
}

base::Result<std::optional<Profile>> ProfileStore::find(const Identifier& who) {
  using Kind = Identifier::Kind;
  if (who.kind == Kind::braze_id) return find_braze_id(who.value);
  if (who.kind == Kind::email) return find_shared("m/" + who.value + kZero);
  if (who.kind == Kind::phone) return find_shared("t/" + who.value + kZero);
  const auto id = store_.get(who.kind == Kind::external_id ? "x/" + who.value
                                                           : alias_key({who.value, who.label}));
  if (!id) return std::unexpected(id.error());
  if (!*id) return std::nullopt;
  return find_braze_id(**id);
}

Profile ProfileStore::make(const Identifier& who, base::Timestamp at) {
  using Kind = Identifier::Kind;
  std::array<uint8_t, 14> random{};
  random_.fill(random);
  Profile profile;
  profile.braze_id = base::to_hex({reinterpret_cast<const char*>(random.data()), 12});
  profile.random_bucket = (random[12] * 256 + random[13]) % 10'000;
  profile.created_at = at;
  switch (who.kind) {
    case Kind::external_id: profile.external_id = who.value; break;
    case Kind::user_alias: profile.aliases.push_back({who.value, who.label}); break;
    case Kind::email: profile.fields["email"] = who.value; break;
    case Kind::phone: profile.fields["phone"] = who.value; break;
    case Kind::braze_id: break;  // never made: it is Braze's own
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
      if (!wanted.empty() && base::to_lower(text).find(wanted) == std::string::npos) continue;
      auto profile = parse_profile(text);
      if (!profile) return std::unexpected(profile.error());
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

base::Result<std::vector<json::value>> ProfileStore::occurrences(const std::string& braze_id,
                                                                 size_t limit) {
  const auto pairs = store_.scan("o/" + braze_id + "/", "", limit);
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
