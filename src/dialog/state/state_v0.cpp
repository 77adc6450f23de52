#include "dialog/state/state_v0.hpp"

#include <algorithm>
#include <array>

namespace millrace::dialog {
namespace {

// The objects that a state of version 0 had by itself. One under any other name was how the
// receiver of that name knew the consumer.
constexpr auto kOwnObjects =
    std::to_array<std::string_view>({"vars", "user", "error", "call", "props", "timer"});

void gather_known(json::object& state) {
  json::object known;
  for (const auto& member : state) {
    const bool is_own =
        std::ranges::find(kOwnObjects, std::string_view(member.key())) != kOwnObjects.end();
    if (!is_own && member.value().is_object()) known.emplace(member.key(), member.value());
  }
  for (const auto& receiver : known) state.erase(receiver.key());
  if (!known.empty()) state.emplace("known", std::move(known));
}

// In their places: what is written is compared byte by byte.
json::object with_known_spread(json::object state) {
  if (!state.contains("known")) return state;
  json::object out;
  for (auto& member : state) {
    if (member.key() != "known") {
      out.emplace(member.key(), std::move(member.value()));
      continue;
    }
    for (auto& receiver : member.value().get_object()) {
      out.emplace(receiver.key(), std::move(receiver.value()));
    }
  }
  return out;
}

}  // namespace

base::Result<json::object> state_from_version_0(json::object state) {
  // Had no version, and kept its values as pairs of a node and a value.
  state["v"] = 1;
  // The first builds kept neither of these.
  state.emplace("region", "");
  state.emplace("born", 0);
  gather_known(state);
  json::value* kept = state.if_contains("kept");
  if (kept == nullptr) return state;
  const auto* pairs = kept->if_array();
  json::object by_node;
  for (size_t i = 0; pairs != nullptr && i < pairs->size(); ++i) {
    const auto* pair = (*pairs)[i].if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_int64()) {
      pairs = nullptr;
    } else {
      by_node.emplace(std::to_string((*pair)[0].get_int64()), (*pair)[1]);
    }
  }
  if (pairs == nullptr) return base::fail(base::Code::data_loss, "'kept' is not a list of pairs");
  *kept = std::move(by_node);
  return state;
}

json::object to_version_0(const State& state) {
  json::object out = with_known_spread(to_json(state));
  out.stable_erase(out.find("v"));
  if (json::value* kept = out.if_contains("kept")) {
    json::array pairs;
    for (const auto& [node, value] : state.kept) pairs.push_back(json::array{node, value});
    *kept = std::move(pairs);
  }
  return out;
}

}  // namespace millrace::dialog
