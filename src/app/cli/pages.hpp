// What shells and `man` read about the program, made of what its commands say of themselves. Pure.
#pragma once

#include <string>

#include "app/cli/cli.hpp"

namespace millrace::app::cli {

std::string bash_completions(const DescribedCommand& program);
std::string zsh_completions(const DescribedCommand& program);
std::string fish_completions(const DescribedCommand& program);
// A page of section 1, in roff.
std::string manual_page(const DescribedCommand& program, const std::string& version);

}  // namespace millrace::app::cli
