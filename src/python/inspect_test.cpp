// What is said about scripts, above all about the published listings as they are printed.

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

// The third listing's essential lines, with its three mistakes.
constexpr std::string_view kListing = R"(# -*- coding: utf-8 -*-
r'''
Action Node Script for Braze Integration
'''
import requests
from .. import app

class BrazeExample:
    def execute(self, log, payload=None, context=None):
        try:
            # initialize payload variables
            app_params = app.PARAMS[context['env']]
            req_params = {
                "attributes": [{
                    "external_id": "{ USER_ID }",
                    "operating_system": "{ OPERATING_SYSTEM }" #custom attributes can be added here
                }],
                "partner" : 'pypestream'
            }
            req_url = '{}/{}'.format(
                app_params['braze_url'],
                app_params['braze_user_track']
            )
            req_headers = {
                "Authorization": app_params['braze_api_key']
                "Content-Type": "application/json"
            }

            resp = requests.post(req_url,
                                params=req_params,
                                headers=req_headers)

            if resp.status_code == 400:
                return {'success': 'error'}

            return {'success': 'true'}

        except Exception as err:
            log('BrazeExample Exception error: {}'.format(err))

        return {'success': 'error'}
)";

// "line:column severity message (remedy)", one a line.
std::string written(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += std::to_string(problem.line) + ":" + std::to_string(problem.column) +
            (problem.severity == Severity::error ? " error " : " warning ") + problem.message +
            (problem.remedy.empty() ? "" : " (" + problem.remedy + ")") + "\n";
  }
  return text;
}

AppFacts inspected(const Folder& folder, std::map<std::string, std::string> variables = {}) {
  auto facts = inspect(folder.path(), {.variables = std::move(variables), .limit = kPatience});
  EXPECT_TRUE(facts.has_value()) << facts.error().describe();
  return facts.value_or(AppFacts{});
}

TEST(PythonInspect, NamesTheThreeMistakesOfThePublishedListing) {
  Folder folder;
  folder.app(kApp).node("BrazeExample", kListing);
  const AppFacts facts = inspected(folder);
  ASSERT_EQ(facts.scripts.size(), 1u);
  EXPECT_EQ(facts.scripts[0].name, "BrazeExample");
  EXPECT_EQ(facts.scripts[0].file, "action_nodes/BrazeExample.py");
  EXPECT_TRUE(facts.scripts[0].has_class);
  EXPECT_EQ(written(facts.scripts[0].problems),
            "25:17 warning the Authorization header is sent without a scheme "
            "(send 'Bearer ' + key)\n"
            "25:61 error comma missing after the previous entry "
            "(put a comma at the end of this line)\n"
            "30:33 warning post sends everything in the address and an empty body "
            "(send the body with json=, not params=)\n");
}

TEST(PythonInspect, SaysWhichScriptsKeepTheirWorkerAndWhyOthersDoNot) {
  Folder folder;
  folder.app(kApp).body("Plain", "        return {}\n");
  folder.node("Counts",
              "SEEN = []\nclass Counts:\n    def execute(self, log, payload=None, context=None):\n"
              "        SEEN.append(1)\n        return {}\n");
  const AppFacts facts = inspected(folder);
  ASSERT_EQ(facts.scripts.size(), 2u);
  EXPECT_FALSE(facts.scripts[0].keeps_worker);
  EXPECT_EQ(facts.scripts[0].why_not,
            "Counts.py: line 4: the method 'append' may change what the call has not made");
  EXPECT_TRUE(facts.scripts[1].keeps_worker);
  EXPECT_EQ(facts.scripts[1].why_not, "");
  EXPECT_EQ(written(facts.scripts[0].problems), "");
}

TEST(PythonInspect, FindsCommasMissingInOtherPlaces) {
  Folder folder;
  folder.app(kApp)
      .node("Strings",
            "a = {\n    'x': 'one'  # why\n    'y': 'two'\n}\n"
            "b = [\n    1,\n    2\n    3,\n]\n")
      .node("Call", "print(\n    str(1)\n    str(2))\n")
      .node("Other", "if True\n    pass\n")
      .node("Open", "x = {'a': 1\n");
  const AppFacts facts = inspected(folder);
  ASSERT_EQ(facts.scripts.size(), 4u);
  EXPECT_EQ(written(facts.scripts[0].problems),
            "2:11 error comma missing after the previous entry (put a comma at the end of this "
            "line)\n");
  EXPECT_EQ(written(facts.scripts[1].problems), "1:5 error '{' was never closed\n");
  EXPECT_EQ(written(facts.scripts[2].problems), "1:8 error expected ':'\n");
  EXPECT_EQ(written(facts.scripts[3].problems),
            "2:15 error comma missing after the previous entry (put a comma at the end of this "
            "line)\n7:6 error comma missing after the previous entry (put a comma at the end of "
            "this line)\n");
}

TEST(PythonInspect, TellsWhatAnAppIs) {
  Folder folder;
  folder.app(kApp)
      .body("Plain", "        return {}\n")
      .node("Repeatable",
            "class Repeatable:\n    repeatable = True\n\n"
            "    def execute(self, log, payload=None, context=None):\n"
            "        return {}\n")
      .node("Classless", "print('to nobody')\n")
      .node("_helper", "x = 1\n");
  const AppFacts facts = inspected(folder);
  EXPECT_EQ(facts.name, "Test");
  EXPECT_TRUE(facts.bots.empty());
  EXPECT_EQ(facts.csv_bots, std::vector<std::string>{"Test"});
  EXPECT_EQ(facts.environments.size(), 2u);
  EXPECT_EQ(facts.environments.at("sandbox"),
            (std::vector<std::string>{"api_key", "retries", "url"}));
  ASSERT_EQ(facts.scripts.size(), 3u);
  EXPECT_FALSE(facts.scripts[0].has_class);
  EXPECT_EQ(written(facts.scripts[0].problems),
            "0:0 warning no class Classless with an execute method (name the class like its "
            "file)\n");
  EXPECT_TRUE(facts.scripts[1].has_class);
  EXPECT_FALSE(facts.scripts[1].repeatable);
  EXPECT_TRUE(facts.scripts[2].repeatable);
  EXPECT_EQ(written(facts.problems),
            "9:60 warning 'api_key' is written in the file (take it from os.environ)\n");
}

TEST(PythonInspect, AcceptsTheMendedListing) {
  Folder folder;
  folder.app(kApp).node("Mended", R"(
import requests
from .. import app

class Mended:
    def execute(self, log, payload=None, context=None):
        app_params = app.PARAMS[context['env']]
        headers = {'Authorization': 'Bearer ' + app_params['api_key']}
        requests.post(app_params['url'], json=payload, headers=headers)
        requests.post(app_params['url'], payload, params={'x': 1})
        requests.get(app_params['url'], params={'x': 1})
        return {}
)");
  EXPECT_EQ(written(inspected(folder).scripts.at(0).problems), "");
}

TEST(PythonInspect, RecognisesAKeyUnderOtherNames) {
  Folder folder;
  folder.app(kApp).node("Names", R"(
from requests import post as send
from .. import app

class Names:
    def execute(self, log, payload=None, context=None):
        key = app.PARAMS[context['env']]['api_key']
        headers = {}
        headers['authorization'] = key
        send('https://x', params=payload, headers=headers)
        send('https://x', params=payload, headers={
            'Authorization': app.PARAMS['sandbox'].get('api_key')})
        return {}
)");
  EXPECT_EQ(inspected(folder).scripts.at(0).problems.size(), 4u);
}

TEST(PythonInspect, ChecksTheScriptsAlsoWhenAppHasErrors) {
  Folder folder;
  folder.app("NAME = 'x'\nPARAMS = {\n    'sandbox': {}\n    'live': {},\n}\n")
      .node("BrazeExample", kListing);
  const AppFacts facts = inspected(folder);
  EXPECT_EQ(written(facts.problems),
            "3:18 error comma missing after the previous entry (put a comma at the end of this "
            "line)\n");
  EXPECT_EQ(facts.scripts.at(0).problems.size(), 3u);
  EXPECT_TRUE(facts.scripts.at(0).has_class);
}

TEST(PythonInspect, SaysWhatFailsWhenImported) {
  Folder folder;
  folder.app("import os\nNAME = os.environ['WHO']\nPARAMS = {}\n")
      .node("Importing", "import no_such_module\n");
  AppFacts facts = inspected(folder);
  EXPECT_EQ(written(facts.problems),
            "2:0 error KeyError: 'WHO' (set the environment variable 'WHO')\n");
  facts = inspected(folder, {{"WHO", "Test"}});
  EXPECT_EQ(facts.name, "Test");
  EXPECT_EQ(written(facts.scripts.at(0).problems),
            "1:0 error ModuleNotFoundError: No module named 'no_such_module'\n");
}

TEST(PythonInspect, ReadsOnWhereAnImportEndsTheWorker) {
  Folder folder;
  folder.app(kApp).node("Ends", "import os\nos._exit(3)\n").body("Fine", "        return {}\n");
  const AppFacts facts = inspected(folder);
  EXPECT_EQ(facts.scripts.size(), 2u);
  EXPECT_TRUE(written(facts.problems).contains("the worker ended early with exit status 3"))
      << written(facts.problems);
}

TEST(PythonInspect, DoesNotWaitForEver) {
  Folder folder;
  folder.app(kApp).node("Blocks", "while True: pass\n").body("Fine", "        return {}\n");
  const auto facts = inspect(folder.path(), {.variables = {}, .limit = std::chrono::seconds(2)});
  ASSERT_TRUE(facts.has_value()) << facts.error().describe();
  EXPECT_TRUE(written(facts->problems).contains("the scripts took too long"));
  EXPECT_EQ(facts->scripts.size(), 2u);
}

TEST(PythonInspect, NeedsAnApp) {
  Folder folder;
  EXPECT_EQ(inspect(folder.path(), {}).error().code, base::Code::not_found);
}

TEST(PythonInspect, FindsNothingWrongWithTheExample) {
  const auto facts = inspect(MILLRACE_SOURCE_DIR "/examples/braze-profile", {});
  ASSERT_TRUE(facts.has_value()) << facts.error().describe();
  EXPECT_EQ(written(facts->problems), "");
  ASSERT_EQ(facts->scripts.size(), 1u);
  EXPECT_EQ(written(facts->scripts[0].problems), "");
  EXPECT_TRUE(facts->scripts[0].repeatable);
  EXPECT_EQ(facts->csv_bots, std::vector<std::string>{"BrazeProfile"});
}

}  // namespace
}  // namespace millrace::python::testing
