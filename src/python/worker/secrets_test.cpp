// Secrets: where they come in, and that nothing which leaves a worker shows one.

#include "python/redaction.hpp"
#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

constexpr std::string_view kSecretApp = R"(
NAME = 'Test'
BOTS = []
CSV_BOTS = ['Test']
PARAMS = {
    'sandbox': {'url': 'https://x', 'credential': '${secret:BRAZE}',
                'header': 'Bearer ${secret:BRAZE}', 'list': ['${secret:BRAZE}']},
    'live': {'credential': '${secret:LIVE}', 'url': 'https://live'},
}
)";

constexpr const char* kPlanted = "planted-Zm9v+secret/value";

VersionFolder with_secrets(const Folder& folder, std::map<std::string, std::string> secrets) {
  VersionFolder version{"v1", folder.path(), "sandbox", {}};
  version.secrets = std::move(secrets);
  return version;
}

TEST(PythonSecrets, StandWhereParamsNameThem) {
  Folder folder;
  folder.app(kSecretApp).node("Look", R"(
from .. import app

length = len(app.PARAMS['sandbox']['header'])  # scripts see them already when they are imported

class Look:
    def execute(self, log, payload=None, context=None):
        values = app.PARAMS[context['env']]
        return {'right': str(values['credential'] == 'planted-Zm9v+' + 'secret/value'),
                'list': str(len(values['list'][0])), 'header': str(length),
                'payload': str(len(payload['h']))}
)");
  Bench bench(with_secrets(folder, {{"BRAZE", kPlanted}}));
  auto call = Bench::call("Look", {{"h", ""}});
  call.env_values = {json::object{{"path", json::array{"h"}},
                                  {"parts", json::array{json::object{{"env", "header"}}}}}};
  EXPECT_EQ(text_of(bench.run(std::move(call))),
            R"({"right":"True","list":"25","header":"32","payload":"32"})");
}

TEST(PythonSecrets, AreMissedByName) {
  Folder folder;
  folder.app(kSecretApp).node("Use", R"(
from .. import app

class Use:
    def execute(self, log, payload=None, context=None):
        return {'url': app.PARAMS['sandbox']['url'], 'key': app.PARAMS['sandbox']['credential']}
)");
  Bench bench(with_secrets(folder, {}));
  EXPECT_TRUE(bench.run("Use").message.contains(
      "PARAMS['sandbox']['credential'] wants the secret 'BRAZE', which it was not given"));
  const std::string log = bench.log.text();
  EXPECT_TRUE(log.contains("python: PARAMS['sandbox']['header'] wants the secret 'BRAZE'")) << log;
  EXPECT_FALSE(log.contains("LIVE")) << log;  // nobody asked for that environment
}

// Show-it 5: a script that does everything wrong with one.
TEST(PythonSecrets, LeaveTheWorkerInNoWay) {
  Folder folder;
  folder.app(kSecretApp).node("Leak", R"(
import base64
import json
import sys
import urllib.parse
from .. import app

print('importing with', app.PARAMS['sandbox']['credential'])

class Leak:
    def execute(self, log, payload=None, context=None):
        secret = app.PARAMS['sandbox']['credential']
        spellings = [secret, json.dumps(secret), urllib.parse.quote(secret, safe=''),
                     base64.b64encode(secret.encode()).decode(),
                     base64.b64encode(b'user:' + secret.encode()).decode(),
                     base64.b64encode(b'u:' + secret.encode() + b'.').decode(),
                     secret.encode().hex()]
        for spelling in spellings:
            print(spelling)
            print(spelling, file=sys.stderr)
            log(spelling)
            log.error('with a field', field=spelling)
        if payload['way'] == 'raise':
            raise RuntimeError(' '.join(spellings))
        if payload['way'] == 'unserialisable':
            return {'x': {secret}}
        return {'all': spellings, secret: {'deep': ['x' + secret + 'y']}}
)");
  Bench bench(with_secrets(folder, {{"BRAZE", kPlanted}}));
  std::string seen;
  for (const char* const way : {"return", "raise", "unserialisable"}) {
    const auto outcome = bench.run("Leak", {{"way", way}});
    seen += text_of(outcome);
    for (const std::string& line : outcome.trace.lines) seen += line + "\n";
  }
  seen += bench.log.text();
  EXPECT_TRUE(seen.contains(R"("[BRAZE]":{"deep":["x[BRAZE]y"]})")) << seen;
  EXPECT_TRUE(seen.contains("RuntimeError: [BRAZE]")) << seen;
  EXPECT_TRUE(seen.contains("importing with [BRAZE]")) << seen;
  for (const char* const part : {"planted", "secret/value", "secret%2F", "706c616e746564",
                                 "cGxhbnRlZC", "bGFudGVkL", "YW50ZWQt"}) {
    EXPECT_FALSE(seen.contains(part)) << part << " in " << seen;
  }
}

TEST(PythonSecrets, HideNothingElseInAResult) {
  Sensitives sealed;
  add_sensitive(sealed, "planted", "KEY");
  add_sensitive(sealed, "abc", "SHORT");
  json::value result = json::object{{"a", "1 planted 2"}, {"b", {"abc", 7, nullptr}}, {"c", "\n"}};
  hide_in_values(result, sealed);
  EXPECT_EQ(json::serialize(result), R"({"a":"1 [KEY] 2","b":["abc",7,null],"c":"\n"})");
}

}  // namespace
}  // namespace millrace::python::testing
