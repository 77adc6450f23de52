// The Engagement API's JSON: what sessions, messages, snapshots and errors look like on the wire
// (reference: engagement-api.md 2, 3, 4.4; what is inferred there is listed in
// docs/compatibility.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/web/web.hpp"
#include "engage/files.hpp"
#include "engage/tokens.hpp"
#include "runtime/runtime.hpp"

namespace millrace::engage {

// One complaint about a request: which field, what kind of complaint, and a sentence.
struct FieldError {
  std::string source;
  std::string type;
  std::string message;
};

web::Response error_response(int status, std::string message, std::vector<FieldError> errors = {});
// With Retry-After where asking again may help (429, 503).
web::Response error_response(const base::Error& error, int retry_after_seconds = 1);
// 429 with Retry-After.
web::Response too_many(std::string message, int wait_seconds);

// A payload as `incoming:msg` carries it, and as a snapshot's history does.
// A file that the consumer sent is named by a link that `files` makes for who reads it now.
json::object message_json(const runtime::ChatMessage& message, const Identity& identity,
                          const Files* files = nullptr);
json::object snapshot_json(const runtime::Snapshot& snapshot, const Identity& identity,
                           const runtime::Solutions& solutions, const Files* files = nullptr);
// `expires_at` (seconds since the epoch) and `expires_in` (seconds) are Millrace's own.
json::object session_json(const runtime::Session& session, std::string_view token,
                          base::Timestamp at, base::Timestamp until);

// What a client sends as a message, checked (reference: engagement-api.md 2.4). Both the REST call
// and the socket event take it. The text of an `embed` is what its app_object says, that of a file
// the address of the file.
struct IncomingMessage {
  std::string text;
  std::string client_message_id;  // "" when the client gave none
  json::value correlation_id;
};
base::Result<IncomingMessage> read_message(const json::object& body, const Identity& identity);

// What a page tells: {"name": text, "detail"?: object}. Its bounds are the engine's.
base::Result<dialog::PageEvent> read_event(const json::object& body);

// Whether the consumer writes (Type of the contract); who does not say does.
base::Result<bool> read_typing(const json::object& body, const Identity& identity);

// The session fields that scripts find in context['user_data'].
json::object user_data_of(const json::object& session_request);

}  // namespace millrace::engage
