// The chains of records in a journal, as values: which record follows which, and which of them are
// nobody's. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/id.hpp"

namespace millrace::storage {

// A row of `turns` without its body.
struct Link {
  int64_t position = 0;
  int64_t previous = 0;
  int64_t number = 0;
  base::Id consumer;
  bool is_anothers = false;  // the body holds another consumer's words
};

struct Stray {
  Link link;
  std::string why;
};

struct Chains {
  std::map<base::Id, Link> last;  // of each consumer's longest chain from its first record
  std::vector<Stray> strays;      // in the order of their positions
};

// `links` in the order of their positions.
Chains find_chains(const std::vector<Link>& links);

}  // namespace millrace::storage
