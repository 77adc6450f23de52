// The models of what people mean: made of a solution's examples as a step of its own, kept as a
// file beside the solution or its installed version, and asked by whoever hands a message over.
// A model is known by its examples, so one that was made is not made again until they change.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dialog/understood.hpp"
#include "flow/flow.hpp"
#include "nlu/nlu.hpp"

namespace millrace::solutions {

// What a solution's files say for learning.
struct TrainingSet {
  std::vector<nlu::Example> examples;
  std::string fingerprint;  // of the examples and of how models are made; 16 hexadecimal digits
  // Whether there is enough to learn from: two intents with kExamplesMin examples in one language.
  bool is_enough = false;
};
inline constexpr size_t kExamplesMin = 5;

// Whether the file of that path in a solution has examples.
bool has_examples(std::string_view path);
TrainingSet training_set(const flow::Files& files);

// failed_precondition, with how many are wanted, where they are too few.
base::Result<void> check_enough(const TrainingSet& set);
// The name of a model's file: of those examples.
std::string model_name(const TrainingSet& set);
bool is_model_name(std::string_view name);
// Writes a model into a folder, for anyone to read or for this user alone, and takes away those
// that were there. One that is there already, to the byte, is left.
enum class Readers { anyone, this_user };
base::Result<void> put_model(const std::filesystem::path& folder, const std::string& name,
                             std::string_view bytes, Readers readers);
// Where models of a folder that is being written are kept.
std::filesystem::path models_folder(const std::filesystem::path& solution);

// Every task, by so many threads, the calling one among them; 0: one per CPU.
void run_on_threads(const nlu::Tasks& tasks, size_t threads);

// The bytes of the model of those examples. It takes seconds of every CPU. As nlu::train() for what
// is given up.
base::Result<std::string> train(const TrainingSet& set, size_t threads = 0,
                                const nlu::Progress& progress = {},
                                const std::function<bool()>& is_given_up = {});

using ReaderPtr = std::shared_ptr<const dialog::Reader>;
// Of a model in memory, for a version of a solution. data_loss: these are not a model's bytes.
base::Result<ReaderPtr> reader_of(std::string bytes, const flow::Program& program);
// Of the model that lies in the folder, mapped; null when there is none.
base::Result<ReaderPtr> reader_in(const std::filesystem::path& folder,
                                  const flow::Program& program);

enum class Training { may, never };
// The bytes of the model of a folder's files (either folder may be ""): as it was made before,
// there or for the version installed in `installed`, else made now and kept. "" where there is not
// enough to learn from, where the solution wants none, or where none was made and none may be.
base::Result<std::string> model_of(const std::filesystem::path& solution, const flow::Files& files,
                                   const flow::Program& program,
                                   const std::filesystem::path& installed, Training training);
// Who reads for it, in the same cases null.
base::Result<ReaderPtr> reader_for(const std::filesystem::path& solution, const flow::Files& files,
                                   const flow::Program& program, Training training);
// Keeps a model in the solution's folder, instead of those that were there.
base::Result<std::filesystem::path> keep_model(const std::filesystem::path& solution,
                                               const TrainingSet& set, std::string_view bytes);

}  // namespace millrace::solutions
