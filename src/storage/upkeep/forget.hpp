// What is kept of one person, told, and removed for good: from the tables, from the pages that the
// rows stood on, and from the write-ahead log. Reading works beside a running server; removing
// wants the data folder to itself.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/result.hpp"
#include "storage/storage.hpp"
#include "storage/upkeep/verify.hpp"

namespace millrace::storage {

using People = std::set<base::Id>;  // consumers' ids

// How much is kept of some people.
struct Kept {
  size_t records = 0;     // turns, those that were put aside included
  size_t bytes = 0;       // of their bodies
  size_t deliveries = 0;  // in whatever state
  size_t owed = 0;        // of these, those that wait, or that a person has to decide about
  std::set<std::string> chats;
};

// The chat whose turn a record is; nullopt when the body does not say.
using ChatOf = std::function<std::optional<base::Id>(std::string_view body)>;

// These people, and everybody whom they were joined with (runtime::Identities).
base::Result<People> joined_with(const std::filesystem::path& journal, const People& people);
// All who were joined with somebody: each person's ids.
base::Result<std::vector<People>> joined_people(const std::filesystem::path& journal);

// Like all that follow: not_found when there is no journal.
base::Result<Kept> kept_of(const std::filesystem::path& journal, const People& people,
                           const ChatOf& chat_of);
// Whether `verify --repair` has put records aside, whosever they are.
base::Result<bool> has_records_aside(const std::filesystem::path& journal);
// Those for whom nothing comes by itself any more, and who are owed nothing.
base::Result<People> people_at_rest(const std::filesystem::path& journal);

// Removes the turns of these people, their deliveries and joins, and what was put aside of them or
// holds their words; afterwards no byte of it is in the database or its log. What is others' stays
// as it is. With nobody it only clears what an earlier removal that was cut short may have left.
// Errors: unavailable, with the rows gone but not their bytes, when another process reads the
// journal.
base::Result<void> forget_people(const std::filesystem::path& journal, const People& people,
                                 const WhoseBody& whose);

// The same for the pairs of a key-value store that `is_theirs` says true of; how many they were.
// `look` is shown every key before that.
using IsTheirs = std::function<bool(std::string_view key, std::string_view value)>;
base::Result<size_t> forget_pairs(const std::filesystem::path& store, const IsTheirs& is_theirs,
                                  const std::function<void(std::string_view key)>& look = {});

}  // namespace millrace::storage
