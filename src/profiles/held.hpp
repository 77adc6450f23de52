// A profile as the sandbox holds it in memory, with what is known of its row in the store.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "profiles/profile.hpp"

namespace millrace::profiles {

// Lines of a history that share a row.
struct HistoryRun {
  int64_t first = 0;  // the number of its first line
  std::string lines;  // with commas between them
};

struct Held {
  Profile profile;
  std::vector<std::string> keys;         // its look-ups, as memory has them
  std::vector<std::string> stored_keys;  // and as the store has them
  std::string history;                   // lines that the store has not got yet, oldest first,
                                         // with commas between them
  int64_t history_lines = 0;             // how many those are
  int64_t history_stored = 0;            // lines that the store has
  size_t history_recorded = 0;           // bytes of `history` that are in a record already
  std::vector<HistoryRun> leaving;       // handed to the store, which may not show them yet
  uint64_t unwritten_since = 0;  // the first record that its row lacks; 0: the row is as it is
  uint64_t written_with = 0;     // the last batch that wrote its row
  bool is_gone = false;          // deleted, or merged into another
  bool is_touched = false;       // by the request under way
  size_t bytes = 0;              // about what it takes here
  std::list<Held*>::iterator recent;
  uint64_t used_in = 0;  // the stretch of requests in which it was last moved to the front
};

// The look-up keys that lead to a profile.
std::vector<std::string> keys_of(const Profile& profile);
// As memory looks it up: addresses are shared, so what tells their owners apart is left off.
std::string_view shared_part(std::string_view key);

std::string external_id_key(std::string_view external_id);
std::string alias_key(const Alias& alias);
std::string token_key(const PushToken& token);
// "m/ana@example.com", "t/351...": the beginning of the keys of all who have it.
std::string email_key(std::string_view email);
std::string phone_key(std::string_view phone);
// The row of a run of history lines, by the number of its first.
std::string history_key(const std::string& braze_id, int64_t number);

}  // namespace millrace::profiles
