#include "solutions/models/models.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "nlu/formats/formats.hpp"
#include "posix/files.hpp"
#include "posix/threads.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;

// Changes with whatever changes the model that the same examples give.
constexpr std::string_view kMaking = "1";
constexpr std::string_view kTrainingFile = "templates/intent.csv";
constexpr std::string_view kBegin = "nlu-";
constexpr std::string_view kEnding = ".model";

std::string fingerprint_of(const std::vector<nlu::Example>& examples) {
  std::string all(kMaking);
  const auto add = [&](std::string_view text) {
    all += std::to_string(text.size()) + ":";
    all += text;
  };
  for (const nlu::Example& example : examples) {
    add(example.text);
    add(example.intent);
    for (const nlu::Span& span : example.slots) {
      add(std::to_string(span.begin) + "-" + std::to_string(span.end));
      add(span.slot);
    }
    all += ";";
  }
  return base::to_hex(base::sha256(all)).substr(0, 16);
}

}  // namespace

bool has_examples(std::string_view path) {
  return path == kTrainingFile || (path.starts_with("nlu/") && path.ends_with(".yaml"));
}

TrainingSet training_set(const flow::Files& files) {
  TrainingSet set;
  std::map<std::string, std::map<std::string, size_t>> counts;  // by language and intent
  for (const auto& [path, text] : files) {
    if (!has_examples(path)) continue;
    auto read = nlu::read_examples(path, text);
    for (const nlu::Example& example : read.examples) {
      if (!example.intent.empty()) ++counts[path.substr(0, path.find('.'))][example.intent];
    }
    std::ranges::move(read.examples, std::back_inserter(set.examples));
  }
  set.is_enough = std::ranges::any_of(counts, [](const auto& language) {
    return std::ranges::count_if(language.second, [](const auto& count) {
             return count.second >= kExamplesMin;
           }) >= 2;
  });
  set.fingerprint = fingerprint_of(set.examples);
  return set;
}

base::Result<void> check_enough(const TrainingSet& set) {
  if (set.is_enough) return {};
  return base::fail(base::Code::failed_precondition,
                    "there are too few examples for a model: two intents need " +
                        std::to_string(kExamplesMin) + " each in one language");
}

std::string model_name(const TrainingSet& set) {
  return std::string(kBegin) + set.fingerprint + std::string(kEnding);
}

bool is_model_name(std::string_view name) {
  return name.starts_with(kBegin) && name.ends_with(kEnding);
}

base::Result<void> put_model(const fs::path& folder, const std::string& name,
                             std::string_view bytes, Readers readers) {
  const auto there = posix::read_file(folder / name, {.bytes_max = posix::kAnySize});
  if (!there || *there != bytes) {
    const auto written = readers == Readers::anyone
                             ? posix::replace_file(folder / name, bytes, posix::kAnyones)
                             : posix::replace_file(folder / name, bytes);
    if (!written) return written;
  }
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const std::string other = entry.path().filename().string();
    if (is_model_name(other) && other != name) fs::remove(entry.path(), failed);
  }
  return {};
}

fs::path models_folder(const fs::path& solution) {
  return solution / ".millrace";
}

void run_on_threads(const nlu::Tasks& tasks, size_t threads) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  std::vector<std::jthread> others;
  for (size_t t = 1; t < std::min(threads, tasks.size()); ++t) {
    others.push_back(posix::named_thread<std::jthread>("nlu-train", work));
  }
  work();
}

base::Result<std::string> train(const TrainingSet& set, size_t threads,
                                const nlu::Progress& progress,
                                const std::function<bool()>& is_given_up) {
  return nlu::train(set.examples,
                    {.run = [&](const nlu::Tasks& tasks) { run_on_threads(tasks, threads); },
                     .is_given_up = is_given_up,
                     .progress = progress});
}

base::Result<fs::path> keep_model(const fs::path& solution, const TrainingSet& set,
                                  std::string_view bytes) {
  const fs::path folder = models_folder(solution);
  std::error_code failed;
  fs::create_directories(folder, failed);
  // Nobody keeps these in a repository.
  if (!fs::exists(folder / ".gitignore", failed)) {
    const auto written = posix::replace_file(folder / ".gitignore", "*\n", posix::kAnyones);
    if (!written) return std::unexpected(written.error());
  }
  const std::string name = model_name(set);
  if (auto put = put_model(folder, name, bytes, Readers::anyone); !put) {
    return std::unexpected(put.error());
  }
  return folder / name;
}

base::Result<std::string> model_of(const fs::path& solution, const flow::Files& files,
                                   const flow::Program& program, const fs::path& installed,
                                   Training training) {
  if (!program.understanding.has_model) return "";
  const TrainingSet set = training_set(files);
  if (!set.is_enough) return "";
  const fs::path kept = solution.empty() ? fs::path() : models_folder(solution);
  for (const fs::path& folder : {kept, installed}) {
    if (folder.empty()) continue;
    auto bytes = posix::read_file(folder / model_name(set), {.bytes_max = posix::kAnySize});
    // One that is damaged is made again.
    if (bytes && nlu::Model::read(std::as_bytes(std::span(*bytes)))) return bytes;
  }
  if (training == Training::never) return "";
  auto bytes = train(set);
  // Kept so that it need not be made again; a folder that cannot be written is none the worse.
  if (bytes && !solution.empty()) static_cast<void>(keep_model(solution, set, *bytes));
  return bytes;
}

base::Result<ReaderPtr> reader_for(const fs::path& solution, const flow::Files& files,
                                   const flow::Program& program, Training training) {
  auto model = model_of(solution, files, program, {}, training);
  if (!model) return std::unexpected(model.error());
  if (model->empty()) return ReaderPtr();
  return reader_of(std::move(*model), program);
}

}  // namespace millrace::solutions
