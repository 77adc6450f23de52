// All that is known of somebody under one identifier. A person's facts are those of the
// identifiers put together, so that taking an identifier away from a person takes away what was
// done under it, and nothing else.
#pragma once

#include <memory>
#include <vector>

#include "people/event.hpp"
#include "people/summaries.hpp"
#include "people/traits.hpp"

namespace millrace::people {

// What an event writes.
struct Said {
  std::vector<Trait> traits;
  std::vector<Trait> once;
  std::vector<Trait> consents;  // whose values are booleans
};

// What of an event concerns the person. Page views are counted as $page and screens as $screen;
// what a robot did and what is no doing (identify, group, alias) is not counted.
struct Deed {
  Stamp stamp;
  Word name = Words::kNone;
  bool counts = false;
  std::unique_ptr<Said> said;  // null: nothing
};
Deed deed_of(const Event& event, Words& words);

struct Facts {
  std::vector<Trait> traits;
  std::vector<Trait> once;
  std::vector<Trait> consents;
  std::vector<Summary> summaries;
};
void note(Facts& facts, const Deed& deed, const Words& words);
void join(Facts& into, const Facts& other, const Words& words);

// What was done under an identifier that may change hands. The latest deeds stay apart, so that
// each can go to whoever had it at that moment; what is older is put together and goes to whoever
// had it at the last of those moments.
struct Trail {
  static constexpr size_t kDeedsMax = 128;
  std::vector<Deed> deeds;  // by their stamps
  std::unique_ptr<Facts> settled;
  Stamp settled_until;
};
// Nothing when the deed is there already.
void note(Trail& trail, Deed deed, const Words& words);

// About how much memory it takes.
size_t bytes_of(const Facts& facts);
size_t bytes_of(const Trail& trail);

}  // namespace millrace::people
