#include "solutions/needs.hpp"

#include <set>

namespace millrace::solutions {
namespace {

using flow::Problem;
using flow::Severity;

class Looker {
 public:
  Looker(const Loaded& loaded, std::string_view environment,
         const std::function<bool(const std::string&)>& is_set)
      : loaded_(loaded), environment_(environment), is_set_(is_set) {}

  std::vector<Problem> look() && {
    for (const std::string& name : owed_to(*loaded_.program)) look_at(name);
    look_at_params();
    return std::move(problems_);
  }

 private:
  void look_at(const std::string& name) {
    const auto* settings = loaded_.program->receivers.find(name)->second.in(environment_);
    if (settings == nullptr) return;
    for (const auto& [key, values] : *settings) {
      for (const std::string& text : values) look_for_places(name + "'s " + key, text);
    }
  }

  void look_for_places(const std::string& whose, std::string_view text) {
    for (const bool is_secret : {false, true}) {
      const std::string_view mark = is_secret ? "${secret:" : "${env:";
      for (size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at)) {
        at += mark.size();
        const std::string name(text.substr(at, text.find('}', at) - at));
        if (!is_set_(name) && told_.insert(name).second) tell_unset(whose, name, is_secret);
      }
    }
  }

  void tell_unset(const std::string& whose, const std::string& name, bool is_secret) {
    warn("solution.yaml", "not_set_here",
         "in " + environment_ + " " + whose + " is " +
             (is_secret ? "the secret " : "the environment variable ") + name +
             ", which is not set here",
         is_secret ? "set it where the server starts, or keep it there: millrace secret set " +
                         name + " --data DIR"
                   : "set it where the server starts");
  }

  // A script finds what its environment has, and no other's.
  void look_at_params() {
    const auto& all = loaded_.facts.environments;
    const auto here = all.find(environment_);
    for (const auto& [other, keys] : all) {
      for (const std::string& key : keys) {
        const bool is_there = here != all.end() && here->second.contains(key);
        if (is_there || !told_.insert("PARAMS " + key).second) continue;
        warn("app.py", "params_lacking",
             "PARAMS has " + key + " in " + other + ", and not in " + environment_,
             "add it to the section " + environment_);
      }
    }
  }

  void warn(std::string file, std::string code, std::string message, std::string remedy) {
    problems_.push_back({.severity = Severity::warning,
                         .file = std::move(file),
                         .code = std::move(code),
                         .message = std::move(message),
                         .remedy = std::move(remedy)});
  }

  const Loaded& loaded_;
  const std::string environment_;
  const std::function<bool(const std::string&)>& is_set_;
  std::set<std::string, std::less<>> told_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<std::string> owed_to(const flow::Program& program) {
  std::set<const delivery::Kind*> kinds;
  for (const auto& [number, node] : program.nodes) {
    if (const auto* action = std::get_if<flow::ActionNode>(&node.does)) {
      kinds.insert(action->owes.kind);
    }
  }
  std::set<std::string_view> named{program.track, program.hand_overs, program.webhook_mode};
  for (const auto& [channel, receiver] : program.pushed) named.insert(receiver);
  std::vector<std::string> found;
  for (const auto& [name, receiver] : program.receivers) {
    if (kinds.contains(receiver.kind) || named.contains(name)) found.push_back(name);
  }
  return found;
}

std::vector<flow::Problem> problems_in(const Loaded& loaded, std::string_view environment,
                                       const std::function<bool(const std::string&)>& is_set) {
  if (loaded.program == nullptr) return {};
  return Looker(loaded, environment, is_set).look();
}

}  // namespace millrace::solutions
