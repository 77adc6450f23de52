// `millrace forget`: a person, or everybody who has been quiet for long, removed from a data folder
// so that no byte of theirs is left in it.
#include <algorithm>
#include <cstdlib>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/media_people.hpp"
#include "app/commands/data/people.hpp"
#include "app/commands/data/sandbox_people.hpp"
#include "app/commands/data/verify_data.hpp"
#include "app/commands/events/event_files.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/trace_files.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/system.hpp"
#include "calls/calls.hpp"
#include "posix/files.hpp"
#include "solutions/chats.hpp"
#include "storage/at_rest/convert.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using storage::Kept;
using storage::People;

struct ForgetOptions {
  PersonOptions person;
  int older_than = 0;  // days; 0: a person is named
  bool drop_owed = false;
  bool dry_run = false;
  bool json = false;
};

// Of those who are one person either all are quiet, or none counts as such.
base::Result<People> quiet_since(const fs::path& data, base::Timestamp before) {
  const fs::path journal = data / "journal.db";
  const auto at_rest = storage::people_at_rest(journal);
  if (!at_rest) return at_rest;
  const auto joined = storage::joined_people(journal);
  if (!joined) return std::unexpected(joined.error());
  People of_several;
  for (const People& ids : *joined) of_several.insert(ids.begin(), ids.end());
  const auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  People quiet;
  People awake;
  runtime::ChatFilter filter{.latest = true};
  if (of_several.empty()) filter.before = before;
  auto read = solutions::each_chat(
      **archive, filter, [&](const runtime::ChatEntry& chat) -> base::Result<void> {
        if (chat.last_at < before && at_rest->contains(chat.consumer)) {
          quiet.insert(chat.consumer);
        } else if (of_several.contains(chat.consumer)) {
          awake.insert(chat.consumer);
        }
        return {};
      });
  if (!read) return std::unexpected(read.error());
  for (const People& ids : *joined) {
    const auto is_in = [](const People& people) {
      return [&people](base::Id id) { return people.contains(id); };
    };
    if (std::ranges::any_of(ids, is_in(awake))) {
      for (const base::Id& id : ids) quiet.erase(id);
    } else if (std::ranges::any_of(ids, is_in(quiet))) {
      quiet.insert(ids.begin(), ids.end());
    }
  }
  return quiet;
}

base::Result<People> who(const ForgetOptions& options) {
  if (options.older_than > 0) {
    const int64_t before = SystemClock().now().ms - options.older_than * flow::Retention::kDayMs;
    return quiet_since(options.person.data, {before});
  }
  auto person = find_person(options.person);
  if (person) return person;
  // Done again, it clears what a removal that was cut short may have left.
  if (person.error().code == Code::not_found && !options.dry_run) return People();
  return std::unexpected(person.error());
}

base::Result<void> refuse_what_was_put_aside(const fs::path& data) {
  const auto file = file_put_aside(data);
  if (!file) return {};
  return fail(Code::failed_precondition,
              "was put aside as damaged and may hold the words of whoever is to be forgotten; "
              "move it out of the folder or remove it",
              file->string());
}

// A journal in which words may stand under another's name cannot be cleared by names.
base::Result<void> refuse_a_damaged_journal(const fs::path& journal) {
  storage::Verification found;
  if (auto read = storage::verify_journal(journal, consumer_in, found); !read) return read;
  if (found.problems_found == 0) return {};
  return fail(Code::failed_precondition,
              std::to_string(found.problems_found) +
                  " problems; `millrace verify` lists them, mend them with --repair first",
              journal.string());
}

// The chat in "t/CHAT/...".
std::string_view chat_in_trace_key(std::string_view key) {
  const std::string_view all = calls::traces_of_all();
  if (!key.starts_with(all)) return {};
  key.remove_prefix(all.size());
  return key.substr(0, key.find('/'));
}

// A trace, or its place on a shelf: "BYTES KEY".
bool is_trace_of(const std::set<std::string>& chats, std::string_view key, std::string_view value) {
  if (const auto chat = chat_in_trace_key(key); !chat.empty()) {
    return chats.contains(std::string(chat));
  }
  const auto blank = value.find(' ');
  if (blank == std::string_view::npos) return false;
  return chats.contains(std::string(chat_in_trace_key(value.substr(blank + 1))));
}

// Under which ids the page tag knew these people, as their chats' sessions were told.
base::Result<std::set<std::string, std::less<>>> devices_of(const fs::path& data,
                                                            const People& people) {
  std::set<std::string, std::less<>> devices;
  const auto archive = archive_of(data);
  if (!archive) return std::unexpected(archive.error());
  const std::string key = seal_key_of(data);
  auto read = solutions::each_chat(
      **archive, {}, [&](const runtime::ChatEntry& chat) -> base::Result<void> {
        if (!people.contains(chat.consumer)) return {};
        const auto state = solutions::state_of(**archive, chat, key);
        if (!state) return std::unexpected(state.error());
        const auto id = json::get_string(state->user_data, "anonymous_id");
        if (id && !id->empty()) devices.emplace(*id);
        return {};
      });
  if (!read) return std::unexpected(read.error());
  return devices;
}

base::Result<void> forget_in_events(const fs::path& data, const People& people) {
  if (people.empty()) return {};
  const auto devices = devices_of(data, people);
  if (!devices) return std::unexpected(devices.error());
  const auto removed = forget_events(data, *devices);
  return removed ? base::Result<void>() : std::unexpected(removed.error());
}

// The journal goes last: until then all of it can be found again.
base::Result<void> forget(const fs::path& data, const People& people, const Kept& kept) {
  auto done = forget_in_sandbox(data, people);
  if (done) done = forget_quarantined(data, kept.chats);
  if (done) done = forget_in_media(data, people);
  if (done) done = forget_in_events(data, people);
  if (!done) return done;
  const fs::path traces = trace_file_in(data);
  std::error_code error;
  if (fs::exists(traces, error)) {
    const auto removed =
        storage::forget_pairs(traces, [&](std::string_view key, std::string_view value) {
          return is_trace_of(kept.chats, key, value);
        });
    if (!removed) return std::unexpected(removed.error());
  }
  return storage::forget_people(data / "journal.db", people, consumer_in);
}

std::string describe(const People& people, const Kept& kept) {
  return std::to_string(people.size()) + " people, " + std::to_string(kept.chats.size()) +
         " chats, " + std::to_string(kept.records) + " records of " + std::to_string(kept.bytes) +
         " bytes, " + std::to_string(kept.deliveries) + " deliveries (" +
         std::to_string(kept.owed) + " still owed)";
}

// How much of whom `did` happen to.
void tell(const ForgetOptions& options, std::string_view did, const People& people,
          const Kept& kept) {
  const json::object counted{{"dry_run", options.dry_run}, {"people", people.size()},
                             {"chats", kept.chats.size()}, {"records", kept.records},
                             {"bytes", kept.bytes},        {"deliveries", kept.deliveries},
                             {"owed", kept.owed}};
  const bool is_nobody = people.empty() && options.older_than == 0;
  print_done(options.json, counted,
             is_nobody ? "nothing is kept of such a person\n"
                       : std::string(did) + ": " + describe(people, kept) + "\n");
}

base::Result<int> run_held(const ForgetOptions& options) {
  const fs::path& data = options.person.data;
  const fs::path journal = data / "journal.db";
  std::error_code error;
  if (!fs::exists(journal, error)) return fail(Code::not_found, "no journal", journal.string());
  if (auto fine = refuse_what_was_put_aside(data); !fine) return std::unexpected(fine.error());
  if (auto fine = refuse_a_damaged_journal(journal); !fine) return std::unexpected(fine.error());
  const auto people = who(options);
  if (!people) return std::unexpected(people.error());
  const auto kept = storage::kept_of(journal, *people, chat_in);
  if (!kept) return std::unexpected(kept.error());
  if (options.dry_run) {
    tell(options, "would go", *people, *kept);
    return 0;
  }
  if (kept->owed > 0 && !options.drop_owed) {
    return fail(Code::failed_precondition,
                std::to_string(kept->owed) +
                    " deliveries about this person wait or are held; let them be sent, decide "
                    "about them with `millrace deliveries`, or give --drop-owed");
  }
  if (auto done = forget(data, *people, *kept); !done) return std::unexpected(done.error());
  tell(options, "forgotten", *people, *kept);
  return people->empty() && options.older_than == 0 ? 1 : 0;
}

int run(const ForgetOptions& options) {
  // What SQLite sorts and rewrites does not leave the folder; before it is used the first time.
  ::setenv("SQLITE_TMPDIR", options.person.data.c_str(), 1);
  const auto lock = storage::FolderLock::acquire(options.person.data);
  if (!lock) return complain("forget", lock.error());
  if (auto removed = storage::remove_unfinished_conversion(options.person.data); !removed) {
    return complain("forget", removed.error());
  }
  const auto done = run_held(options);
  return done ? *done : complain("forget", done.error());
}

}  // namespace

void add_forget_command(cli::App& cli, int& exit_code) {
  auto* command = cli.add_subcommand(
      "forget",
      "Remove a person from the data folder: turns, deliveries, traces, to the last byte.");
  auto options = std::make_shared<ForgetOptions>();
  add_person_options(*command, options->person);
  command
      ->add_option("--older-than", options->older_than,
                   "DAYS: instead of one person everybody whose last turn is older, for whom "
                   "nothing is due by itself, and who is owed nothing")
      ->check(cli::Range(1, flow::Retention::kDaysMax))
      ->excludes("CONSUMER")
      ->excludes("--sender");
  command->add_flag("--drop-owed", options->drop_owed,
                    "Also when deliveries about this person wait or are held: they are not sent");
  command->add_flag("--dry-run", options->dry_run, "Say how much would go, and remove nothing");
  command->add_flag("--json", options->json, kOneJsonObject);
  command->footer(
      "No server may use the folder: stop it first. It needs as much free room as journal.db has. "
      "Copies made by `millrace backup`, and what was sent to other systems, are not touched. "
      "Exits 0 when it is done, 1 when nothing was kept of such a person, "
      "2 when it was refused or failed; it may be done again.");
  command->callback([&exit_code, options] { exit_code = run(*options); });
}

}  // namespace millrace::app
