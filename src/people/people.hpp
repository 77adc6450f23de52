// Who is who, and what is known of them. Events come in by take(), in any order; who is one person,
// what they have done and what happened to them follow from the events, the rules and what was
// split, and from nothing else: not from the order of arrival, nor from delay. Repeated events
// change nothing but counts: that each event comes once is the business of whoever takes them in.
// Pure: no clock, no disk, no threads; whoever has it lets one in at a time.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "people/components.hpp"
#include "people/event.hpp"
#include "people/identifiers.hpp"
#include "people/rules.hpp"

namespace millrace::people {

// `nobody`: the event names nobody, so nothing is kept of it. `added`: an identifier that was not
// known before belongs to somebody from now on. `merged`: two people are one. `switched`: a device
// is the other person's from that moment on. `refused`: they stay two.
enum class What { nobody, known, created, added, merged, switched, refused };
inline constexpr auto kWhat = base::enum_names<What>("what happened", "nobody", "known", "created",
                                                     "added", "merged", "switched", "refused");

struct Taken {
  What what = What::nobody;  // of all that happened, what comes last in the list above
  Identifier who;            // under which the event was noted; empty for nobody
  struct Pair {              // `who`, and another that the event names
    Identifier other;
    What what = What::known;
    Rule rule = Rule::none;
  };
  std::vector<Pair> pairs;
  std::vector<Identifier> gone;  // of those in the event: who stood for a person, and does no more
  // Not only those in the event: whoever is in People::linked_with() may be somebody else now.
  bool is_found_anew = false;
  std::vector<Promoted::Left> left_out;
};

// A line of the log of who became whom.
struct Step {
  base::Id id;  // the same until an event comes that said it earlier
  base::Timestamp at;
  What what = What::merged;
  Rule rule = Rule::none;
  Identifier head;  // the two that an event named together
  Identifier other;
  Identifier kept;    // who they were just before: the person of `head`,
  Identifier joined;  // and the one of `other`, each by the identifier that stands for it
  EventKind why = EventKind::track;
  std::string source;  // which event it was; "" where a device changes hands again
  std::string message_id;
};

struct Person {
  base::Id id;                          // made of the identifier that stands for them
  std::vector<Identifier> identifiers;  // which they have now; that one first
  base::Timestamp first_seen;
  json::object traits;  // what was written last, or once and nothing since; null is none
  std::vector<std::pair<std::string, bool>> consents;      // by purpose
  std::vector<std::pair<std::string, Summary>> summaries;  // by name; "" is all others
};

class People {
 public:
  explicit People(Rules rules = {});
  People(const People&) = delete;

  Taken take(const Event& event);

  // The person who has that identifier now, normalised as in take(); nullopt if nobody has.
  std::optional<Person> find(const Identifier& identifier) const;
  // The identifiers that stand for people, in their order; one for each.
  std::vector<Identifier> all() const;
  // What happened to whoever has that identifier, in the order of time.
  std::vector<Step> log(const Identifier& identifier) const;

  // Undoes a step that merged, added or switched: nobody has identifiers of both sides any more, as
  // they were before it, nor had them at any time. What was done under an identifier stays with it.
  // The answer is whose rows have to be kept again. Error: not_found, when there is no such step.
  base::Result<std::vector<Identifier>> split(const Identifier& identifier, const base::Id& step);

  // Those who stand for the people that are linked with this one, also by what was refused.
  std::vector<Identifier> linked_with(const Identifier& identifier) const;

  // Removes whoever has that identifier: all identifiers they have now, what was done under them
  // and what linked them. What they did on a device that somebody else has now goes as well.
  struct Forgotten {
    std::vector<Identifier> identifiers;  // to be suppressed; none when nobody has it
    std::vector<Identifier> touched;      // of others, whose rows have to be kept again
  };
  Forgotten forget(const Identifier& identifier);

  // As it is kept: a row for each identifier that the person has now, or the row of one alone;
  // nothing for nobody. Who is one person stands in no row. So what an event changes is at most the
  // rows of the identifiers in it, whatever follows from it for others. kept.cpp says how.
  json::object keep(const Identifier& identifier) const;
  json::object keep_one(const Identifier& identifier) const;
  // What keep() or keep_one() wrote; each row once, in any order. Error: data_loss; what
  // was read before that stays.
  base::Result<void> restore(const json::object& kept);

  size_t size() const { return nodes_.size(); }  // identifiers
  // About how much memory all of this takes, beside the names of events and traits.
  size_t bytes() const;

 private:
  // Whom an event names.
  struct Named {
    struct One {
      NodeId node = 0;
      bool was_known = false;
    };
    std::vector<One> ids;         // what gives way last stands first
    std::optional<One> previous;  // whom an alias names
  };
  Named name(const Event& event, std::vector<Promoted::Left>& left_out);
  void note_under(NodeId node, Deed deed);
  void link_all(const Event& event, const Named& named, Taken& taken);
  std::set<NodeId> leads_of(const Named& named) const;

  std::optional<NodeId> node_of(const Identifier& identifier) const;
  NodeId lead_of(const std::vector<Held>& held) const;
  std::vector<Identifier> leads_among(const std::vector<NodeId>& nodes) const;
  std::vector<Identifier> identifiers(const std::vector<NodeId>& nodes) const;
  json::object keep_rows(const std::vector<NodeId>& nodes) const;
  std::vector<NodeId> held_now(const std::vector<Held>& held) const;
  Facts facts_of(const std::vector<Held>& held) const;
  Person person_with(Facts facts) const;
  Step step_of(const Link& link, int64_t at, const Partition& before, Judgement judgement) const;
  std::vector<NodeId> touched_by(const std::vector<NodeId>& gone,
                                 const std::vector<Held>& held) const;
  void scrub(const std::vector<NodeId>& nodes, const std::vector<NodeId>& gone);

  Rules rules_;
  Words words_;
  Nodes nodes_;
  Components components_;
};

// What a verdict on two identifiers means for people.
What what_happened(Verdict verdict, bool both_were_known);

// Of the step in which these two came together, or were kept from it, at that moment.
base::Id step_id(const Identifier& head, const Identifier& other, bool is_alias,
                 base::Timestamp at);

}  // namespace millrace::people
