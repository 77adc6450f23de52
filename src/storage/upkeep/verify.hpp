// Whether a data folder holds what it should: every chain of records, the deliveries that turns
// owe, the files beside. Finding is reading; mending puts aside what cannot be attributed and never
// deletes any of it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"

namespace millrace::storage {

struct Problem {
  std::string place;        // the file, and where in it
  std::string what;         // is wrong
  std::string consequence;  // for people and their chats
  bool is_mendable = false;
};

struct Verification {
  static constexpr size_t kProblemsMax = 1'000;  // listed; all are counted

  size_t records = 0;
  size_t consumers = 0;
  size_t deliveries = 0;
  size_t problems_found = 0;
  std::vector<Problem> problems;

  void add(Problem problem) {
    ++problems_found;
    if (problems.size() < kProblemsMax) problems.push_back(std::move(problem));
  }
};

// Whose words a record's body holds; nullopt when the body does not say.
using WhoseBody = std::function<std::optional<base::Id>(std::string_view body)>;

// Reads the journal; works beside a running server. An absent journal gives an error (not_found).
base::Result<void> verify_journal(const std::filesystem::path& journal, const WhoseBody& whose,
                                  Verification& into);
// Reads another database of this room.
base::Result<void> verify_store(const std::filesystem::path& store, std::string_view consequence,
                                Verification& into);
// Reads the files of a record log; not while it is written.
base::Result<void> verify_record_log(const std::filesystem::path& folder,
                                     std::string_view consequence, Verification& into);

// Mends a journal that nobody has open: a damaged log is put aside (journal.db-wal.damaged-N); of
// each consumer the longest chain from its first record is kept, and the other records are moved
// into the table turns_aside; `heads` are written anew. What was done, a sentence each; empty when
// nothing had to be.
base::Result<std::vector<std::string>> mend_journal(const std::filesystem::path& journal,
                                                    const WhoseBody& whose);
// Puts a database and what belongs to it aside, as NAME.damaged-N; returns that name.
base::Result<std::string> put_aside(const std::filesystem::path& database);

}  // namespace millrace::storage
