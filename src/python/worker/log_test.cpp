// What of a script's words reaches the log, and what must not.

#include "python/lines.hpp"
#include "python/redaction.hpp"
#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

runtime::ActionCall call_of_ada(std::string command) {
  auto call = Bench::call(std::move(command));
  call.context["variables"] = {{"FIRST_NAME", "Ada"},
                               {"LAST_NAME", "Løvelace-Byron"},
                               {"EMAIL", "ada@example.org"},
                               {"CITY", "São Paulo"},
                               {"STATE", "true"}};
  call.context["last_message"] = "my secret wish";
  call.context["user_data"] = {{"platform", "ios"}, {"ip_address", "203.0.113.9"}};
  return call;
}

TEST(PythonLog, BringsLinesUnderTheChatWithTheirLevels) {
  Folder folder;
  folder.app(kApp).body("Talk", R"(        log('one')
        log.info('two %s', 2)
        log.warning('three')
        log.error('four\nlines')
        return {}
)");
  Bench bench(folder);
  EXPECT_EQ(bench.run("Talk").kind, Kind::returned);
  EXPECT_EQ(bench.log.of("chat-1"), "one|two 2|three|four\\nlines");
  const auto entries = bench.log.entries();
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[1].level, base::Level::info);
  EXPECT_EQ(entries[2].level, base::Level::warning);
  EXPECT_EQ(entries[3].level, base::Level::error);
}

TEST(PythonLog, BringsPrintsUnderTheChat) {
  Folder folder;
  folder.app(kApp).body("Print", R"(        import os, sys
        print('one')
        print('two', file=sys.stderr)
        print('th', end='')
        print('ree')
        os.write(1, b'four\n')
        print('five', end='')
        return {}
)");
  Bench bench(folder);
  EXPECT_EQ(bench.run("Print").kind, Kind::returned);
  EXPECT_EQ(bench.log.of("chat-1"), "one|two|three|four|five");
}

TEST(PythonLog, BringsWhatIsPrintedWithoutACallUnderTheRoom) {
  Folder folder;
  folder.app(kApp).node("Import", "print('while importing, with planted-api-key')\n");
  Bench bench(folder);
  bench.pool->prewarm("v1", 1);
  EXPECT_TRUE(bench.log.comes("python", "while importing, with [api_key]"));
}

TEST(PythonLog, HidesSecretsOfEveryEnvironmentAndOfTheVariables) {
  Folder folder;
  folder.app(kApp).node("Leak", R"(
import json
import os
from .. import app

class Leak:
    def execute(self, log, payload=None, context=None):
        log('key ' + app.PARAMS['sandbox']['api_key'])
        print('live ' + app.PARAMS['prod']['api_key'])
        print(json.dumps(dict(os.environ)))
        raise RuntimeError('401 for ' + app.PARAMS['sandbox']['api_key'])
)");
  Bench bench(folder, {}, "sandbox",
              {{"LIVE_KEY", "live-planted"}, {"OTHER_TOKEN", "token-planted\nsecond-planted"}});
  const auto outcome = bench.run("Leak");
  EXPECT_EQ(outcome.message, "RuntimeError: 401 for [api_key]");
  const std::string log = bench.log.text();
  EXPECT_FALSE(log.contains("planted")) << log;
  EXPECT_TRUE(log.contains("key [api_key]")) << log;
  EXPECT_TRUE(log.contains("[OTHER_TOKEN]")) << log;
}

TEST(PythonLog, HidesWhatTheConsumerSaid) {
  Folder folder;
  folder.app(kApp).body("Leak", R"(        import json
        from urllib.parse import urlencode
        log(str(context['variables']))
        log(json.dumps(context['variables']))
        print(urlencode(context['variables']))
        log(context['last_message'] + ' ' + str(context['user_data']))
        raise ValueError('bad name ' + context['variables']['LAST_NAME'])
)");
  Bench bench(folder);
  const auto outcome = bench.run(call_of_ada("Leak"));
  EXPECT_EQ(outcome.message, "ValueError: bad name [LAST_NAME]");
  const std::string log = bench.log.text();
  for (const char* const hidden : {"Ada", "velace", "ada@", "Paulo", "wish", "203.0"}) {
    EXPECT_FALSE(log.contains(hidden)) << hidden << " in " << log;
  }
  EXPECT_TRUE(log.contains("'STATE': 'true'")) << log;
  EXPECT_TRUE(log.contains("'platform': 'ios'")) << log;
}

TEST(PythonLog, HearsNoStraggler) {
  Folder folder;
  folder.app(kApp)
      .body("Leave", R"(        import threading
        import time
        name = context['variables']['LAST_NAME']
        def talk():
            while True:
                log('straggler ' + name)
                print('straggler', name)
                time.sleep(0.001)
        threading.Thread(target=talk).start()
        return {}
)")
      .body("Wait", "        import time\n        time.sleep(0.2)\n        return {}\n");
  PoolOptions options;
  options.workers_max = 1;
  Bench bench(folder, options);
  EXPECT_EQ(bench.run(call_of_ada("Leave")).kind, Kind::returned);
  const auto next = bench.run("Wait");
  EXPECT_EQ(next.kind, Kind::returned);
  EXPECT_TRUE(next.trace.lines.empty());
  EXPECT_FALSE(bench.log.of("python").contains("straggler")) << bench.log.text();
}

TEST(PythonLog, LimitsTheLengthAndTheNumberOfLines) {
  Folder folder;
  folder.app(kApp)
      .body("Flood",
            "        for i in range(10000):\n            log('line')\n"
            "            print('line')\n        return {}\n")
      .body("Long",
            "        log('x' * 1000000)\n        print('y' * 1000000)\n"
            "        return {}\n");
  PoolOptions options;
  options.log_line_bytes_max = 100;
  options.log_lines_max = 10;
  Bench bench(folder, options);
  EXPECT_EQ(bench.run("Flood").kind, Kind::returned);
  EXPECT_EQ(bench.log.count("chat-1"), 11u);
  EXPECT_TRUE(bench.log.of("chat-1").ends_with("further lines of Flood are left out"));
  auto call = Bench::call("Long");
  call.chat_id = "chat-2";
  EXPECT_EQ(bench.run(std::move(call)).kind, Kind::returned);
  EXPECT_EQ(bench.log.of("chat-2"),
            std::string(100, 'x') + " [cut]|" + std::string(100, 'y') + " [cut]");
}

TEST(PythonLog, LeavesNoHalfSecretWhereALineWasCut) {
  Sensitives sensitive;
  add_sensitive(sensitive, "planted-secret", "key");
  const std::string cut =
      fit_for_log({std::string(100, ' ') + "planted-sec", true}, sensitive, 500);
  EXPECT_FALSE(cut.contains("planted"));
  EXPECT_TRUE(cut.ends_with(" [cut]"));
  EXPECT_EQ(fit_for_log({"say planted-secret"}, sensitive, 500), "say [key]");
}

TEST(PythonLines, CutsAndKeepsWhatIsLeft) {
  LineReader reader(5);
  const auto lines = reader.append("one\ntoolong\n\nta");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_FALSE(lines[0].cut);
  EXPECT_EQ(lines[1].text, "toolo");
  EXPECT_TRUE(lines[1].cut);
  EXPECT_EQ(reader.append("il").size(), 0u);
  EXPECT_EQ(reader.finish().at(0).text, "tail");
  EXPECT_TRUE(reader.finish().empty());
}

TEST(PythonLines, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("a\xff\xc3\xa9\xe2\x82"), "a?é??");
}

}  // namespace
}  // namespace millrace::python::testing
