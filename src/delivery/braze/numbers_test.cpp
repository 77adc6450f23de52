// Numbers on their way to Braze are written as people do.
#include <gtest/gtest.h>

#include "tests/support/braze_pipe.hpp"

namespace millrace::delivery::braze {
namespace {

TEST(DeliveryBrazeNumbers, NeverHaveAnExponentInUsersTrack) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("attributes":{"half":5.5,"tiny":1e-7,"big":1e21,"whole":2.0,
      "n":7,"o":{"x":[0.1,19.99]},"by":{"inc":2}})"));
  EXPECT_EQ(bench.one().body,
            R"({"attributes":[{"external_id":"u","half":5.5,"tiny":0.0000001,)"
            R"("big":1000000000000000000000.0,"whole":2.0,"n":7,"o":{"x":[0.1,19.99]},)"
            R"("by":{"inc":2}}]})");
}

TEST(DeliveryBrazeNumbers, NeverHaveAnExponentInEventsAndPurchases) {
  PipeBench bench;
  bench.pipe.add(track(1, "u", R"("events":[{"name":"e","time":"t","properties":{"a":5.5}}],
      "purchases":[{"product_id":"p","price":9.5E-1,"time":"t"}])"));
  EXPECT_EQ(bench.one().body,
            R"({"events":[{"external_id":"u","name":"e","time":"t",)"
            R"("properties":{"a":5.5,"delivery_id":"k1#0"}}],)"
            R"("purchases":[{"external_id":"u","product_id":"p","price":0.95,"time":"t",)"
            R"("properties":{"delivery_id":"k1#1"}}]})");
}

TEST(DeliveryBrazeNumbers, NeverHaveAnExponentInACall) {
  PipeBench bench;
  Row call = track(1, "u", "");
  call.kind = "braze.call";
  call.body = R"({"path":"/catalogs/c/items","body":{"items":[{"price":1.5e-5,"text":"é\n"}]},
      "query":{"a":5.5,"b":2.0,"c":1e21,"d":3,"e":"1E5"}})";
  bench.pipe.add(call);
  const auto sending = bench.one();
  EXPECT_EQ(sending.url, "/catalogs/c/items?a=5.5&b=2&c=1000000000000000000000&d=3&e=1E5");
  EXPECT_EQ(sending.body, R"({"items":[{"price":0.000015,"text":"é\n"}]})");
}

}  // namespace
}  // namespace millrace::delivery::braze
