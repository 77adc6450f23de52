// The limits of users/track, and of what is remembered of the users.
#pragma once

#include <cstddef>
#include <cstdint>

namespace millrace::delivery::braze {

struct Limits {
  size_t objects_max = 75;       // of one request, all three arrays together
  size_t bytes_max = 4'000'000;  // of one request's body; Braze refuses more than 4 MiB

  // What a user's attributes are remembered as, to leave out those that have not changed.
  size_t remembered_users_max = 10'000;
  size_t remembered_attributes_max = 100;  // of one user
  size_t remembered_bytes_max = 256;       // of one value; longer ones are always sent
  int64_t unchanged_for_ms = 900'000;  // others write to the profile too: so long it is believed
};

}  // namespace millrace::delivery::braze
