// A worker that lives for one answer: it describes a solution and is killed.

#include <utility>

#include "python/python.hpp"
#include "python/redaction.hpp"
#include "python/sources.hpp"
#include "python/walls/launch.hpp"
#include "python/walls/one_answer.hpp"

namespace millrace::python {
namespace {

constexpr size_t kFactsBytesMax = 16 << 20;
constexpr size_t kTextBytesMax = 2'000;
constexpr size_t kTmpBytesMax = 64 << 20;
constexpr size_t kMemoryBytesMax = 512 << 20;

enum class Scripts { imported, read_only };

base::Result<json::object> describe(const Ground& ground, const std::filesystem::path& folder,
                                    const InspectOptions& options, Scripts scripts) {
  auto environment = environment_of(options.variables);
  if (!environment) return std::unexpected(environment.error());
  const Walls walls{folder, options.packages, {}, kTmpBytesMax};
  auto started = launch(ground, walls, worker_source(WorkerProgram::describe), {});
  if (!started) return std::unexpected(started.error());
  ProcessLimits limits;
  limits.memory_bytes_max = kMemoryBytesMax;
  limits.file_bytes_max = kTmpBytesMax;
  json::object setup;
  json::object& body = setup["setup"].emplace_object();
  body = common_setup(ground, walls, *environment, limits);
  body["import"] = scripts == Scripts::imported;
  auto answer = one_answer(std::move(*started), setup, kFactsBytesMax, options.limit);
  if (!answer && answer.error().code == base::Code::deadline_exceeded) {
    return base::fail(base::Code::deadline_exceeded, "the scripts took too long", "python");
  }
  return answer;
}

// Reads the facts out of the answer, which has been through a solution's hands: what is missing or
// of another type is left empty.
class Reader {
 public:
  explicit Reader(Sensitives sensitive) : sensitive_(std::move(sensitive)) {}

  AppFacts app(const json::object& facts) const {
    AppFacts app;
    app.name = text(facts, "name");
    app.bots = texts(json::get_array(facts, "bots"));
    app.csv_bots = texts(json::get_array(facts, "csv_bots"));
    if (const auto* environments = json::get_object(facts, "environments")) {
      for (const auto& [name, keys] : *environments) {
        app.environments[std::string(name)] = texts(keys.if_array());
      }
    }
    if (const auto* scripts = json::get_array(facts, "scripts")) {
      for (const json::value& script : *scripts) {
        if (script.is_object()) app.scripts.push_back(one_script(script.get_object()));
      }
    }
    app.problems = problems(facts);
    return app;
  }

 private:
  ScriptFacts one_script(const json::object& facts) const {
    ScriptFacts script;
    script.name = text(facts, "name");
    script.file = text(facts, "file");
    script.has_class = json::get_bool(facts, "has_class").value_or(false);
    script.repeatable = json::get_bool(facts, "repeatable").value_or(false);
    script.keeps_worker = json::get_bool(facts, "keeps_worker").value_or(false);
    script.why_not = fit_for_log({text(facts, "why_not")}, sensitive_, kTextBytesMax);
    script.problems = problems(facts);
    return script;
  }

  std::vector<Problem> problems(const json::object& facts) const {
    std::vector<Problem> all;
    const auto* const items = json::get_array(facts, "problems");
    if (items == nullptr) return all;
    for (const json::value& item : *items) {
      if (!item.is_object()) continue;
      const json::object& found = item.get_object();
      all.push_back({text(found, "severity") == "warning" ? Severity::warning : Severity::error,
                     number(found, "line"), number(found, "column"),
                     fit_for_log({text(found, "message")}, sensitive_, kTextBytesMax),
                     fit_for_log({text(found, "remedy")}, {}, kTextBytesMax)});
    }
    return all;
  }

  static std::string text(const json::object& facts, std::string_view key) {
    return std::string(json::get_string(facts, key).value_or(""));
  }

  static int number(const json::object& facts, std::string_view key) {
    return static_cast<int>(json::get_integer(facts, key).value_or(0));
  }

  static std::vector<std::string> texts(const json::array* items) {
    std::vector<std::string> all;
    if (items == nullptr) return all;
    for (const json::value& item : *items) {
      if (item.is_string()) all.emplace_back(item.get_string());
    }
    return all;
  }

  Sensitives sensitive_;
};

Sensitives secrets_of(const json::object& answer, const InspectOptions& options) {
  Sensitives secrets = secret_variables(options.variables);
  const auto* const items = json::get_array(answer, "secrets");
  if (items == nullptr) return secrets;
  for (const json::value& item : *items) {
    if (!item.is_object()) continue;
    add_sensitive(secrets, json::get_string(item.get_object(), "value").value_or(""),
                  json::get_string(item.get_object(), "label").value_or(""));
  }
  return secrets;
}

AppFacts facts_of(const json::object& answer, const InspectOptions& options) {
  const auto* const facts = json::get_object(answer, "facts");
  return Reader(secrets_of(answer, options)).app(facts == nullptr ? json::object() : *facts);
}

}  // namespace

base::Result<AppFacts> inspect(const std::filesystem::path& folder, const InspectOptions& options) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::canonical(folder, error);
  if (error || !std::filesystem::is_regular_file(whole / "app.py", error)) {
    return base::fail(base::Code::not_found, "there is no app.py", folder.string());
  }
  auto ground = find_ground(options.sandbox, options.interpreter);
  if (!ground) return std::unexpected(ground.error());
  auto answer = describe(*ground, whole, options, Scripts::imported);
  if (answer) return facts_of(*answer, options);

  // Importing one of the scripts ended the worker or never came to an end: say so, and say what
  // can be told by reading alone.
  const std::string reason = answer.error().message;
  answer = describe(*ground, whole, options, Scripts::read_only);
  if (!answer) return std::unexpected(answer.error());
  AppFacts facts = facts_of(*answer, options);
  facts.problems.push_back({Severity::error, 0, 0, "importing the scripts failed: " + reason,
                            "let a script do nothing at import but define things"});
  return facts;
}

}  // namespace millrace::python
