// A program of the system, run to its end. For this folder alone.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace millrace::solutions {

struct ProgramOrder {
  std::vector<std::string> arguments;  // the first is the file
  std::vector<std::string> environment;
  std::string input;
  std::chrono::milliseconds limit{10'000};
  size_t output_bytes_max = 8 << 20;
};
// What it wrote on standard output. failed_precondition: it did not end well, with the last lines
// of its standard error; deadline_exceeded; resource_exhausted: it wrote more than it may. It is
// killed with its group in the last two.
base::Result<std::string> run_program(const ProgramOrder& order);

}  // namespace millrace::solutions
