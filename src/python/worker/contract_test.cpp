// What a script is given and may give back.

#include "tests/support/python.hpp"

namespace millrace::python::testing {
namespace {

TEST(PythonContract, WritesFieldsBehindTheText) {
  Folder folder;
  folder.app(kApp).body("Talk",
                        R"(        log.info('sent', order=12, to='a b', key='planted-api-key')
        log('plain', ok=True, what={'x': 1})
        try:
            raise KeyError('gone')
        except KeyError:
            log.exception('lost')
        return {}
)");
  Bench bench(folder);
  const auto outcome = bench.run("Talk");
  EXPECT_EQ(bench.log.of("chat-1"),
            "sent order=12 to=\"a b\" key=[api_key]|plain ok=true what={\"x\":1}|"
            "lost exception=\"KeyError: 'gone'\"");
  ASSERT_EQ(outcome.trace.lines.size(), 3u);
  EXPECT_EQ(outcome.trace.lines[0], "info: sent order=12 to=\"a b\" key=[api_key]");
  EXPECT_TRUE(outcome.trace.lines[2].starts_with("error: lost"));
}

TEST(PythonContract, KnowsNamedOutcomes) {
  Folder folder;
  folder.app(kApp).node("Name", R"(
from millrace import ok, error, retry_later, pending

class Name:
    def execute(self, log, payload=None, context=None):
        return {'ok': ok(N=1), 'error': error('no such order'), 'later': retry_later(after=30),
                'pending': pending(context), 'legacy': {'pending': True}}[payload['which']]
)");
  Bench bench(folder);
  const auto run = [&](const char* which) {
    auto call = Bench::call("Name", {{"which", which}});
    call.context["completion_token"] = "token-1";
    return text_of(bench.run(std::move(call)));
  };
  EXPECT_EQ(run("ok"), R"({"success":"true","outcome":"ok","N":1})");
  EXPECT_EQ(run("error"), R"({"success":"error","outcome":"error","reason":"no such order"})");
  EXPECT_EQ(run("later"),
            R"({"success":"error","outcome":"retry_later","reason":"","retry_after_s":30})");
  EXPECT_EQ(run("pending"), R"({"pending":"token-1"})");
  EXPECT_EQ(run("legacy"), R"({"pending":true})");
}

TEST(PythonContract, TracesWhenAndWhereACallRan) {
  Folder folder;
  folder.app(kApp).body("Wait",
                        "        import time\n        time.sleep(0.02)\n"
                        "        return {'attempt': context['attempt']}\n");
  PoolOptions options;
  options.workers_max = 1;
  Bench bench(folder, options);
  auto call = Bench::call("Wait");
  call.attempt = 3;
  auto first = bench.begin(std::move(call));
  auto second = bench.begin(Bench::call("Wait"));
  const auto one = Bench::end(first);
  const auto two = Bench::end(second);
  EXPECT_EQ(text_of(one), R"({"attempt":3})");
  EXPECT_EQ(one.trace.began_at.ms, 1'767'323'045'000);
  EXPECT_NE(one.trace.worker, 0u);
  EXPECT_NE(one.trace.worker, two.trace.worker);
  EXPECT_GE(one.trace.ran, std::chrono::milliseconds(20));
  EXPECT_GE(two.trace.queued, std::chrono::milliseconds(20));
  EXPECT_TRUE(two.trace.lines.empty());
}

}  // namespace
}  // namespace millrace::python::testing
