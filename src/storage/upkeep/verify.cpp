// Finding what is wrong with a journal: its log, its pages, its chains, and the rows that belong to
// them.
#include "storage/upkeep/verify.hpp"

#include "posix/files.hpp"
#include "storage/at_rest/open_keys.hpp"
#include "storage/journal/chats_table.hpp"
#include "storage/record_log/record_frames.hpp"
#include "storage/sqlite/write_ahead_log.hpp"
#include "storage/upkeep/chains.hpp"
#include "storage/upkeep/people.hpp"
#include "storage/upkeep/verify_reading.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRefused = "whoever wrote this is refused until the journal is mended";
constexpr const char* kNotFound = "the newest records of this consumer are not found";

std::string place_of(const fs::path& file, const Link& link) {
  return file.filename().string() + ": turns, position " + std::to_string(link.position) +
         ", consumer " + link.consumer.to_string() + ", record " + std::to_string(link.number);
}

// Where the consumer's records end, by what the server would read.
base::Result<std::map<base::Id, int64_t>> read_heads(Connection& reading,
                                                     const std::vector<Link>& links,
                                                     int64_t known) {
  std::map<base::Id, int64_t> heads;
  auto read = each_row(reading, "SELECT consumer, position FROM heads", [&](const Statement& row) {
    if (const auto id = base::Id::from_bytes(row.bytes(0))) heads[*id] = row.integer(1);
  });
  if (!read) return std::unexpected(read.error());
  for (const Link& link : links) {
    if (link.position > known) heads[link.consumer] = link.position;
  }
  return heads;
}

base::Result<void> verify_heads(Connection& reading, const fs::path& file,
                                const std::vector<Link>& links, const Chains& chains,
                                Verification& into) {
  int64_t known = 0;
  auto read = each_row(reading, "SELECT position FROM known",
                       [&](const Statement& row) { known = row.integer(0); });
  if (!read) return read;
  const auto heads = read_heads(reading, links, known);
  if (!heads) return std::unexpected(heads.error());
  const std::string name = file.filename().string();
  for (const auto& [consumer, last] : chains.last) {
    const auto head = heads->find(consumer);
    if (head != heads->end() && head->second == last.position) continue;
    const std::string is = head == heads->end() ? "missing" : std::to_string(head->second);
    into.add({name + ": heads, consumer " + consumer.to_string(),
              "its last record is at position " + std::to_string(last.position) +
                  ", but the head is " + is,
              kNotFound, true});
  }
  for (const auto& [consumer, position] : *heads) {
    if (chains.last.contains(consumer)) continue;
    into.add({name + ": heads, consumer " + consumer.to_string(),
              "points at position " + std::to_string(position) + ", but no record is sound",
              kRefused, true});
  }
  return {};
}

// Rows that must not be there, by a query that gives a number and a word.
struct Rule {
  const char* query;
  const char* table;
  const char* what;
  const char* consequence;
};

constexpr Rule kRules[] = {
    {"SELECT w.id FROM delivery_waiting w LEFT JOIN deliveries d ON d.id = w.id WHERE d.id IS NULL",
     "delivery_waiting", "waits, but there is no such delivery", "nothing is sent for it"},
    {"SELECT s.id FROM delivery_states s LEFT JOIN deliveries d ON d.id = s.id WHERE d.id IS NULL",
     "delivery_states", "has a state, but there is no such delivery", "none; it is passed over"},
    {"SELECT d.id FROM deliveries d LEFT JOIN delivery_targets t ON t.target = d.target "
     "WHERE t.target IS NULL",
     "deliveries", "belongs to no target", "it is never sent"},
    {"SELECT d.id FROM deliveries d LEFT JOIN delivery_waiting w ON w.id = d.id "
     "LEFT JOIN delivery_states s ON s.id = d.id WHERE w.id IS NULL AND s.id IS NULL",
     "deliveries", "neither waits nor has a state", "it is never sent"},
    {"SELECT d.id FROM deliveries d JOIN delivery_waiting w ON w.id = d.id "
     "JOIN delivery_states s ON s.id = d.id WHERE s.state <> 0",
     "deliveries", "waits, though it has been settled", "it may be sent a second time"},
    // One that was emptied, past its retention, is nobody's.
    {"SELECT d.id FROM deliveries d WHERE d.consumer <> X'' AND NOT EXISTS "
     "(SELECT 1 FROM owners o WHERE o.consumer = d.consumer)",
     "deliveries", "is owed by a consumer who has no record", "what owes it is not known"}};

base::Result<void> verify_deliveries(Connection& reading, const fs::path& file,
                                     Verification& into) {
  const auto has_any = has_table(reading, "delivery_waiting");  // journals had none once
  if (!has_any) return std::unexpected(has_any.error());
  if (!*has_any) return {};
  auto counted = each_row(reading, "SELECT COUNT(*) FROM deliveries", [&](const Statement& row) {
    into.deliveries = static_cast<size_t>(row.integer(0));
  });
  if (!counted) return counted;
  const auto has_aside = has_table(reading, "turns_aside");
  if (!has_aside) return std::unexpected(has_aside.error());
  auto made = reading.execute("CREATE TEMP TABLE owners(consumer BLOB PRIMARY KEY)");
  if (made) made = reading.execute("INSERT OR IGNORE INTO owners SELECT consumer FROM turns");
  if (made && *has_aside) {
    made = reading.execute("INSERT OR IGNORE INTO owners SELECT consumer FROM turns_aside");
  }
  if (!made) return made;
  for (const Rule& rule : kRules) {
    auto read = each_row(reading, rule.query, [&](const Statement& row) {
      into.add(
          {file.filename().string() + ": " + rule.table + ", id " + std::to_string(row.integer(0)),
           rule.what, rule.consequence, false});
    });
    if (!read) return read;
  }
  return {};
}

// The table of chats against one that is made of the turns it has seen.
base::Result<void> verify_chats(Connection& reading, const fs::path& file, Verification& into) {
  const auto has_chats = has_table(reading, "chats_seen");
  if (!has_chats) return std::unexpected(has_chats.error());
  if (!*has_chats) return {};  // a former build's; the next start makes it
  const auto seen = chats_seen(reading);
  if (!seen) return std::unexpected(seen.error());
  ChatsWriter writer;
  auto done = make_chats_table(reading, "expected", true);
  if (done) done = writer.prepare(reading, "expected");
  if (!done) return done;
  constexpr size_t kStep = 10'000;
  for (int64_t at = 0; at < *seen;) {
    ChatNewsById news;
    const auto end = read_news(reading, at, kStep, news, *seen);
    if (!end) return std::unexpected(end.error());
    if (*end == at) break;
    at = *end;
    for (const ChatNews& chat : news.in_order()) {
      if (done = writer.put(chat); !done) return done;
    }
  }
  // Which solution it is records do not say.
  constexpr const char* kDiffer =
      "SELECT chat FROM (SELECT chat, consumer, version, phase, turns, first, last, begun_at, "
      "last_at, is_latest FROM chats EXCEPT SELECT chat, consumer, version, phase, turns, first, "
      "last, begun_at, last_at, is_latest FROM expected) UNION "
      "SELECT chat FROM (SELECT chat, consumer, version, phase, turns, first, last, begun_at, "
      "last_at, is_latest FROM expected EXCEPT SELECT chat, consumer, version, phase, turns, "
      "first, last, begun_at, last_at, is_latest FROM chats)";
  return each_row(reading, kDiffer, [&](const Statement& row) {
    const auto chat = base::Id::from_bytes(row.bytes(0));
    into.add({file.filename().string() + ": chats, chat " + (chat ? chat->to_string() : "?"),
              "is listed otherwise than its turns say",
              "lists of chats, and what reads one chat, may miss some of it", true});
  });
}

base::Result<void> verify_chains(Connection& reading, const fs::path& file, const WhoseBody& whose,
                                 Verification& into) {
  const auto links = read_links(reading, whose);
  if (!links) return std::unexpected(links.error());
  const Chains chains = find_chains(*links);
  into.records = links->size();
  into.consumers = chains.last.size();
  for (const Stray& stray : chains.strays) {
    into.add({place_of(file, stray.link), stray.why, kRefused, true});
  }
  return verify_heads(reading, file, *links, chains, into);
}

}  // namespace

base::Result<void> each_row(Connection& reading, const char* query,
                            const std::function<void(const Statement&)>& tell) {
  auto select = reading.prepare(query);
  if (!select) return std::unexpected(select.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    tell(*select);
  }
}

base::Result<std::vector<Link>> read_links(Connection& reading, const WhoseBody& whose) {
  std::vector<Link> links;
  auto read = each_row(
      reading, "SELECT position, previous, number, consumer, body FROM turns ORDER BY position",
      [&](const Statement& row) {
        Link link{row.integer(0), row.integer(1), row.integer(2), {}, false};
        link.consumer = base::Id::from_bytes(row.bytes(3)).value_or(base::Id{});
        const auto owner = whose ? whose(row.bytes(4)) : std::nullopt;
        link.is_anothers = owner && *owner != link.consumer;
        links.push_back(link);
      });
  if (!read) return std::unexpected(read.error());
  return links;
}

base::Result<void> verify_store(const fs::path& store, std::string_view consequence,
                                Verification& into) {
  const std::string name = store.filename().string();
  std::error_code error;
  const auto bytes = fs::file_size(store, error);
  const bool is_missing = error || bytes == 0;
  if (is_missing && fs::file_size(store.string() + "-wal", error) > 0 && !error) {
    into.add({name, "is missing, but its log " + name + "-wal is there", std::string(consequence),
              true});
    return {};
  }
  if (is_missing) return base::fail(base::Code::not_found, "there is no such file", store.string());
  const auto log = examine_log(store);
  if (!log) return std::unexpected(log.error());
  if (log->is_damaged()) {
    into.add({name + "-wal, after frame " + std::to_string(log->frames),
              "is damaged; " + std::to_string(log->commits_after) +
                  " transactions behind it cannot be read",
              std::string(consequence), true});
  }
  auto reading = Connection::open(store, Connection::Use::reading);
  auto checked =
      reading ? each_row(*reading, "PRAGMA integrity_check(100)",
                         [&](const Statement& row) {
                           const std::string_view said = row.bytes(0);
                           if (said == "ok") return;
                           into.add({name, std::string(said), std::string(consequence), false});
                         })
              : base::Result<void>(std::unexpected(reading.error()));
  if (!checked) into.add({name, checked.error().message, std::string(consequence), false});
  return {};
}

base::Result<void> verify_journal(const fs::path& journal, const WhoseBody& whose,
                                  Verification& into) {
  const size_t before = into.problems_found;
  auto read = verify_store(journal, "what people said last is not known", into);
  if (!read) return read;
  // SQLite removes a log whose database is empty.
  std::error_code error;
  if (!fs::exists(journal, error) || fs::file_size(journal, error) == 0) return {};
  auto reading = Connection::open(journal, Connection::Use::reading);
  // One moment for all that is compared, whatever is written meanwhile.
  if (reading) read = reading->execute("BEGIN");
  if (reading && read) read = verify_chains(*reading, journal, whose, into);
  if (reading && read) read = verify_chats(*reading, journal, into);
  if (reading && read) read = verify_deliveries(*reading, journal, into);
  // What cannot be read at all has been said already.
  if (!read && into.problems_found == before) {
    into.add({journal.filename().string(), read.error().describe(), "what people said is not known",
              false});
  }
  return {};
}

base::Result<void> verify_record_log(const fs::path& folder, std::string_view consequence,
                                     Verification& into) {
  const auto key = key_of(folder);
  if (!key) return std::unexpected(key.error());
  const auto ids = segments_in(folder);
  if (!ids) return std::unexpected(ids.error());
  const RecordSeal seal(*key);
  uint64_t last = 0;
  for (const uint64_t id : *ids) {
    const std::string name = segment_name(id);
    const auto complain = [&](const std::string& what) {
      into.add({folder.filename().string() + "/" + name, what, std::string(consequence), false});
    };
    const auto read = each_record(folder / name, id, seal, [&](uint64_t number, std::string_view) {
      if (last != 0 && number != last + 1) {
        complain("record " + std::to_string(number) + " follows record " + std::to_string(last) +
                 ": what was between them is missing");
      }
      last = number;
      return base::Result<void>();
    });
    if (!read && read.error().code != base::Code::data_loss) return read;
    if (!read) complain(read.error().message);
  }
  return {};
}

}  // namespace millrace::storage
