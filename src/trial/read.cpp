#include <regex>

#include "base/text.hpp"
#include "flow/notation.hpp"
#include "flow/yaml.hpp"
#include "trial/keys.hpp"
#include "trial/trial.hpp"

namespace millrace::trial {
namespace {

using flow::YamlFile;
using flow::YamlPair;

constexpr base::Timestamp kDefaultStart{1'767'603'600'000};  // 2026-01-05T09:00:00Z

class Reader {
 public:
  explicit Reader(YamlFile& file) : file_(file) {}

  std::vector<Test> read(const std::string& text) {
    std::vector<Test> tests;
    const auto root = file_.parse(text);
    if (!root) return tests;
    for (const YamlPair& section : file_.pairs(*root, file_.name())) {
      if (section.key != "tests") {
        file_.unknown_key(section, flow::names_of(file_keys()));
        continue;
      }
      for (const YAML::Node& item : file_.maps(section)) tests.push_back(read_test(item));
    }
    return tests;
  }

 private:
  Test read_test(const YAML::Node& item) {
    Test test;
    test.file = file_.name();
    test.line = flow::spot_of(item).line;
    test.at = kDefaultStart;
    for (const YamlPair& pair : file_.pairs(item, "a test")) {
      if (pair.key == "name") {
        test.name = file_.scalar(pair).value_or("");
      } else if (pair.key == "locale") {
        test.locale = file_.scalar(pair).value_or("");
      } else if (pair.key == "at") {
        read_moment(pair, test);
      } else if (pair.key == "strict") {
        test.strict = file_.truth(pair).value_or(true);
      } else if (pair.key == "user_data") {
        if (const auto* object = object_in(pair)) test.user_data = *object;
      } else if (pair.key == "variables") {
        test.variables = read_variables(pair);
      } else if (pair.key == "actions") {
        read_actions(pair, test);
      } else if (pair.key == "steps") {
        read_steps(pair, test);
      } else {
        file_.unknown_key(pair, flow::names_of(test_keys()));
      }
    }
    if (test.name.empty()) test.name = "line " + std::to_string(test.line);
    if (test.steps.empty()) {
      file_.error(item, "steps", "key_missing", "the test does nothing", "add steps: [...]");
    }
    return test;
  }

  const json::object* object_in(const YamlPair& pair) {
    held_ = flow::json_from_yaml(pair.value);
    if (held_.is_object()) return &held_.get_object();
    file_.error(pair, "not_a_map", "must be a map");
    return nullptr;
  }

  void read_moment(const YamlPair& pair, Test& test) {
    const auto text = file_.scalar(pair);
    if (!text) return;
    if (const auto at = base::parse_iso8601(*text)) {
      test.at = *at;
    } else {
      file_.error(pair, "bad_date", "'" + *text + "' is not a moment",
                  "write 2026-01-05T09:00:00Z");
    }
  }

  std::map<std::string, std::string> read_variables(const YamlPair& map) {
    std::map<std::string, std::string> out;
    for (const YamlPair& pair : file_.pairs(map.value, map.key)) {
      if (!flow::is_variable_name(pair.key)) {
        file_.error(pair, "bad_variable_name",
                    "Global variables must be in all capital letters, numbers or _");
      } else if (const auto text = file_.scalar(pair)) {
        out.emplace(pair.key, *text);
      }
    }
    return out;
  }

  // {success: 'true'}, {returns: {...}}, {raises: why}, {times_out: true} or {unknown: true}
  std::optional<Stub> read_stub(const YAML::Node& node, const std::string& command) {
    if (!node.IsMap()) {
      file_.error(node, command, "not_a_map", "an action answers a map",
                  "write {success: 'true'} or {raises: text}");
      return std::nullopt;
    }
    Stub stub;
    const auto pairs = file_.pairs(node, command);
    const auto only = [&](std::string_view key) {
      return pairs.size() == 1 && pairs[0].key == key;
    };
    if (only("raises")) {
      stub.end = dialog::CallEnd::raised;
      stub.message = file_.scalar(pairs[0]).value_or("");
    } else if (only("times_out")) {
      stub.end = dialog::CallEnd::timed_out;
    } else if (only("unknown")) {
      stub.end = dialog::CallEnd::unknown;
    } else {
      const YAML::Node result = only("returns") ? pairs[0].value : node;
      const json::value value = flow::json_from_yaml(result);
      if (value.is_object()) stub.result = value.get_object();
    }
    return stub;
  }

  void read_actions(const YamlPair& actions, Test& test) {
    for (const YamlPair& action : file_.pairs(actions.value, "actions")) {
      auto& stubs = test.actions[action.key];
      if (!action.value.IsSequence()) {
        if (auto stub = read_stub(action.value, action.key)) stubs.push_back(std::move(*stub));
        continue;
      }
      for (const auto& item : action.value) {
        if (auto stub = read_stub(item, action.key)) stubs.push_back(std::move(*stub));
      }
    }
  }

  void read_steps(const YamlPair& steps, Test& test) {
    if (!steps.value.IsSequence()) {
      file_.error(steps, "not_a_list", "must be a list of steps");
      return;
    }
    for (const auto& item : steps.value) {
      if (item.IsScalar() && item.Scalar() == "start") {
        test.steps.push_back({flow::spot_of(item).line, Start{}});
        continue;
      }
      if (!item.IsMap() || item.size() != 1) {
        file_.error(item, "steps", "bad_step", "a step is 'start' or one key with its value",
                    "for example - say: Hello");
        continue;
      }
      read_step(file_.pairs(item, "a step").front(), test);
    }
  }

  void read_step(const YamlPair& pair, Test& test) {
    const auto add = [&](auto does) { test.steps.push_back({pair.line, std::move(does)}); };
    if (pair.key == "say") {
      if (const auto text = file_.scalar(pair)) add(Say{*text});
    } else if (pair.key == "wait") {
      if (const auto ms = file_.duration(pair)) add(Wait{*ms});
    } else if (pair.key == "expect") {
      if (auto expected = read_expected(pair)) add(ExpectMessage{std::move(*expected)});
    } else if (pair.key == "expect_variables") {
      add(ExpectVariables{read_variables(pair)});
    } else if (pair.key == "agent") {
      read_agent(pair, test);
    } else if (pair.key == "expect_hand_over") {
      const auto text = file_.scalar(pair);
      add(ExpectHandOver{text && *text != "true" ? *text : ""});
    } else if (pair.key == "expect_end") {
      const auto text = file_.scalar(pair);
      add(ExpectEnd{text && *text != "true" ? *text : ""});
    } else if (pair.key == "expect_call" || pair.key == "expect_event" ||
               pair.key == "page_event") {
      read_named(pair, test);
    } else {
      auto known = flow::names_of(step_keys());
      known.insert(known.begin(), "start");
      file_.unknown_key(pair, known);
    }
  }

  // agent: joins, leaves or unavailable; or {says: text}.
  void read_agent(const YamlPair& pair, Test& test) {
    using What = AgentDoes::What;
    const std::pair<std::string_view, What> known[] = {
        {"joins", What::joins}, {"leaves", What::leaves}, {"unavailable", What::unavailable}};
    if (pair.value.IsMap() && pair.value.size() == 1) {
      const auto inner = file_.pairs(pair.value, pair.key).front();
      const auto text = inner.key == "says" ? file_.scalar(inner) : std::nullopt;
      if (text) {
        test.steps.push_back({pair.line, AgentDoes{What::says, *text}});
        return;
      }
    }
    for (const auto& [name, what] : known) {
      if (!pair.value.IsScalar() || pair.value.Scalar() != name) continue;
      test.steps.push_back({pair.line, AgentDoes{what, {}}});
      return;
    }
    file_.error(pair, "bad_step", "an agent joins, leaves, is unavailable or says something",
                "write agent: joins, or agent: {says: Hello}");
  }

  // "Name" or {Name: {key: value}}.
  void read_named(const YamlPair& pair, Test& test) {
    std::string name;
    json::object values;
    if (pair.value.IsScalar()) {
      name = pair.value.Scalar();
    } else if (pair.value.IsMap() && pair.value.size() == 1) {
      const auto inner = file_.pairs(pair.value, pair.key).front();
      name = inner.key;
      if (const auto* object = object_in(inner)) values = *object;
    } else {
      file_.error(pair, "bad_step", "must be a name, or one name with a map");
      return;
    }
    if (pair.key == "expect_call") {
      test.steps.push_back({pair.line, ExpectCall{name, values}});
    } else if (pair.key == "expect_event") {
      test.steps.push_back({pair.line, ExpectEvent{name, values}});
    } else {
      test.steps.push_back({pair.line, PageEvent{name, values}});
    }
  }

  std::optional<Expected> read_expected(const YamlPair& pair) {
    Expected expected;
    if (pair.value.IsScalar()) {
      expected.text = pair.value.Scalar();
      return expected;
    }
    expected.any_text = true;
    for (const YamlPair& part : file_.pairs(pair.value, "expect")) {
      if (part.key == "buttons") {
        expected.buttons = file_.texts(part);
        continue;
      }
      const auto text = file_.scalar(part);
      if (!text) return std::nullopt;
      if (part.key == "text") {
        expected.text = *text;
      } else if (part.key == "contains") {
        expected.contains = *text;
      } else if (part.key == "matches") {
        expected.pattern = *text;
        try {
          (void)std::regex(*text);
        } catch (const std::regex_error& problem) {
          file_.error(part, "bad_pattern", problem.what());
          return std::nullopt;
        }
      } else {
        file_.unknown_key(part, flow::names_of(expect_keys()));
        continue;
      }
      expected.any_text = false;
    }
    return expected;
  }

  YamlFile& file_;
  json::value held_;
};

}  // namespace

TestFile read_tests(const std::string& path, const std::string& text) {
  flow::Problems problems;
  YamlFile file(path, problems);
  TestFile out;
  out.tests = Reader(file).read(text);
  out.problems = std::move(problems).take();
  return out;
}

}  // namespace millrace::trial
