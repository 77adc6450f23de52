#include "profiles/profile_store.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace millrace::profiles {
namespace {

using Kind = Identifier::Kind;

}  // namespace

bool is_meant_before(const Profile& one, const Profile& other) {
  return std::pair(!one.external_id.empty(), one.updated_at) >
         std::pair(!other.external_id.empty(), other.updated_at);
}

base::Result<Held*> ProfileStore::load(const std::string& braze_id) {
  const auto text = store_.get("p/" + braze_id);
  if (!text) return std::unexpected(text.error());
  if (!*text) return nullptr;
  auto profile = Profile::from_text(**text);
  if (!profile) return std::unexpected(profile.error());
  Held& held = hold(std::move(*profile));
  held.stored_keys = held.keys;
  held.history_stored = held.profile.occurrences;
  // Decoded it takes some times its text.
  held.bytes = 3 * (*text)->size() + 1'024;
  bytes_ += held.bytes;
  return &held;
}

Held& ProfileStore::hold(Profile profile) {
  auto made = std::make_unique<Held>();
  Held& held = *made;
  held.profile = std::move(profile);
  held_[held.profile.braze_id] = std::move(made);
  recent_.push_front(&held);
  held.recent = recent_.begin();
  index(held);
  return held;
}

// Once in a stretch of requests is order enough, and saves a walk to the neighbours each time.
void ProfileStore::note_use(Held& held) {
  constexpr uint64_t kStretch = 256;
  const uint64_t now = records_ / kStretch + 1;
  if (std::exchange(held.used_in, now) == now) return;
  recent_.splice(recent_.begin(), recent_, held.recent);
}

void ProfileStore::index(Held& held) {
  held.keys = keys_of(held.profile);
  for (const std::string& key : held.keys) {
    by_key_[std::string(shared_part(key))].push_back(&held);
  }
}

void ProfileStore::unindex(Held& held) {
  for (const std::string& key : held.keys) {
    const auto found = by_key_.find(std::string(shared_part(key)));
    if (found == by_key_.end()) continue;
    std::erase(found->second, &held);
    if (found->second.empty()) by_key_.erase(found);
  }
  held.keys.clear();
}

base::Result<Held*> ProfileStore::find_braze_id(const std::string& braze_id) {
  const auto found = held_.find(braze_id);
  if (found == held_.end()) return load(braze_id);
  Held& held = *found->second;
  note_use(held);
  return held.is_gone ? nullptr : &held;
}

// Those the store has an address of, besides those held: what is held counts as it is here.
base::Result<void> ProfileStore::collect(const std::string& prefix, std::vector<Held*>& found) {
  constexpr size_t kSharersMax = 100;  // profiles with one address
  const auto rows = store_.scan(prefix, "", kSharersMax);
  if (!rows) return std::unexpected(rows.error());
  for (const auto& [key, id] : *rows) {
    if (held_.contains(id)) continue;
    const auto loaded = load(id);
    if (!loaded) return std::unexpected(loaded.error());
    if (*loaded != nullptr) found.push_back(*loaded);
  }
  return {};
}

base::Result<std::vector<Held*>> ProfileStore::find_all(const Identifier& who) {
  std::string key;
  switch (who.kind) {
    case Kind::braze_id: {
      const auto found = find_braze_id(who.value);
      if (!found) return std::unexpected(found.error());
      return *found == nullptr ? std::vector<Held*>{} : std::vector<Held*>{*found};
    }
    case Kind::external_id: key = external_id_key(who.value); break;
    case Kind::user_alias: key = alias_key({who.value, who.label}); break;
    case Kind::push_token: key = token_key({who.label, who.value}); break;
    case Kind::email: key = email_key(who.value); break;
    case Kind::phone: key = phone_key(who.value); break;
  }
  const bool is_shared = who.kind == Kind::email || who.kind == Kind::phone;
  std::vector<Held*> found;
  if (const auto known = by_key_.find(key); known != by_key_.end()) found = known->second;
  for (Held* held : found) note_use(*held);
  if (is_shared) {
    if (auto done = collect(key, found); !done) return std::unexpected(done.error());
    return found;
  }
  if (!found.empty()) return found;
  const auto id = store_.get(key);
  if (!id) return std::unexpected(id.error());
  // A profile that is held has all its keys in memory: this one is no longer its own.
  if (!*id || held_.contains(**id)) return found;
  const auto loaded = load(**id);
  if (!loaded) return std::unexpected(loaded.error());
  if (*loaded != nullptr) found.push_back(*loaded);
  return found;
}

base::Result<Held*> ProfileStore::find(const Identifier& who) {
  if (who.kind == Kind::external_id) {
    // By far the most: found without a list of one.
    const auto known = by_key_.find(external_id_key(who.value));
    if (known != by_key_.end()) {
      Held* held = known->second.front();
      note_use(*held);
      return held;
    }
  }
  const auto all = find_all(who);
  if (!all) return std::unexpected(all.error());
  Held* best = nullptr;
  for (Held* held : *all) {
    if (best == nullptr || is_meant_before(held->profile, best->profile)) best = held;
  }
  return best;
}

// The second, five random bytes of this run, a number that counts up: later ones sort behind
// earlier ones, so that rows made together lie together.
std::string ProfileStore::fresh_id(base::Timestamp at) {
  if (ids_begin_with_.empty()) {
    std::array<uint8_t, 5> random{};
    random_.fill(random);
    ids_begin_with_ = base::to_hex({reinterpret_cast<const char*>(random.data()), random.size()});
  }
  char second[16];
  char number[16];
  std::snprintf(second, sizeof second, "%08x", static_cast<uint32_t>(at.ms / 1'000));
  std::snprintf(number, sizeof number, "%06x", ++ids_made_ & 0xFF'FF'FF);
  return second + ids_begin_with_ + number;
}

Held& ProfileStore::make(const Identifier& who, base::Timestamp at) {
  Profile profile;
  profile.braze_id = fresh_id(at);
  std::array<uint8_t, 2> bucket{};
  random_.fill(bucket);
  profile.random_bucket = (bucket[0] * 256 + bucket[1]) % 10'000;
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
  Held& held = hold(std::move(profile));
  held.bytes = kFreshBytes;
  bytes_ += held.bytes;
  held.profile.changes.whole = true;
  counters_.add("new_users", "", day_of(at), 1);
  counters_.add("active", "", day_of(at), 1);
  touch(held);
  return held;
}

void ProfileStore::touch(Held& held) {
  if (!std::exchange(held.is_touched, true)) touched_.push_back(&held);
}

void ProfileStore::add_line(Held& held, std::string_view line) {
  if (!held.history.empty()) held.history += ',';
  held.history += line;
  ++held.history_lines;
}

void ProfileStore::changed(Held& held, base::Timestamp at, std::string_view line,
                           bool in_look_ups) {
  touch(held);
  if (day_of(held.profile.updated_at) != day_of(at)) {
    counters_.add("active", "", day_of(at), 1);
  }
  held.profile.updated_at = at;
  if (in_look_ups) {
    unindex(held);
    index(held);
  }
  if (line.empty()) return;
  held.bytes += line.size();
  bytes_ += line.size();
  add_line(held, line);
  ++held.profile.occurrences;
}

void ProfileStore::rewritten(Held& held, base::Timestamp at, std::string_view line) {
  held.profile.changes.whole = true;
  changed(held, at, line, true);
}

void ProfileStore::remove(Held& held) {
  touch(held);
  unindex(held);
  held.is_gone = true;
}

void ProfileStore::write(std::string key, std::optional<std::string> value) {
  own_.writes.emplace_back(std::move(key), std::move(value));
}

}  // namespace millrace::profiles
