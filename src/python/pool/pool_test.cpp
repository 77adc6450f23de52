// Calls through the public header, against real workers and small solutions written by each test.

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

TEST(PythonPool, RunsAnActionNodeAndReturnsItsDict) {
  Folder folder;
  folder.app(kApp).body("Greet",
                        "        return {'success': 'true', 'NAME': payload['name'].upper()}\n");
  Bench bench(folder);
  const auto outcome = bench.run("Greet", {{"name", "Zoë"}});
  EXPECT_EQ(outcome.kind, Kind::returned) << outcome.message;
  EXPECT_EQ(json::serialize(outcome.result), R"({"success":"true","NAME":"ZOË"})");
}

TEST(PythonPool, LetsAScriptImportItsAppAndRequests) {
  Folder folder;
  folder.app(kApp).node("_helper", "def shout(text):\n    return text + '!'\n").node("Import", R"(
import requests
from .. import app
from ._helper import shout

class Import:
    def execute(self, log, payload=None, context=None):
        params = app.PARAMS[context['env']]
        return {'url': shout(params['url']), 'requests': str(hasattr(requests, 'post'))}
)");
  Bench bench(folder);
  EXPECT_EQ(text_of(bench.run("Import")), R"({"url":"https://braze.example!","requests":"True"})");
}

TEST(PythonPool, KnowsProdAndProductionAsLive) {
  Folder folder;
  folder.app(kApp).node("Env", R"(
from .. import app

class Env:
    def execute(self, log, payload=None, context=None):
        return {'env': context['env'], 'url': app.PARAMS[context['env']]['url']}
)");
  for (const char* const environment : {"live", "production"}) {
    Bench bench(folder, {}, environment);
    EXPECT_EQ(text_of(bench.run("Env")), R"({"env":"prod","url":"https://live.example"})");
  }
}

TEST(PythonPool, GivesTheContextItsDeadlineKeyAndCertainty) {
  Folder folder;
  folder.app(kApp).body("Context", "        return {key: repr(context[key]) for key in context}\n");
  Bench bench(folder);
  const auto outcome = bench.run("Context");
  EXPECT_EQ(json::get_string(outcome.result, "chat_id"), "'chat-1'");
  EXPECT_EQ(json::get_string(outcome.result, "env"), "'sandbox'");
  EXPECT_EQ(json::get_string(outcome.result, "idempotency_key"), "'key-1'");
  EXPECT_EQ(json::get_string(outcome.result, "uncertain"), "False");
  EXPECT_EQ(json::get_string(outcome.result, "deadline"), "1767323105.0");
}

TEST(PythonPool, FillsInTheEnvironmentsValues) {
  Folder folder;
  folder.app(kApp).body("Echo",
                        "        return {'length': str(len(payload['h']['a'][1])), "
                        "'start': payload['h']['a'][1][:10], 'retries': payload['r']}\n");
  Bench bench(folder);
  auto call = Bench::call("Echo");
  call.payload = {{"h", {{"a", {"", ""}}}}, {"r", ""}};
  call.env_values = {
      json::object{
          {"path", {"h", "a", 1}},
          {"parts", {json::object{{"text", "Bearer "}}, json::object{{"env", "api_key"}}}}},
      json::object{{"path", {"r"}}, {"parts", json::array{json::object{{"env", "retries"}}}}}};
  EXPECT_EQ(text_of(bench.run(std::move(call))),
            R"({"length":"22","start":"Bearer pla","retries":"3"})");
}

TEST(PythonPool, RefusesAPayloadThatNamesAMissingParameter) {
  Folder folder;
  folder.app(kApp).body("Echo", "        return payload\n");
  Bench bench(folder);
  auto call = Bench::call("Echo", {{"x", ""}});
  call.env_values = {json::object{{"path", json::array{"x"}},
                                  {"parts", json::array{json::object{{"env", "braze_url"}}}}}};
  const auto outcome = bench.run(std::move(call));
  EXPECT_EQ(outcome.kind, Kind::raised);
  EXPECT_EQ(outcome.message, "PARAMS['sandbox'] has no key 'braze_url'");
}

TEST(PythonPool, PassesNothingOfTheServersEnvironment) {
  Folder folder;
  folder.app(kApp).node("Environ", R"(
import os

class Environ:
    def execute(self, log, payload=None, context=None):
        return dict(os.environ, input=str(os.read(0, 1)), open=str(
            [fd for fd in range(100) if is_open(fd)]))

def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
)");
  ::setenv("MILLRACE_PYTHON_TEST", "not for scripts", 1);
  Bench bench(folder, {}, "sandbox", {{"BRAZE_URL", "https://x"}});
  EXPECT_EQ(text_of(bench.run("Environ")),
            R"({"BRAZE_URL":"https://x","HOME":"/nonexistent","LANG":"C.UTF-8",)"
            R"("PATH":"/usr/bin:/bin","input":"b''","open":"[0, 1, 2, 3]"})");
}

TEST(PythonPool, SaysWhatAScriptRaised) {
  Folder folder;
  folder.app(kApp)
      .body("Raise", "        raise ValueError('no luck')\n")
      .body("Leave", "        raise SystemExit(3)\n");
  Bench bench(folder);
  auto outcome = bench.run("Raise");
  EXPECT_EQ(outcome.kind, Kind::raised);
  EXPECT_EQ(outcome.message, "ValueError: no luck");
  EXPECT_EQ(bench.log.of("chat-1"), "Raise: ValueError: no luck (action_nodes/Raise.py line 3)");
  outcome = bench.run("Leave");
  EXPECT_EQ(outcome.kind, Kind::raised);
  EXPECT_EQ(outcome.message, "SystemExit: 3");
}

TEST(PythonPool, AcceptsNothingButADictThatJsonCanCarry) {
  Folder folder;
  folder.app(kApp).body("Give", R"(        if payload['what'] == 'deep':
            value = {}
            for _ in range(100):
                value = {'x': value}
            return value
        return {'none': None, 'list': [1], 'key': {1: 'x'}, 'set': {'x': {1}},
                'nan': {'x': float('nan')}, 'half': {'x': '\ud800'},
                'large': {'x': 'x' * (2 << 20)}}[payload['what']]
)");
  Bench bench(folder);
  const std::vector<std::pair<const char*, const char*>> cases{
      {"none", "Give returned NoneType, not a dict"},
      {"list", "Give returned list, not a dict"},
      {"key", "Give returned a dict with a key that is not a string"},
      {"set", "Give returned what JSON cannot carry: Object of type set is not JSON serializable"},
      {"nan", "Give returned what JSON cannot carry: Out of range float values"},
      {"half", "Give returned what JSON cannot carry: "},
      {"deep", "Give returned what JSON cannot carry: too deeply nested"},
      {"large", "Give returned 2097160 bytes; the limit is 1048576"}};
  for (const auto& [what, message] : cases) {
    const auto outcome = bench.run("Give", {{"what", what}});
    EXPECT_EQ(outcome.kind, Kind::raised) << what;
    EXPECT_TRUE(outcome.message.starts_with(message)) << outcome.message;
  }
}

TEST(PythonPool, AwaitsAnAsynchronousExecute) {
  Folder folder;
  folder.app(kApp).node("Later", R"(
import asyncio

class Later:
    async def execute(self, log, payload=None, context=None):
        await asyncio.sleep(0)
        return {'success': 'true'}
)");
  Bench bench(folder);
  EXPECT_EQ(text_of(bench.run("Later")), R"({"success":"true"})");
}

TEST(PythonPool, RefusesAnUnknownCommandAndAnUnknownVersion) {
  Folder folder;
  folder.app(kApp).body("Fine", "        return {}\n");
  Bench bench(folder);
  auto outcome = bench.run("Missing");
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.message, "there is no action node 'Missing'");
  auto call = Bench::call("Fine");
  call.version = "v2";
  outcome = bench.run(std::move(call));
  EXPECT_EQ(outcome.kind, Kind::refused);
}

TEST(PythonPool, SaysWhyAScriptCannotBeUsedAndRunsTheOthers) {
  Folder folder;
  folder.app(kApp)
      .node("Broken", "class Broken:\n    def execute(self\n")
      .node("Importing", "import no_such_module\n")
      .node("Classless", "x = 1\n")
      .body("Fine", "        return {'success': 'true'}\n");
  Bench bench(folder);
  EXPECT_EQ(bench.run("Fine").kind, Kind::returned);
  auto outcome = bench.run("Broken");
  EXPECT_EQ(outcome.kind, Kind::raised);
  EXPECT_EQ(outcome.message, "action_nodes/Broken.py line 2: SyntaxError: '(' was never closed");
  EXPECT_EQ(bench.run("Importing").message,
            "action_nodes/Importing.py line 1: ModuleNotFoundError: No module named "
            "'no_such_module'");
  EXPECT_EQ(bench.run("Classless").message,
            "action_nodes/Classless.py has no class Classless with an execute method");
}

TEST(PythonPool, SaysWhyAppCannotBeUsed) {
  Folder folder;
  folder.app("import os\nPARAMS = {'sandbox': {'x': os.environ['BRAZE_KEY']}}\n")
      .node("Uses",
            "from .. import app\n\nclass Uses:\n    def execute(self, *given):\n"
            "        return {}\n")
      .body("Fine", "        return {'success': 'true'}\n");
  Bench bench(folder);
  EXPECT_EQ(bench.run("Fine").kind, Kind::returned);
  EXPECT_EQ(bench.run("Uses").message, "app.py line 2: KeyError: 'BRAZE_KEY'");
}

TEST(PythonPool, AsksBeforeItRepeatsWhatMayHaveHappened) {
  Folder folder;
  folder.app(kApp).body("Once", "        return {'success': 'true'}\n").node("Again", R"(
class Again:
    repeatable = True

    def execute(self, log, payload=None, context=None):
        return {'uncertain': str(context['uncertain']), 'key': context['idempotency_key']}
)");
  Bench bench(folder);
  auto once = Bench::call("Once");
  once.uncertain = true;
  const auto outcome = bench.run(std::move(once));
  EXPECT_EQ(outcome.kind, Kind::unknown);
  EXPECT_TRUE(outcome.result.empty());
  auto again = Bench::call("Again");
  again.uncertain = true;
  EXPECT_EQ(text_of(bench.run(std::move(again))), R"({"uncertain":"True","key":"key-1"})");
}

TEST(PythonPool, KeepsTwoVersionsSideBySide) {
  Folder one;
  one.app(kApp).body("Which", "        return {'version': 'one'}\n");
  Folder two;
  two.app(kApp).body("Which", "        return {'version': 'two'}\n");
  Bench bench(one);
  ASSERT_TRUE(bench.pool->add_version({"v2", two.path(), "live", {}}));
  auto first = bench.begin(Bench::call("Which"));
  auto call = Bench::call("Which");
  call.version = "v2";
  auto second = bench.begin(std::move(call));
  EXPECT_EQ(text_of(Bench::end(first)), R"({"version":"one"})");
  EXPECT_EQ(text_of(Bench::end(second)), R"({"version":"two"})");
}

TEST(PythonPool, RefusesAVersionThatCannotBe) {
  Folder folder;
  folder.app(kApp);
  Bench bench(folder);
  Pool& pool = *bench.pool;
  const auto code_of = [&](VersionFolder version) {
    return pool.add_version(std::move(version)).error().code;
  };
  EXPECT_EQ(code_of({"v1", folder.path(), "sandbox", {}}), base::Code::already_exists);
  EXPECT_EQ(code_of({"v2", folder.path() / "none", "sandbox", {}}), base::Code::not_found);
  EXPECT_EQ(code_of({"v2", folder.path(), "staging", {}}), base::Code::invalid_argument);
  EXPECT_EQ(code_of({"v2", folder.path(), "sandbox", {{"A=B", "x"}}}),
            base::Code::invalid_argument);
  fakes::KeptLog log;
  const auto without = Pool::start({.interpreter = "/nonexistent/python3"}, bench.clock, log);
  EXPECT_EQ(without.error().code, base::Code::failed_precondition);
}

}  // namespace
}  // namespace millrace::python::testing
