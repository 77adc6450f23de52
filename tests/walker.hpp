// Walks a program along every road it can find: from each state it has come to, everything a
// consumer, an action or the clock could do next.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <tuple>

#include "dialog/dialog.hpp"

namespace millrace::testing_support {

class Walker {
 public:
  using Road = std::tuple<flow::NodeNumber, flow::RoadKind, int>;

  Walker(const flow::Program& program, std::vector<std::string> texts)
      : program_(program), texts_(std::move(texts)) {
    for (const auto& [number, node] : program.nodes) {
      for (const flow::Outgoing& road : flow::roads_of(node)) {
        all_.insert({number, road.kind, road.index});
      }
    }
  }

  // Stops when every road has been taken, or nothing new is found within so many turns.
  void walk(size_t turns_max) {
    dialog::State first =
        dialog::open_chat(program_, {.chat = base::Id::derived("chat", "walk"),
                                     .consumer = base::Id::derived("consumer", "walk"),
                                     .at = base::Timestamp{1'700'000'000'000}});
    take(first, dialog::Started{});
    while (!open_.empty() && turns < turns_max && taken_.size() < all_.size()) {
      const dialog::State state = std::move(open_.front());
      open_.pop_front();
      go_on(state);
    }
  }

  size_t roads() const { return all_.size(); }
  std::vector<Road> missed() const {
    std::vector<Road> out;
    for (const Road& road : all_) {
      if (!taken_.contains(road)) out.push_back(road);
    }
    return out;
  }
  std::string describe(const Road& road) const {
    const auto& [number, kind, index] = road;
    for (const flow::Outgoing& out : flow::roads_of(*program_.find(number))) {
      if (out.kind == kind && out.index == index) {
        return program_.find(number)->id + " --" + out.label + "--> " +
               program_.find(out.target)->id;
      }
    }
    return "?";
  }
  size_t turns = 0;

 private:
  void go_on(const dialog::State& state) {
    using dialog::Phase;
    if (state.phase == Phase::calling) {
      const auto& node = std::get<flow::ActionNode>(program_.find(state.call->node)->does);
      for (const flow::Road& road : node.roads) {
        dialog::CallEnded ended{state.call->key, dialog::CallEnd::returned, {}, ""};
        ended.result[node.decision] = road.value;
        for (const std::string& output : node.outputs) {
          if (output != node.decision) ended.result[output] = json::array{"Ada", "Grace", "Joan"};
        }
        take(state, ended);
      }
      for (const auto end :
           {dialog::CallEnd::timed_out, dialog::CallEnd::raised, dialog::CallEnd::unknown}) {
        take(state, dialog::CallEnded{state.call->key, end, {}, ""});
      }
      return;
    }
    if (state.timer) take(state, dialog::TimerDue{*state.timer});
    if (state.phase == Phase::queued) {
      take(state, dialog::NoAgent{});
      take(state, dialog::AgentJoined{"agent-1", "Ada"});
    }
    if (state.phase == Phase::with_agent) take(state, dialog::AgentLeft{"agent-1", ""});
    if (state.phase != Phase::waiting) return;
    const auto& node = std::get<flow::DialogNode>(program_.find(state.node)->does);
    std::vector<std::string> texts = texts_;
    for (const flow::Option& option : node.asset.options) texts.push_back(option.label[0].source());
    for (const flow::Card& card : node.asset.cards) {
      for (const flow::Option& button : card.buttons) texts.push_back(button.label[0].source());
    }
    if (node.asset.source) texts.insert(texts.end(), {"Ada", "Grace, Joan"});
    for (const flow::Template& label : node.asset.cancel_label) texts.push_back(label.source());
    for (const std::string& text : texts) {
      take(state, dialog::Said{"m" + std::to_string(turns), text, true});
    }
  }

  template <typename What>
  void take(const dialog::State& state, What what) {
    const base::Timestamp at{state.timer ? state.timer->due.ms : 1'700'000'000'000};
    auto turn = dialog::advance(program_, state, {at, std::move(what)});
    ++turns;
    if (!turn) return;
    bool is_new = false;
    for (const dialog::Taken& taken : turn->taken) {
      is_new |= taken_.insert({taken.from, taken.kind, taken.index}).second;
    }
    // A state is worth going on from when it came by a new road, or stands where none stood.
    const auto place = std::pair(turn->state.node, turn->state.phase);
    if ((is_new || places_.insert(place).second) && turn->state.phase != dialog::Phase::ended) {
      open_.push_back(std::move(turn->state));
    }
  }

  const flow::Program& program_;
  std::vector<std::string> texts_;
  std::set<Road> all_, taken_;
  std::set<std::pair<flow::NodeNumber, dialog::Phase>> places_;
  std::deque<dialog::State> open_;
};

}  // namespace millrace::testing_support
