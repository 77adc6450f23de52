#include "app/wire/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "app/wire/system.hpp"

namespace millrace::app {
namespace {

double cpu_seconds_of_this_process() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Of /proc/self/statm, the second number: pages.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code failed;
  double count = 0;
  for (auto at = std::filesystem::directory_iterator("/proc/self/fd", failed);
       !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    ++count;
  }
  return count;
}

}  // namespace

ProcessFigures::ProcessFigures(base::Meter& meter, std::filesystem::path data,
                               std::function<Connections()> connections)
    : meter_(meter), data_(std::move(data)), connections_(std::move(connections)) {
  meter_.set("build_info", {{"version", MILLRACE_VERSION}}, 1);
  meter_.set("process_start_time_seconds", {}, static_cast<double>(std::time(nullptr)));
}

void ProcessFigures::look() {
  const double cpu = cpu_seconds_of_this_process();
  meter_.count("process_cpu_seconds_total", {}, cpu - cpu_seconds_);
  cpu_seconds_ = cpu;
  meter_.set("process_resident_bytes", {}, resident_bytes());
  meter_.set("process_open_descriptors", {}, open_descriptors());
  const auto free = free_bytes(data_);
  if (free) meter_.set("data_disk_free_bytes", {}, static_cast<double>(*free));
  const Connections connections = connections_();
  meter_.set("connections_open", {}, static_cast<double>(connections.open));
  meter_.set("sockets_open", {}, static_cast<double>(connections.sockets));
}

}  // namespace millrace::app
