// The keys of tests/*.test.yaml: one table for the reader's "did you mean" and for the JSON Schema.
#pragma once

#include <span>
#include <string>

#include "flow/schema.hpp"

namespace millrace::trial {

std::span<const flow::Key> file_keys();
std::span<const flow::Key> test_keys();
std::span<const flow::Key> step_keys();  // but "start", which stands by itself
std::span<const flow::Key> expect_keys();

}  // namespace millrace::trial
