#include "app/wire/process_figures.hpp"

#include <gtest/gtest.h>

#include "app/wire/metrics.hpp"

namespace millrace::app {
namespace {

TEST(AppProcessFigures, TellOfProcessDiskAndConnections) {
  Metrics metrics;
  ProcessFigures figures(metrics, "/", [] { return ProcessFigures::Connections{7, 3}; });
  figures.look();
  figures.look();
  const std::string text = metrics.expose();
  for (const char* part :
       {"millrace_build_info{version=", "millrace_process_start_time_seconds 1",
        "millrace_process_cpu_seconds_total ", "millrace_process_resident_bytes ",
        "millrace_process_open_descriptors ", "millrace_data_disk_free_bytes ",
        "millrace_connections_open 7", "millrace_sockets_open 3"}) {
    EXPECT_TRUE(text.contains(part)) << part << " in\n" << text;
  }
}

}  // namespace
}  // namespace millrace::app
