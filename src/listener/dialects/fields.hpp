// What the dialects' parsers share: identifiers, moments, and what every event has to have.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "listener/dialects/dialect.hpp"

namespace millrace::listener {

// A text as it is; a number as JSON writes it; "" for anything else. Cut off at kIdBytesMax.
std::string id_of(const json::object& o, std::string_view key);
// A text, or "".
std::string text_of(const json::object& o, std::string_view key);

// ISO 8601, or milliseconds since 1970 as a number or as digits; nullopt otherwise.
std::optional<base::Timestamp> moment_of(const json::object& o, std::string_view key);

// Sets when it happened by the server's clock: received - (sent - happened), where the client says
// both, so that a wrong clock does no harm. Never later than it was received.
void set_times(people::Event& event, const Arrival& arrival,
               std::optional<base::Timestamp> happened, std::optional<base::Timestamp> sent);

// What the source says is kept of an address: "192.0.2.7" -> "192.0.2.0".
std::string kept_address(std::string_view address, Addresses kept);

// utm_* and click ids of an address's query ("?utm_source=mail&gclid=..."), where the event does
// not say its campaign itself.
void read_campaign(people::Event& event, std::string_view search);
// The query of an address, with its '?'; "" when it has none.
std::string_view search_of(std::string_view url);

// Reads each of a request's events. Error: invalid_argument, there are more than kEventsMax.
using ReadCall = std::function<void(const json::value& call, Batch& batch)>;
base::Result<Batch> read_calls(const json::array& calls, const ReadCall& read);

// Completes an event (source, moment, agent, robots) and puts it into the batch, or says why not.
void finish(people::Event event, const json::value& raw, Batch& batch, const Arrival& arrival);
void refuse(const json::value& raw, std::string message_id, std::string reason, Batch& batch);

}  // namespace millrace::listener
