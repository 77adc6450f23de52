#include "dialog/state_v0.hpp"

namespace millrace::dialog {

base::Result<json::object> state_from_version_0(json::object state) {
  // Had no version, and kept its values as pairs of a node and a value.
  state["v"] = 1;
  // The first builds kept neither of these.
  state.emplace("region", "");
  state.emplace("born", 0);
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
  json::object out = to_json(state);
  out.stable_erase(out.find("v"));
  if (json::value* kept = out.if_contains("kept")) {
    json::array pairs;
    for (const auto& [node, value] : state.kept) pairs.push_back(json::array{node, value});
    *kept = std::move(pairs);
  }
  return out;
}

}  // namespace millrace::dialog
