// A record's document, taken apart as far as every reader of records needs it. For the files that
// read records alone.
#pragma once

#include "runtime/records/record.hpp"
#include "runtime/records/record_parts.hpp"

namespace millrace::runtime {

// A record's document with nothing left out any more, and what is asked of every one.
struct Parsed {
  json::object record;
  int version = kRecordVersion;
  const json::object* in = nullptr;
  const json::object* state = nullptr;
  InputKind kind = InputKind::open;
  base::Timestamp at;
  base::Id chat;
  int64_t turn = 0;
  std::optional<int64_t> since;  // nullopt: it is whole
};

base::Result<Parsed> parsed_record(std::string_view body);

base::Result<json::object> open_sealed(std::string_view sealed, base::Id chat, int64_t turn,
                                       std::string_view key);

// The error, which says of whose record it is.
base::Error at_record(base::Error error, const JournalRecord& record);

}  // namespace millrace::runtime
