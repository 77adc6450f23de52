// Examples in YAML. For the files of this folder only.
#pragma once

#include "nlu/formats/formats.hpp"

namespace millrace::nlu {

// Adds what the text has, with its marks taken off.
void read_yaml(std::string_view text, ReadExamples& out);

}  // namespace millrace::nlu
