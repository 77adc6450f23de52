// Who is meant: the ways in which a profile is named.
#pragma once

#include <string>

namespace millrace::profiles {

struct Identifier {
  // `push_token`: whose device has it, where nothing else is known of a person.
  enum class Kind { external_id, user_alias, braze_id, email, phone, push_token };
  Kind kind = Kind::external_id;
  std::string value;  // of an alias: its name
  std::string label;  // of an alias; of a push token: its app_id
};

}  // namespace millrace::profiles
