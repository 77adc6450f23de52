// The members of a state's JSON that are more than a number or a text, each as it stands there. For
// state_json.cpp and state_change.cpp alone: a whole state and a change of one are made of the
// same.
#pragma once

#include "dialog/dialog.hpp"
#include "dialog/state/members.hpp"

namespace millrace::dialog::parts {

json::object answer(const Answered& answered);
json::array answers(const std::vector<Answered>& answers);
json::object texts(const std::map<std::string, std::string, std::less<>>& texts);
json::object kept(const std::map<flow::NodeNumber, json::value>& kept);
json::object call(const PendingCall& call);
json::object agent(const Seat& seat);
json::object known(const KnownAs& known_as);
json::array frames(const State& state);
json::array readings(const std::vector<ask::Candidate>& readings);
json::object ahead(const std::map<flow::NodeNumber, std::string>& ahead);
json::object timer(const Timer& timer);

// A map of texts, read; what is none is noted in `members`.
void read_texts(Members& members, std::string_view name,
                std::map<std::string, std::string, std::less<>>& into);

}  // namespace millrace::dialog::parts
