// What is read when somebody asks for the figures: of the process, its disk and its connections.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include "base/meter.hpp"

namespace millrace::app {

class ProcessFigures {
 public:
  struct Connections {
    size_t open = 0;     // of all listeners
    size_t sockets = 0;  // of those, web sockets
  };
  // `data`: the folder whose disk is looked at.
  ProcessFigures(base::Meter& meter, std::filesystem::path data,
                 std::function<Connections()> connections);

  // Sets them all. One thread's at a time.
  void look();

 private:
  base::Meter& meter_;
  const std::filesystem::path data_;
  const std::function<Connections()> connections_;
  double cpu_seconds_ = 0;  // as counted so far
};

}  // namespace millrace::app
