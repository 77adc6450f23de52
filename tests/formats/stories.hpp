// Conversations of every kind, held with the engine and written down as the runtime does: what
// the files under tests/formats were made of. Every record that a story gives is one of its chat.
#pragma once

#include <string>
#include <vector>

namespace millrace::formats {

struct Story {
  std::string name;
  std::vector<std::string> records;  // bodies, in order
};

// What seals what is secure in them.
inline const std::string kKey(32, 'k');

std::vector<Story> all_stories();

}  // namespace millrace::formats
