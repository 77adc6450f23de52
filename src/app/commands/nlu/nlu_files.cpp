#include "app/commands/nlu/nlu_files.hpp"

#include <iostream>
#include <mutex>

#include "app/commands/listing.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "nlu/formats/formats.hpp"
#include "posix/files.hpp"
#include "solutions/folder.hpp"
#include "solutions/models/models.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

// A solution's folder stands for its files of examples.
base::Result<std::vector<fs::path>> files_of(const std::vector<fs::path>& named) {
  std::vector<fs::path> out;
  std::error_code failed;
  for (const fs::path& one : named) {
    if (!fs::is_directory(one, failed)) {
      out.push_back(one);
      continue;
    }
    const auto files = solutions::read_folder(one);
    if (!files) return std::unexpected(files.error());
    for (const auto& [path, text] : *files) {
      if (solutions::has_examples(path)) out.push_back(one / path);
    }
  }
  return out;
}

}  // namespace

base::Result<fs::path> model_file(const fs::path& named) {
  std::error_code failed;
  if (!fs::is_directory(named, failed)) return named;
  const auto files = solutions::read_folder(named);
  if (!files) return std::unexpected(files.error());
  const fs::path file =
      solutions::models_folder(named) / solutions::model_name(solutions::training_set(*files));
  if (fs::exists(file, failed)) return file;
  return base::fail(
      base::Code::not_found,
      "There is no model of these examples. Run `millrace nlu train " + named.string() + "`.");
}

base::Result<std::vector<nlu::Example>> read_nlu_examples(
    const std::vector<std::filesystem::path>& files, bool is_strict) {
  std::vector<nlu::Example> out;
  size_t wrong = 0;
  const auto all = files_of(files);
  if (!all) return std::unexpected(all.error());
  for (const auto& file : *all) {
    const auto text = posix::read_file(file, {.bytes_max = size_t{256} << 20});
    if (!text) return std::unexpected(text.error());
    auto read = nlu::read_examples(file.filename().string(), *text);
    for (const auto& problem : read.problems) {
      std::cerr << file.string() << ":" << problem.line << ": " << problem.message << "\n";
    }
    wrong += read.problems.size();
    std::ranges::move(read.examples, std::back_inserter(out));
  }
  if (wrong > 0 && is_strict) {
    return base::fail(base::Code::invalid_argument,
                      "Examples cannot be read as they are. Mend what is listed above.");
  }
  return out;
}

base::Result<std::string> train_nlu(const std::vector<nlu::Example>& examples,
                                    const NluOptions& options) {
  std::string base;
  if (!options.base.empty()) {
    auto read = posix::read_file(options.base, {.bytes_max = posix::kAnySize});
    if (!read) return std::unexpected(read.error());
    base = std::move(*read);
  }
  std::mutex telling;
  return nlu::train(
      examples,
      {.seed = options.seed,
       .base = bytes_of(base),
       .run = [&](const nlu::Tasks& tasks) { solutions::run_on_threads(tasks, options.threads); },
       .progress =
           [&](std::string_view step) {
             const std::lock_guard lock(telling);
             std::cerr << "  " << step << "\n";
           }});
}

void tell_model(const NluOptions& options, const std::filesystem::path& file,
                std::string_view bytes, size_t examples) {
  const std::string hash = base::to_hex(base::sha256(bytes));
  print_done(
      options.json,
      {{"file", file.string()}, {"bytes", bytes.size()}, {"examples", examples}, {"sha256", hash}},
      file.string() + ": " + std::to_string(bytes.size()) + " bytes of " +
          std::to_string(examples) + " examples, SHA-256 " + hash + "\n");
}

}  // namespace millrace::app
