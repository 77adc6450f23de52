// What of a call must not be seen, and a line without it. Pure; the rules of replacement are
// base::redact's, this adds what to replace and the spellings that Python gives to it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/redact.hpp"
#include "python/lines.hpp"

namespace millrace::python {

using Sensitives = std::vector<base::Sensitive>;

// True for names such as BRAZE_API_KEY: key, secret, token, password or authorization in them.
bool is_secret_name(std::string_view name);

// Adds a value in every spelling that Python's printing, JSON and forms may give it.
void add_sensitive(Sensitives& all, std::string_view value, std::string_view label);

// Adds what the value becomes in a form, in hexadecimal and in base64, there at any place within a
// longer text. Too short a value is left out: what it becomes would be found anywhere.
void add_encoded(Sensitives& all, std::string_view value, std::string_view label);

// The variables whose names say that they are secret.
Sensitives secret_variables(const std::map<std::string, std::string>& variables);

// What the consumer said or is known by: the context's variables, last message and user data.
void add_consumer_values(Sensitives& all, const json::object& context);

// Replaces sensitive values of four bytes or more by their labels in every string and name of it.
// For what leaves as data: nothing else of it is changed, and lengths may be.
void hide_in_values(json::value& value, const Sensitives& sensitive);

// The line fit for the log: redacted, then shortened to `bytes_max`. A line whose end was cut
// before it could be read may end in half a secret, so that much of it is left out.
std::string fit_for_log(const Line& line, const Sensitives& sensitive, size_t bytes_max);

}  // namespace millrace::python
