#include "app/wire/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace millrace::app {
namespace {

size_t count_of(const std::string& text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

TEST(AppMetrics, AreShownInPrometheusText) {
  Metrics metrics;
  metrics.count("calls_total", {{"solution", "Hotel"}, {"outcome", "returned"}}, 1);
  metrics.count("calls_total", {{"solution", "Hotel"}, {"outcome", "returned"}}, 2);
  metrics.set("call_breaker_open", {{"command", "Say \"hi\"\n"}}, 1);
  metrics.observe("call_seconds", {}, 0.02);
  const std::string text = metrics.expose();
  EXPECT_TRUE(text.contains("# TYPE millrace_calls_total counter")) << text;
  EXPECT_TRUE(text.contains("millrace_calls_total{outcome=\"returned\",solution=\"Hotel\"} 3"))
      << text;
  EXPECT_TRUE(text.contains("{command=\"Say \\\"hi\\\"\\n\"} 1")) << text;
  EXPECT_TRUE(text.contains("millrace_call_seconds_bucket{le=\"0.025\"} 1")) << text;
  EXPECT_TRUE(text.contains("millrace_call_seconds_bucket{le=\"0.01\"} 0")) << text;
}

TEST(AppMetrics, HaveAnEndHoweverManyLabelsThereAre) {
  Metrics metrics;
  const size_t many = Metrics::kSeriesMax + 500;
  for (size_t i = 0; i < many; ++i) {
    metrics.count("calls_total", {{"command", "c" + std::to_string(i)}}, 1);
  }
  const std::string text = metrics.expose();
  EXPECT_EQ(count_of(text, "millrace_calls_total{"), Metrics::kSeriesMax + 1);
  EXPECT_TRUE(text.contains("millrace_calls_total{command=\"other\"} 500"));
}

TEST(AppMetrics, TakeNoHarmFromBadNamesOrAClashOfKinds) {
  Metrics metrics;
  metrics.count("no good", {}, 1);
  metrics.count("fine_total", {{"not ok", "x"}}, 1);
  metrics.count("twice", {}, 1);
  metrics.set("twice", {}, 5);
  metrics.count("twice", {}, -1);
  EXPECT_TRUE(metrics.expose().contains("millrace_twice 1"));
}

TEST(AppMetrics, CountEachOfManyThreadsOnce) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&metrics] {
        for (int n = 0; n < 10'000; ++n) {
          metrics.count("n_total", {{"part", n % 2 == 0 ? "even" : "odd"}}, 1);
          if (n % 1'000 == 0) (void)metrics.expose();
        }
      });
    }
  }
  EXPECT_TRUE(metrics.expose().contains("millrace_n_total{part=\"even\"} 20000"));
}

TEST(AppMetrics, AreServedUnderTheirPathAndNothingElseIs) {
  Metrics metrics;
  metrics.count("n_total", {}, 1);
  MetricsHandler handler(metrics);
  const auto ask = [&handler](std::string method, std::string path) {
    web::Response given;
    web::Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    handler.handle(std::move(request),
                   [&given](web::Response answer) { given = std::move(answer); });
    return given;
  };
  EXPECT_TRUE(ask("GET", "/metrics").body.contains("millrace_n_total 1"));
  EXPECT_EQ(ask("POST", "/metrics").status, 405);
  EXPECT_EQ(ask("GET", "/").status, 404);
}

}  // namespace
}  // namespace millrace::app
