// `millrace nlu`: a model of what people mean, trained, tested and tried.
#include <chrono>
#include <iomanip>
#include <iostream>

#include "app/cli/cli.hpp"
#include "app/commands/command.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/data/at_rest_option.hpp"
#include "app/commands/listing.hpp"
#include "app/commands/nlu/nlu_files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "nlu/entities/entities.hpp"
#include "nlu/formats/formats.hpp"
#include "nlu/judge/judge.hpp"
#include "posix/files.hpp"

namespace millrace::app {
namespace {

int write(std::string_view command, const std::filesystem::path& file, std::string_view content) {
  const auto written = posix::replace_file(file, content, posix::kAnyones);
  return written ? 0 : complain(command, written.error(), 1);
}

int train(const NluOptions& options) {
  std::error_code unknown;
  if (options.files.size() == 1 && std::filesystem::is_directory(options.files[0], unknown)) {
    return train_solution(options);
  }
  if (options.out.empty()) return complain("nlu train", "Name the model's file with --out.");
  const auto examples = read_nlu_examples(options.files);
  if (!examples) return complain("nlu train", examples.error(), 1);
  const auto bytes = train_nlu(*examples, options);
  if (!bytes) return complain("nlu train", bytes.error(), 1);
  if (const int failed = write("nlu train", options.out, *bytes)) return failed;
  tell_model(options, options.out, *bytes, examples->size());
  return 0;
}

int train_base(const NluOptions& options) {
  std::vector<nlu::ExampleSet> sets;
  size_t count = 0;
  for (const std::string& named : options.texts) {
    const size_t at = named.find('=');
    if (at == std::string::npos || at == 0) {
      return complain("nlu base", named +
                                      " is not NAME=FILE. Files whose intents are the same, "
                                      "such as translations, have one name.");
    }
    auto examples = read_nlu_examples({named.substr(at + 1)});
    if (!examples) return complain("nlu base", examples.error(), 1);
    count += examples->size();
    sets.push_back({named.substr(0, at), std::move(*examples)});
  }
  const auto bytes = nlu::train_base(sets, options.seed);
  if (!bytes) return complain("nlu base", bytes.error(), 1);
  if (const int failed = write("nlu base", options.out, *bytes)) return failed;
  tell_model(options, options.out, *bytes, count);
  return 0;
}

base::Date day_of(const NluOptions& options) {
  if (const auto day = base::parse_iso8601_date(options.today)) return *day;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return base::utc_date({std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

json::array entities_of(const NluOptions& options, const std::string& text) {
  json::array out;
  for (const auto& entity : nlu::find_entities(text, options.locale, day_of(options))) {
    json::object one{{"kind", nlu::to_string(entity.kind)},
                     {"value", entity.value},
                     {"text", text.substr(entity.begin, entity.end - entity.begin)},
                     {"begin", entity.begin},
                     {"end", entity.end}};
    if (entity.is_ambiguous()) {
      json::array others;
      for (const std::string& other : entity.others) others.emplace_back(other);
      one["others"] = std::move(others);
    }
    out.push_back(std::move(one));
  }
  return out;
}

json::object understood(const nlu::Understanding& understanding) {
  json::array guesses;
  for (const nlu::Guess& guess : understanding.guesses) {
    guesses.push_back(json::object{{"intent", guess.intent}, {"probability", guess.probability}});
  }
  return {{"in_scope", understanding.is_in_scope},
          {"close", understanding.is_close},
          {"guesses", std::move(guesses)}};
}

void print(const nlu::Explanation& explanation) {
  std::cout << std::fixed << std::setprecision(3) << "  needs " << explanation.threshold
            << " to be in scope\n"
            << std::setprecision(4);
  for (const nlu::Evidence& one : explanation.evidence) {
    std::cout << "  " << std::showpos << one.weight << std::noshowpos << "  " << one.kind << " “"
              << one.spelling << "”\n";
  }
}

int parse(const NluOptions& options) {
  const auto file = model_file(options.model);
  if (!file) return complain("nlu parse", file.error(), 1);
  const auto bytes = posix::read_file(*file, {.bytes_max = posix::kAnySize});
  if (!bytes) return complain("nlu parse", bytes.error(), 1);
  const auto model = nlu::Model::read(bytes_of(*bytes));
  if (!model) return complain("nlu parse", model.error(), 1);
  const auto parse_one = [&](const std::string& text) {
    const auto understanding = model->understand(text);
    json::object out = understood(understanding);
    out["entities"] = entities_of(options, text);
    if (options.json) {
      print_json(out);
      return;
    }
    std::cout << text << "\n";
    if (!understanding.is_in_scope) std::cout << "  out of scope; the nearest are:\n";
    for (const nlu::Guess& guess : understanding.guesses) {
      std::cout << "  " << std::fixed << std::setprecision(3) << guess.probability << "  "
                << guess.intent << "\n";
    }
    if (understanding.is_close) std::cout << "  the first two are close: ask which one was meant\n";
    for (const auto& entity : out["entities"].as_array()) {
      std::cout << "  " << json::serialize(entity) << "\n";
    }
    if (options.explains) print(model->explain(text));
  };
  if (!options.texts.empty()) {
    for (const std::string& text : options.texts) parse_one(text);
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);) parse_one(line);
  return 0;
}

int split(const NluOptions& options) {
  const auto examples = read_nlu_examples(options.files);
  if (!examples) return complain("nlu split", examples.error(), 1);
  const auto [kept, rest] = nlu::put_aside(*examples, options.share, options.seed);
  if (const int failed = write("nlu split", options.out, nlu::write_tsv(kept))) return failed;
  if (const int failed = write("nlu split", options.rest, nlu::write_tsv(rest))) return failed;
  print_done(options.json, {{"kept", kept.size()}, {"rest", rest.size()}},
             options.out.string() + ": " + std::to_string(kept.size()) + "\n" +
                 options.rest.string() + ": " + std::to_string(rest.size()) + "\n");
  return 0;
}

using Options = std::shared_ptr<NluOptions>;

cli::App& add(cli::App& family, const std::string& name, const std::string& help,
              const Options& options, int (*run)(const NluOptions&), int& exit_code) {
  auto* command = family.add_subcommand(name, help);
  command->callback([run, options, &exit_code] { exit_code = run(*options); });
  return *command;
}

void add_files(cli::App& command, const Options& options, bool is_required) {
  auto* files = command.add_option("FILES", options->files,
                                   "Examples: .csv, .tsv, .jsonl, .yaml (also of Rasa), or a "
                                   "solution's folder");
  if (is_required) files->required();
}

void add_training(cli::App& command, const Options& options) {
  command.add_option("--base", options->base, "What `nlu base` made of other people's examples")
      ->check(cli::kExistingFile);
  command.add_option("--seed", options->seed, "Another seed, another model")->capture_default_str();
  command.add_option("--threads", options->threads, "Threads; the model does not depend on it")
      ->capture_default_str();
}

void add_trying(cli::App& nlu, int& exit_code) {
  auto options = std::make_shared<NluOptions>();
  auto& command = add(nlu, "parse", "Say what texts mean, and why", options, parse, exit_code);
  command.add_option("TEXT", options->texts,
                     "What a person may type; else lines of standard input");
  command.add_option("--model", options->model, "What `nlu train` made, or a solution's folder")
      ->required();
  command.add_option("--locale", options->locale, "Of entities: en, pt-BR, ...")
      ->capture_default_str();
  command.add_option("--today", options->today, "The day it is, 2026-01-07; else today in UTC");
  command.add_flag("--explain", options->explains,
                   "What spoke for the first guess, and against it");
  command.add_flag("--json", options->json, "A JSON object for each text");
}

void add_judging(cli::App& nlu, int& exit_code) {
  auto options = std::make_shared<NluOptions>();
  auto& test = add(nlu, "test",
                   "Say how well intents are told apart: by cross-validation, or --on "
                   "texts that were not learned",
                   options, test_nlu, exit_code);
  add_files(test, options, false);
  add_training(test, options);
  test.add_option("--on", options->on, "Texts that were not learned")->check(cli::kExistingFile);
  test.add_option("--model", options->model, "A model, instead of training one")
      ->check(cli::kExistingFile);
  test.add_option("--folds", options->folds, "Parts, each of which is tested once")
      ->check(cli::Range<size_t>(2, 20))
      ->capture_default_str();
  test.add_option("--html", options->html,
                  "A page with confusions and the plot of the calibration");
  test.add_flag("--json", options->json, "The figures as a JSON object");

  auto checked = std::make_shared<NluOptions>();
  auto& check = add(nlu, "check",
                    "List texts of two intents, what is there twice, and intents with "
                    "few examples",
                    checked, check_nlu, exit_code);
  add_files(check, checked, true);
  check.add_option("--against", checked->on, "Texts for testing, none of which may be learned")
      ->check(cli::kExistingFile);
  check.add_flag("--json", checked->json, "The findings as a JSON array");
  check.footer("Exits 1 when a text stands under two intents.");
}

void add_examples_of_life(cli::App& nlu, int& exit_code) {
  auto options = std::make_shared<NluOptions>();
  auto& review = add(nlu, "review",
                     "List what people have said that the model was not sure of, or that they "
                     "corrected",
                     options, review_nlu, exit_code);
  add_data_option(review, options->data);
  review.add_option("--solution", options->solution, "Only chats of this solution");
  review.add_option("--since", options->since,
                    "Only chats whose last turn is not before this time: 2026-01-31T08:00:00Z, or "
                    "24h, 7d ago");
  review.add_option("--limit", options->limit, "At most so many")->capture_default_str();
  review.add_option("--out", options->out,
                    "A .tsv of them, to be mended and imported: a text, a tab, an intent");
  review.add_flag("--json", options->json, "Print a JSON array");
  review.footer("Works beside a running server. What was asked for securely is not listed.");

  auto imported = std::make_shared<NluOptions>();
  auto& command = add(nlu, "import", "Add files of examples to a solution, also of Rasa", imported,
                      import_nlu, exit_code);
  add_files(command, imported, true);
  command.add_option("--to", imported->to, "The solution's folder")
      ->required()
      ->check(cli::kExistingDirectory);
  command.add_option("--locale", imported->locale, "The language of the examples")
      ->capture_default_str();
  command.add_option("--name", imported->name, "They come into nlu/LOCALE.NAME.yaml")
      ->capture_default_str();
  command.add_flag("--json", imported->json, kOneJsonObject);
}

}  // namespace

void add_nlu_command(cli::App& cli, int& exit_code) {
  auto* nlu = cli.add_subcommand("nlu", "Learn what people mean from examples, and try it.");
  nlu->require_subcommand(1);
  auto options = std::make_shared<NluOptions>();
  auto& trained = add(*nlu, "train", "Make a model of examples", options, train, exit_code);
  add_files(trained, options, true);
  trained.add_option("--out", options->out,
                     "The model's file; that of a solution's folder is kept in it");
  add_training(trained, options);
  trained.add_flag("--json", options->json, kOneJsonObject);
  add_judging(*nlu, exit_code);
  add_trying(*nlu, exit_code);
  add_examples_of_life(*nlu, exit_code);

  auto divided = std::make_shared<NluOptions>();
  auto& split_command =
      add(*nlu, "split", "Put a share of each intent's examples aside for testing", divided, split,
          exit_code);
  add_files(split_command, divided, true);
  split_command.add_option("--out", divided->out, "The .tsv of what is to be learned")->required();
  split_command.add_option("--rest", divided->rest, "The .tsv of what is put aside")->required();
  split_command.add_option("--share", divided->share, "Of what is put aside")
      ->check(cli::Range<double>(0.01, 0.9))
      ->capture_default_str();
  split_command.add_option("--seed", divided->seed, "Another seed, another share")
      ->capture_default_str();
  split_command.add_flag("--json", divided->json, kOneJsonObject);

  auto based = std::make_shared<NluOptions>();
  auto& base = add(*nlu, "base",
                   "Learn from other people's examples what words mean, for models "
                   "of few examples",
                   based, train_base, exit_code);
  base.add_option("SETS", based->texts, "NAME=FILE; translations of each other have one name")
      ->required();
  base.add_option("--out", based->out, "The base's file")->required();
  base.add_option("--seed", based->seed, "Another seed, another base")->capture_default_str();
  base.add_flag("--json", based->json, kOneJsonObject);
}

}  // namespace millrace::app
