// What requests of the REST channel say, read strictly; an error tells what is wrong with it.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"

namespace millrace::channels {

struct Sender {
  std::string sender;
  std::string channel;  // "rest" where none is named
};

// What somebody says.
struct Words {
  Sender from;
  std::string message;
  std::string message_id;
  std::string locale;
  std::string time_zone;  // theirs; "" = not known
};

base::Result<Words> read_words(const json::object& body);
// {"sender", "channel"?} under that key.
base::Result<Sender> read_sender_under(const json::object& body, std::string_view key);
// A text member, or a number as its digits; "" when absent or null.
base::Result<std::string> optional_text(const json::object& body, std::string_view key,
                                        size_t bytes_max);

}  // namespace millrace::channels
