#include "access/audit.hpp"

#include <array>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace millrace::access {
namespace {

using base::Code;
using base::fail;

constexpr std::string_view kPrefix = "audit/";
constexpr std::string_view kHead = "audit-head";
constexpr std::string_view kAnchor = "audit-anchor";
constexpr size_t kHashDigits = 64;
constexpr size_t kPage = 500;
constexpr size_t kTextBytesMax = 512;

// "audit/00000000000000000042": as many digits as the greatest number has.
std::string key_of(int64_t number) {
  constexpr size_t kDigits = 20;
  const std::string digits = std::to_string(number);
  return std::string(kPrefix) + std::string(kDigits - digits.size(), '0') + digits;
}

std::string hash_of(std::string_view before, std::string_view text) {
  return base::to_hex(base::sha256(std::string(before) + "\n" + std::string(text)));
}

struct Kept {
  std::string_view hash;
  std::string_view text;
};

std::optional<Kept> kept_of(std::string_view value) {
  if (value.size() < kHashDigits + 1 || value[kHashDigits] != '\n') return std::nullopt;
  return Kept{value.substr(0, kHashDigits), value.substr(kHashDigits + 1)};
}

base::Result<AuditRow> row_of(std::string_view value, std::string_view key) {
  const auto kept = kept_of(value);
  const auto parsed = kept ? json::parse_object(kept->text) : fail(Code::data_loss, "");
  if (!parsed)
    return fail(Code::data_loss, "a row of the audit log cannot be read", std::string(key));
  return AuditRow::from_json(*parsed);
}

struct Anchor {
  int64_t number = 0;
  std::string hash;
};

std::string seal_of(const Anchor& anchor, std::string_view key) {
  return base::to_hex(
      base::hmac_sha256(key, "audit-anchor:" + std::to_string(anchor.number) + ":" + anchor.hash));
}

// "NUMBER HASH SEAL". nullopt: nothing was pruned; data_loss: it is not what was written.
base::Result<std::optional<Anchor>> anchor_of(PairsRead& pairs, std::string_view key) {
  const auto kept = pairs.get(kAnchor);
  if (!kept) return std::unexpected(kept.error());
  if (!*kept) return std::optional<Anchor>();
  const auto parts = base::split(**kept, ' ');
  if (parts.size() != 3) return fail(Code::data_loss, "the anchor of the log is damaged");
  const Anchor anchor{std::strtoll(std::string(parts[0]).c_str(), nullptr, 10),
                      std::string(parts[1])};
  if (key.empty()) return fail(Code::data_loss, "without the seal key the anchor is not proven");
  if (!base::equal_constant_time(seal_of(anchor, key), parts[2])) {
    return fail(Code::data_loss, "the anchor of the log is not what this server wrote");
  }
  return anchor;
}

bool is_meant(const AuditRow& row, const AuditFilter& filter) {
  if (!filter.who.empty() && row.who != filter.who) return false;
  if (!filter.object.empty() && row.object != filter.object) return false;
  if (filter.since && row.at < *filter.since) return false;
  if (filter.action.empty()) return true;
  return filter.action.ends_with('.') ? row.action.starts_with(filter.action)
                                      : row.action == filter.action;
}

// The texts of a row, under the names that they have in JSON.
using Member = std::string AuditRow::*;
constexpr std::array<std::pair<const char*, Member>, 9> kMembers{{
    {"who", &AuditRow::who},
    {"from", &AuditRow::from},
    {"right", &AuditRow::right},
    {"action", &AuditRow::action},
    {"object", &AuditRow::object},
    {"before", &AuditRow::before},
    {"after", &AuditRow::after},
    {"outcome", &AuditRow::outcome},
    {"request", &AuditRow::request},
}};

}  // namespace

json::object AuditRow::to_json() const {
  json::object out{{"number", number}, {"at", base::to_iso8601(at)}};
  for (const auto& [name, member] : kMembers) {
    if (!(this->*member).empty()) out[name] = this->*member;
  }
  return out;
}

base::Result<AuditRow> AuditRow::from_json(const json::object& row) {
  AuditRow out;
  const auto number = json::get_integer(row, "number");
  const auto at = base::parse_iso8601(json::get_string(row, "at").value_or(""));
  if (!number || !at) return fail(Code::data_loss, "a row of the audit log has no number or time");
  out.number = *number;
  out.at = *at;
  for (const auto& [name, member] : kMembers) {
    out.*member = json::get_string(row, name).value_or("");
  }
  return out;
}

base::Result<void> add_row(PairsChange& pairs, AuditRow row) {
  const auto head = pairs.get(kHead);
  if (!head) return std::unexpected(head.error());
  std::string before;
  row.number = 1;
  if (*head) {
    const auto parts = base::split(**head, ' ');
    if (parts.size() != 2) return fail(Code::data_loss, "the head of the audit log is damaged");
    row.number = std::strtoll(std::string(parts[0]).c_str(), nullptr, 10) + 1;
    before = parts[1];
  }
  for (const auto& [name, member] : kMembers) {
    if ((row.*member).size() > kTextBytesMax) {
      row.*member = base::utf8_prefix(row.*member, kTextBytesMax / 4);
    }
  }
  const std::string text = json::serialize(row.to_json());
  const std::string hash = hash_of(before, text);
  auto done = pairs.put(key_of(row.number), hash + "\n" + text);
  if (done) done = pairs.put(kHead, std::to_string(row.number) + " " + hash);
  return done;
}

base::Result<std::vector<AuditRow>> list_rows(PairsRead& pairs, const AuditFilter& filter) {
  std::vector<AuditRow> out;
  std::string before = filter.before > 0 ? key_of(filter.before) : std::string();
  while (out.size() < filter.limit) {
    const auto page = pairs.scan_back(kPrefix, before, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, value] : *page) {
      auto row = row_of(value, key);
      if (!row) return std::unexpected(row.error());
      if (filter.since && row->at < *filter.since) return out;
      if (is_meant(*row, filter)) out.push_back(std::move(*row));
      if (out.size() == filter.limit) return out;
    }
    if (page->size() < kPage) break;
    before = page->back().first;
  }
  return out;
}

base::Result<void> each_row(
    PairsRead& pairs, int64_t after,
    const std::function<bool(const AuditRow&, std::string_view hash)>& each) {
  std::string place = after > 0 ? key_of(after) : std::string();
  for (;;) {
    const auto page = pairs.scan(kPrefix, place, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, value] : *page) {
      const auto row = row_of(value, key);
      if (!row) return std::unexpected(row.error());
      if (!each(*row, value.substr(0, kHashDigits))) return {};
    }
    if (page->size() < kPage) return {};
    place = page->back().first;
  }
}

base::Result<int64_t> prune_rows(PairsChange& pairs, base::Timestamp before, std::string_view key,
                                 size_t max) {
  const auto former = anchor_of(pairs, key);
  if (!former) return std::unexpected(former.error());
  // One more, which stays: there is always a last one.
  const auto page = pairs.scan(kPrefix, "", max + 1);
  if (!page) return std::unexpected(page.error());
  Anchor anchor = former->value_or(Anchor());
  int64_t count = 0;
  for (size_t i = 0; i + 1 < page->size(); ++i) {
    const auto& [place, value] = (*page)[i];
    const auto row = row_of(value, place);
    if (!row) return std::unexpected(row.error());
    if (row->at >= before) break;
    const auto kept = kept_of(value);
    // What is not whole is not pruned: `verify` is to find it.
    if (row->number != anchor.number + 1 || hash_of(anchor.hash, kept->text) != kept->hash) {
      return fail(Code::data_loss, "the log is not whole, so nothing more is pruned", place);
    }
    anchor = {row->number, std::string(kept->hash)};
    if (auto gone = pairs.remove(place); !gone) return std::unexpected(gone.error());
    ++count;
  }
  if (count == 0) return 0;
  auto put = pairs.put(
      kAnchor, std::to_string(anchor.number) + " " + anchor.hash + " " + seal_of(anchor, key));
  if (!put) return std::unexpected(put.error());
  return count;
}

base::Result<AuditCheck> verify_rows(PairsRead& pairs,
                                     const std::optional<std::pair<int64_t, std::string>>& expected,
                                     std::string_view key) {
  AuditCheck check;
  const auto wrong = [&](std::string what) {
    check.problem = std::move(what);
    return check;
  };
  bool was_met = !expected;
  const auto anchor = anchor_of(pairs, key);
  if (!anchor && anchor.error().code == Code::data_loss) return wrong(anchor.error().message);
  if (!anchor) return std::unexpected(anchor.error());
  if (*anchor) {
    check.rows = check.pruned = (*anchor)->number;
    check.last_hash = (*anchor)->hash;
    if (expected && expected->first == check.rows) {
      if (expected->second != check.last_hash) {
        return wrong("the last row that was pruned has another hash than the one that was noted");
      }
      was_met = true;
    }
    if (expected && expected->first < check.rows) {
      return wrong("the row that was noted was pruned; note a later one");
    }
  }
  std::string after;
  for (;;) {
    const auto page = pairs.scan(kPrefix, after, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [key, value] : *page) {
      const std::string number = std::to_string(check.rows + 1);
      const auto kept = kept_of(value);
      if (!kept || key != key_of(check.rows + 1)) return wrong("row " + number + " is missing");
      if (hash_of(check.last_hash, kept->text) != kept->hash) {
        return wrong("row " + number + " is not what was written, or the one before it is not");
      }
      ++check.rows;
      check.last_hash = kept->hash;
      if (expected && expected->first == check.rows) {
        if (expected->second != check.last_hash) {
          return wrong("row " + number + " has another hash than the one that was noted");
        }
        was_met = true;
      }
    }
    if (page->size() < kPage) break;
    after = page->back().first;
  }
  const auto head = pairs.get(kHead);
  if (!head) return std::unexpected(head.error());
  const std::string wanted = std::to_string(check.rows) + " " + check.last_hash;
  if (*head ? **head != wanted : check.rows > 0) {
    return wrong("the last rows are missing: the log ends with row " + std::to_string(check.rows));
  }
  if (!was_met) return wrong("the row that was noted is missing: rows were cut off the end");
  return check;
}

}  // namespace millrace::access
