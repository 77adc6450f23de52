#include <gtest/gtest.h>

#include "delivery/webhook/kind.hpp"
#include "flow/flow.hpp"

namespace millrace::flow {
namespace {

Compilation compiled(const std::string& settings) {
  static const delivery::Kind* const kKinds[] = {&delivery::webhook::kind()};
  AppFacts facts{.csv_bots = {"Test"}};
  facts.kinds = kKinds;
  return compile({{"flows/main.flow.yaml", "nodes: {hello: Hello}"}, {"solution.yaml", settings}},
                 facts);
}

std::string said(const std::string& settings) {
  std::string out;
  for (const Problem& problem : compiled(settings).problems) out += problem.describe() + "\n";
  return out;
}

TEST(FlowVisitors, MaySendWhatTheSolutionTakes) {
  const auto plain = compiled("name: Test");
  EXPECT_EQ(plain.program->uploads.megabytes_max, 10);
  EXPECT_TRUE(plain.program->uploads.kinds.empty());
  const auto some = compiled("uploads: {max_mb: 5, kinds: [image, pdf]}");
  EXPECT_EQ(some.program->uploads.megabytes_max, 5);
  EXPECT_EQ(some.program->uploads.kinds, (std::vector<std::string>{"image", "pdf"}));
  EXPECT_NE(said("uploads: {kinds: [programs]}").find("no kind of file"), std::string::npos);
  EXPECT_NE(said("uploads: {max_mb: 500}"), "");
  EXPECT_NE(said("uploads: {size: 5}"), "");
}

TEST(FlowVisitors, AreProvedUnderAKeyThatIsNotInTheFile) {
  EXPECT_EQ(compiled("identify: {key: '${secret:K}'}").program->identity_key, "${secret:K}");
  EXPECT_NE(said("identify: {key: abc}").find("under version control"), std::string::npos);
  EXPECT_NE(said("identify: {kye: '${secret:K}'}"), "");
}

TEST(FlowVisitors, HaveTheirEventsSentToAReceiverThatCanHaveThem) {
  const std::string hooks =
      "webhooks: {bridge: {url: 'https://a.example/', secret: '${secret:K}'}}\n";
  const auto named = compiled("engagement: {webhooks: webhook:bridge}\n" + hooks);
  ASSERT_TRUE(named.program) << said("engagement: {webhooks: webhook:bridge}\n" + hooks);
  EXPECT_EQ(named.program->webhook_mode, "webhook:bridge");
  EXPECT_NE(said("engagement: {webhooks: webhook:bridge}").find("cannot go to"), std::string::npos);
}

}  // namespace
}  // namespace millrace::flow
