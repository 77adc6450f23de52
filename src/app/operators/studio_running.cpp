// Test runs, single action nodes and the store of secrets, as JSON.
#include <algorithm>
#include <mutex>

#include "app/operators/studio.hpp"
#include "base/level_names.hpp"

namespace millrace::app {
namespace {

using base::Code;
using base::fail;

constexpr size_t kLogLinesMax = 500;

class KeptLog final : public base::Log {
 public:
  void line(base::Level level, std::string_view, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kLogLinesMax) return;
    lines_.push_back(std::string(base::kLevels(level)) + ": " + std::string(text));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// The first node that calls the command.
const flow::ActionNode* caller_of(const solutions::Loaded& loaded, std::string_view command) {
  const flow::ActionNode* first = nullptr;
  flow::NodeNumber least = 0;
  if (!loaded.program) return nullptr;
  for (const auto& [number, node] : loaded.program->nodes) {
    const auto* action = std::get_if<flow::ActionNode>(&node.does);
    if (action == nullptr || action->command != command) continue;
    if (first == nullptr || number < least) {
      first = action;
      least = number;
    }
  }
  return first;
}

json::value road_of(const solutions::Loaded& loaded, std::string_view command,
                    const runtime::ActionOutcome& outcome) {
  const flow::ActionNode* action = caller_of(loaded, command);
  if (action == nullptr || action->roads.empty()) return nullptr;
  const bool returned = outcome.kind == runtime::CallOutcome::returned;
  const json::value* value = returned ? outcome.result.if_contains(action->decision) : nullptr;
  const flow::Road* road = action->road(value == nullptr ? "error" : json::to_text(*value));
  const flow::Node* to = road == nullptr ? nullptr : loaded.program->find(road->target);
  return to == nullptr ? json::value(nullptr) : json::value(to->id);
}

bool is_name(std::string_view action) {
  return !action.empty() && action.size() <= 128 && std::ranges::all_of(action, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

json::object shown(const secrets::Store::Entry& entry) {
  return {{"name", entry.name},
          {"version", entry.version},
          {"created_at", base::to_iso8601(entry.created_at)},
          {"changed_at", base::to_iso8601(entry.changed_at)}};
}

}  // namespace

api::Studio::Object OperatorStudio::run_tests(const Place& place, const json::object& order) {
  auto files = draft_of(place, order);
  if (!files) return std::unexpected(files.error());
  solutions::Runs::Order run;
  run.solution = place.solution;
  run.filter = json::get_string(order, "filter").value_or("");
  for (const auto& [path, text] : *files) {
    if (solutions::kind_of_file(path) == "test") run.tests.emplace(path, text);
  }
  run.load = [this, files = std::move(*files)] { return drafts_.load(files); };
  const auto id = runs_.begin(std::move(run));
  if (!id) return std::unexpected(id.error());
  return json::object{{"run", *id}};
}

api::Studio::Object OperatorStudio::run(std::string_view id) {
  const auto state = runs_.state(id);
  if (!state) return std::unexpected(state.error());
  json::array outcomes;
  size_t failed = 0;
  for (const solutions::RunOutcome& each : state->outcomes) {
    json::object one{
        {"name", each.name}, {"file", each.file}, {"line", each.line}, {"passed", each.passed}};
    if (!each.passed) {
      ++failed;
      one["failure"] = each.failure;
      one["transcript"] = each.transcript;
    }
    outcomes.emplace_back(std::move(one));
  }
  return json::object{
      {"run", state->id},
      {"kind", to_string(state->kind)},
      {"solution", state->solution},
      {"begun_at", base::to_iso8601(state->begun_at)},
      {"done", state->is_done},
      {"tests", state->tests},
      {"failed", failed},
      {"problems", shown(state->problems)},
      {"outcomes", std::move(outcomes)},
      {"coverage", state->coverage.empty() ? json::value(nullptr) : json::value(state->coverage)},
      {"steps", json::array(state->steps.begin(), state->steps.end())},
      {"result", state->result.empty() ? json::value(nullptr) : json::value(state->result)}};
}

api::Studio::Object OperatorStudio::inspect_action(const Place& place, std::string_view action,
                                                   const json::object& order) {
  const std::string path = "action_nodes/" + std::string(action) + ".py";
  if (!is_name(action)) return fail(Code::invalid_argument, "is no name of an action", "action");
  json::object with = order;
  if (const auto text = json::get_string(order, "text")) {
    json::value& overlay = with["overlay"];
    if (!overlay.is_object()) overlay.emplace_object();
    overlay.get_object()[path] = *text;
  }
  const auto loaded = loaded_of(place, with);
  if (!loaded) return std::unexpected(loaded.error());
  if (!(*loaded)->files.contains(path)) return fail(Code::not_found, "there is no such script");
  std::vector<flow::Problem> problems;
  for (const flow::Problem& problem : (*loaded)->problems) {
    if (problem.file == path) problems.push_back(problem);
  }
  std::set<std::string> payload;
  std::set<std::string> outputs;
  if ((*loaded)->program) {
    for (const auto& [number, node] : (*loaded)->program->nodes) {
      const auto* called = std::get_if<flow::ActionNode>(&node.does);
      if (called == nullptr || called->command != action) continue;
      for (const auto& member : called->payload) payload.insert(std::string(member.key()));
      outputs.insert(called->outputs.begin(), called->outputs.end());
    }
  }
  std::set<std::string> parameters;
  for (const auto& [environment, keys] : (*loaded)->facts.environments) {
    parameters.insert(keys.begin(), keys.end());
  }
  return json::object{{"usable", (*loaded)->facts.scripts.contains(std::string(action))},
                      {"problems", shown(problems)},
                      {"payload", json::array(payload.begin(), payload.end())},
                      {"outputs", json::array(outputs.begin(), outputs.end())},
                      {"parameters", json::array(parameters.begin(), parameters.end())}};
}

base::Result<OneRan> OperatorStudio::run_script(const solutions::Loaded& loaded, OneCall call,
                                                base::Log& log) {
  // What the operator granted that solution, and nothing else of the server's.
  auto rights = ports_.rights_of(call.solution);
  if (!rights) return std::unexpected(rights.error());
  call.rights = std::move(*rights);
  call.given = options_.given;
  call.world = options_.world;
  call.world.secrets.data = options_.data;
  call.packages = options_.data / "packages";
  return run_one(loaded, std::move(call), log);
}

api::Studio::Object OperatorStudio::run_action(const Place& place, std::string_view action,
                                               const json::object& order) {
  if (!is_name(action)) return fail(Code::invalid_argument, "is no name of an action", "action");
  const auto loaded = loaded_of(place, order);
  if (!loaded) return std::unexpected(loaded.error());
  OneCall call;
  call.command = action;
  call.solution = place.solution;
  if (const auto* payload = json::get_object(order, "payload")) call.payload = *payload;
  if (const auto* context = json::get_object(order, "context")) call.context = *context;
  call.environment = json::get_string(order, "environment").value_or("sandbox");
  KeptLog log;
  const auto ran = run_script(**loaded, std::move(call), log);
  if (!ran) return std::unexpected(ran.error());
  json::array hosts;
  for (const web::Exchange& exchange : ran->outcome.trace.exchanges) {
    hosts.emplace_back(json::object{{"host", exchange.host},
                                    {"port", exchange.port},
                                    {"method", exchange.method},
                                    {"status", exchange.status},
                                    {"took_ms", exchange.took_ms},
                                    {"refused", exchange.refused}});
  }
  const auto lines = log.lines();
  return json::object{{"outcome", runtime::to_string(ran->outcome.kind)},
                      {"result", ran->outcome.result},
                      {"message", ran->outcome.message},
                      {"road", road_of(**loaded, action, ran->outcome)},
                      {"log", json::array(lines.begin(), lines.end())},
                      {"hosts", std::move(hosts)},
                      {"ran_ms", static_cast<double>(ran->outcome.trace.ran.count()) / 1e3},
                      {"whole_ms", ran->ms}};
}

api::Studio::Array OperatorStudio::secrets() {
  const auto store = secrets::Store::at(options_.data, options_.world.secrets.key);
  if (!store) return std::unexpected(store.error());
  const auto all = store->list();
  if (!all) return std::unexpected(all.error());
  json::array items;
  for (const secrets::Store::Entry& entry : *all) items.emplace_back(shown(entry));
  return items;
}

api::Studio::Object OperatorStudio::set_secret(std::string_view name, std::string_view value) {
  if (!secrets::is_name(name)) {
    return fail(Code::invalid_argument, "a letter, then letters, digits, '_', '-' and '.'",
                "secret");
  }
  auto store = secrets::Store::at(options_.data, options_.world.secrets.key);
  if (!store) return std::unexpected(store.error());
  if (auto set = store->set(name, value, ports_.clock.now()); !set) {
    return std::unexpected(set.error());
  }
  const auto all = store->list();
  if (!all) return std::unexpected(all.error());
  for (const secrets::Store::Entry& entry : *all) {
    if (entry.name == name) return shown(entry);
  }
  return fail(Code::unavailable, "somebody else has removed it already");
}

api::Studio::Done OperatorStudio::remove_secret(std::string_view name) {
  auto store = secrets::Store::at(options_.data, options_.world.secrets.key);
  if (!store) return std::unexpected(store.error());
  return store->remove(name);
}

}  // namespace millrace::app
