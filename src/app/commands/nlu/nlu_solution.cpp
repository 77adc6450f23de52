// `millrace nlu train DIR`, `import` and `review`: the examples and the model of a solution.
#include <iostream>
#include <mutex>

#include "app/commands/command.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/nlu/nlu_files.hpp"
#include "app/wire/data/data_reading.hpp"
#include "app/wire/options.hpp"
#include "app/wire/system.hpp"
#include "base/text.hpp"
#include "nlu/formats/formats.hpp"
#include "posix/files.hpp"
#include "solutions/chats.hpp"
#include "solutions/folder.hpp"
#include "solutions/models/models.hpp"
#include "solutions/models/review.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

void append(nlu::ReadExamples& into, nlu::ReadExamples from) {
  const auto move = [](auto& to, auto& what) { std::ranges::move(what, std::back_inserter(to)); };
  move(into.examples, from.examples);
  move(into.synonyms, from.synonyms);
  move(into.lookups, from.lookups);
  move(into.regexes, from.regexes);
}

// Adds a file to what was read; false where it cannot be read as it is, which is then told.
bool read_more(const fs::path& file, nlu::ReadExamples& into) {
  const auto text = posix::read_file(file);
  if (!text) {
    complain("nlu import", text.error(), 1);
    return false;
  }
  auto read = nlu::read_examples(file.filename().string(), *text);
  for (const auto& problem : read.problems) {
    std::cerr << file.string() << ":" << problem.line << ": " << problem.message << "\n";
  }
  const bool is_sound = read.problems.empty();
  append(into, std::move(read));
  return is_sound;
}

base::Result<runtime::ChatFilter> filter_of(const NluOptions& options) {
  runtime::ChatFilter filter{.solution = options.solution};
  const auto deployments = deployments_of(options.data);
  if (deployments && !options.solution.empty()) {
    filter.versions = solutions::versions_of(*deployments, options.solution);
  }
  if (!options.since.empty()) {
    const auto since = parse_since(options.since, SystemClock().now());
    if (!since) return std::unexpected(since.error());
    filter.since = *since;
  }
  return filter;
}

json::array guesses_of(const solutions::Reviewed& one) {
  json::array out;
  for (const dialog::Guess& guess : one.guesses) {
    out.push_back(json::object{{"intent", guess.intent}, {"permille", guess.permille}});
  }
  return out;
}

}  // namespace

int train_solution(const NluOptions& options) {
  const fs::path& folder = options.files.front();
  if (!options.base.empty() || !options.out.empty()) {
    return complain("nlu train",
                    "A solution's model is kept in its folder and has no base. Leave out --out and "
                    "--base, or name files of examples.");
  }
  const auto files = solutions::read_folder(folder);
  if (!files) return complain("nlu train", files.error(), 1);
  const auto set = solutions::training_set(*files);
  if (!set.is_enough) {
    return complain("nlu train", "There are too few examples for a model: two intents need " +
                                     std::to_string(solutions::kExamplesMin) +
                                     " each in one language.");
  }
  std::mutex telling;
  const auto bytes = solutions::train(set, options.threads, [&](std::string_view step) {
    const std::lock_guard lock(telling);
    std::cerr << "  " << step << "\n";
  });
  if (!bytes) return complain("nlu train", bytes.error(), 1);
  const auto file = solutions::keep_model(folder, set, *bytes);
  if (!file) return complain("nlu train", file.error(), 1);
  tell_model(options, *file, *bytes, set.examples.size());
  return 0;
}

int import_nlu(const NluOptions& options) {
  const fs::path file = options.to / "nlu" / (options.locale + "." + options.name + ".yaml");
  nlu::ReadExamples all;
  std::error_code failed;
  const bool is_there = fs::exists(file, failed);
  bool is_sound = !is_there || read_more(file, all);
  const size_t before = all.examples.size();
  for (const fs::path& one : options.files) is_sound = read_more(one, all) && is_sound;
  if (!is_sound) {
    return complain("nlu import", "Nothing was written. Mend what is listed above.", 1);
  }
  fs::create_directories(file.parent_path(), failed);
  const auto written = posix::replace_file(file, nlu::write_yaml(all), posix::kAnyones);
  if (!written) return complain("nlu import", written.error(), 1);
  const size_t read = all.examples.size() - before;
  print_done(options.json, {{"file", file.string()}, {"examples", read}},
             file.string() + ": " + std::to_string(read) + " examples read\n");
  return 0;
}

int review_nlu(const NluOptions& options) {
  const auto filter = filter_of(options);
  if (!filter) return complain("nlu review", filter.error());
  const auto archive = archive_of(options.data);
  if (!archive) return complain("nlu review", archive.error());
  Listing listing({"why", "intent", "permille", "text", "chat", "at"});
  std::vector<nlu::Example> examples;
  json::array rows;
  const auto done = solutions::review(**archive, *filter, [&](const solutions::Reviewed& one) {
    if (options.limit > 0 && examples.size() >= options.limit) return;
    listing.add({solutions::to_string(one.why), one.intent, one.guesses.front().permille, one.text,
                 one.chat.to_string(), base::to_iso8601(one.at)});
    rows.push_back(json::object{{"why", solutions::to_string(one.why)},
                                {"intent", one.intent},
                                {"text", one.text},
                                {"guesses", guesses_of(one)},
                                {"chat", one.chat.to_string()},
                                {"at", base::to_iso8601(one.at)}});
    examples.push_back({one.text, one.intent, {}});
  });
  if (!done) return complain("nlu review", done.error(), 1);
  if (options.json) {
    print_json(std::move(rows));
  } else {
    listing.print(false);
  }
  if (examples.empty()) std::cerr << "nothing to review\n";
  if (options.out.empty()) return 0;
  const auto written =
      posix::replace_file(options.out, nlu::write_tsv(examples), posix::kOwnersAlone);
  if (!written) return complain("nlu review", written.error(), 1);
  std::cerr << options.out.string() << ": " << examples.size()
            << " texts with the intent that each may have. Mend them, and `millrace nlu import` "
               "makes examples of them.\n";
  return 0;
}

}  // namespace millrace::app
