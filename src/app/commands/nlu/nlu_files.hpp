// What the commands of `millrace nlu` share: examples and models in files, and training on threads.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "nlu/nlu.hpp"

namespace millrace::app {

struct NluOptions {
  std::vector<std::filesystem::path> files;
  std::filesystem::path model, base, out, on, html, rest, data, to;
  std::vector<std::string> texts;
  std::string locale = "en", today, solution, since, name = "added";
  size_t seed = 1, threads = 1, folds = 5, limit = 1'000;
  double share = 0.2;
  bool explains = false, json = false;
};

// All examples of the files, in their order; of a folder, those of the solution in it. What is
// wrong in one is printed with its place, and is an error where `is_strict` and anything was.
base::Result<std::vector<nlu::Example>> read_nlu_examples(
    const std::vector<std::filesystem::path>& files, bool is_strict = true);

// The bytes of a model trained on the options' base, seed and threads; steps are told on standard
// error.
base::Result<std::string> train_nlu(const std::vector<nlu::Example>& examples,
                                    const NluOptions& options);

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// The model's file: the named one, or that of the examples of the solution in the named folder.
base::Result<std::filesystem::path> model_file(const std::filesystem::path& named);

// train, of a solution's folder: the model is kept in it.
int train_solution(const NluOptions& options);
// import: files of examples become a file of a solution.
int import_nlu(const NluOptions& options);
// review: what a model was not sure of in what people have said.
int review_nlu(const NluOptions& options);

// test: cross-validation, or a model on examples that it has not seen.
int test_nlu(const NluOptions& options);
// check: what is wrong with examples.
int check_nlu(const NluOptions& options);

// On standard output: a model that was written, of so many examples.
void tell_model(const NluOptions& options, const std::filesystem::path& file,
                std::string_view bytes, size_t examples);

}  // namespace millrace::app
