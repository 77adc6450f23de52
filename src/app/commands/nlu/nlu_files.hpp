// What the commands of `millrace nlu` share: examples and models in files, and training on threads.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "nlu/nlu.hpp"

namespace millrace::app {

struct NluOptions {
  std::vector<std::filesystem::path> files;
  std::filesystem::path model, base, out, on, html, rest;
  std::vector<std::string> texts;
  std::string locale = "en", today;
  size_t seed = 1, threads = 1, folds = 5;
  double share = 0.2;
  bool explains = false, json = false;
};

// All examples of the files, in their order. What is wrong in one is printed with its place, and is
// an error where `is_strict` and anything was.
base::Result<std::vector<nlu::Example>> read_nlu_examples(
    const std::vector<std::filesystem::path>& files, bool is_strict = true);

// The bytes of a model trained on the options' base, seed and threads; steps are told on standard
// error.
base::Result<std::string> train_nlu(const std::vector<nlu::Example>& examples,
                                    const NluOptions& options);

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// test: cross-validation, or a model on examples that it has not seen.
int test_nlu(const NluOptions& options);
// check: what is wrong with examples.
int check_nlu(const NluOptions& options);

}  // namespace millrace::app
