// Intents on public sets: trained on the train split, judged on the validation split, or on the
// test split of another folder. Each row is one of docs/benchmarks.md's table.
//
//   nlu_bench FOLDER [TESTS]     all rows, then what noise costs
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <sstream>

#include "bench/nlu_noise.hpp"
#include "nlu/formats/formats.hpp"
#include "nlu/judge/judge.hpp"
#include "nlu/nlu.hpp"

namespace {

using namespace millrace;
using Examples = std::vector<nlu::Example>;
namespace fs = std::filesystem;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Examples load(const fs::path& file) {
  return nlu::read_examples(file.filename().string(), slurp(file)).examples;
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

constexpr const char* kMassive[] = {"massive_en-US", "massive_pt-PT", "massive_es-ES",
                                    "massive_fr-FR", "massive_de-DE"};

// A set and those that may not be in its base: its own, and HWU64 and MASSIVE count as one.
std::string family(const std::string& set) {
  return set.starts_with("massive") || set == "hwu64" ? "hwu64 and massive" : set;
}

class Bench {
 public:
  Bench(fs::path folder, fs::path tests) : folder_(std::move(folder)), tests_(std::move(tests)) {}

  void run() {
    std::puts(
        "| set | in scope | right | right and accepted | out of scope seen | calibration "
        "error | training, CPU s | µs a text | MB |\n|---|---|---|---|---|---|---|---|---|");
    for (const bool on_base : {false, true}) {
      for (const char* set : {"banking77", "clinc150", "hwu64", "snips"}) row(set, "", on_base);
      row("clinc150", "+ out of scope", on_base);
      for (const char* set : kMassive) {
        if (!on_base) row(set, "", false);
      }
      for (const char* set : {"banking77", "clinc150", "hwu64"}) row(set, "_10", on_base);
    }
    std::puts(
        "\n| set | precision | recall | span F1 | training, CPU s | µs a text, with slots |\n"
        "|---|---|---|---|---|---|");
    for (const char* set : {"snips", "massive_en-US", "massive_pt-PT"}) slots(set);
    noise("banking77");
    noise("massive_pt-PT");
    noise("massive_fr-FR");
  }

 private:
  // One for each family, made when it is asked for first.
  const std::string& base_without(const std::string& kin) {
    std::string& base = bases_[kin];
    if (!base.empty()) return base;
    std::vector<nlu::ExampleSet> sets;
    const auto add = [&](const std::string& name, const std::string& set) {
      if (family(set) != kin) sets.push_back({name, load(folder_ / set / "train.tsv")});
    };
    for (const char* set : {"banking77", "clinc150", "hwu64", "snips"}) add(set, set);
    for (const char* set : kMassive) add("massive", set);
    const double before = cpu_seconds();
    base = nlu::train_base(sets, 1).value();
    std::fprintf(stderr, "base without %s: %.1f MB, %.1f CPU s\n", kin.c_str(),
                 static_cast<double>(base.size()) / 1e6, cpu_seconds() - before);
    return base;
  }

  Examples unseen(const std::string& set, const std::string& ending = ".tsv") const {
    if (tests_.empty()) return load(folder_ / set / ("valid" + ending));
    const fs::path test = tests_ / set / ("test" + ending);
    return load(fs::exists(test) ? test : tests_ / set / ("valid" + ending));
  }

  // Spans that are right to the byte and in their slot, in texts of the intent that was guessed.
  void slots(const std::string& set) {
    const Examples train = load(folder_ / set / "train.jsonl"), test = unseen(set, ".jsonl");
    const double before = cpu_seconds();
    const auto bytes = nlu::train(train, {.seed = 1});
    const double trained = cpu_seconds() - before;
    if (!bytes) return (void)std::printf("| %s | %s\n", set.c_str(), bytes.error().message.c_str());
    const auto model = nlu::Model::read(bytes_of(*bytes)).value();
    size_t found = 0, wanted = 0, right = 0;
    const double began = cpu_seconds();
    std::vector<std::vector<nlu::Span>> all;
    for (const nlu::Example& example : test) {
      const auto understood = model.understand(example.text, 1);
      all.push_back(model.find_slots(example.text, understood.guesses[0].intent));
    }
    const double each = (cpu_seconds() - began) * 1e6 / static_cast<double>(test.size());
    for (size_t i = 0; i < test.size(); ++i) {
      found += all[i].size();
      wanted += test[i].slots.size();
      for (const nlu::Span& span : all[i]) {
        right += static_cast<size_t>(std::ranges::count(test[i].slots, span));
      }
    }
    const auto share = [](size_t part, size_t whole) {
      return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    };
    std::printf("| %s | %.2f | %.2f | %.2f | %.1f | %.1f |\n", set.c_str(), share(right, found),
                share(right, wanted), share(2 * right, found + wanted), trained, each);
    std::fflush(stdout);
  }

  void row(const std::string& set, const std::string& variant, bool on_base) {
    const bool has_outside = variant.starts_with('+');
    const std::string split = has_outside ? "train" : "train" + variant;
    Examples train = load(folder_ / set / (split + ".tsv")), test = unseen(set);
    if (has_outside) std::ranges::move(load(folder_ / set / "oos_train.tsv"), back(train));
    const fs::path outside = (tests_.empty() ? folder_ : tests_) / set;
    for (const char* name : {"oos_test.tsv", "oos_valid.tsv"}) {
      if (!fs::exists(outside / name)) continue;
      std::ranges::move(load(outside / name), back(test));
      break;
    }
    static const std::string none;
    const std::string& base = on_base ? base_without(family(set)) : none;
    const double before = cpu_seconds();
    const auto bytes = nlu::train(train, {.seed = 1, .base = bytes_of(base)});
    const double trained = cpu_seconds() - before;
    if (!bytes) return (void)std::printf("| %s | %s\n", set.c_str(), bytes.error().message.c_str());
    const auto model = nlu::Model::read(bytes_of(*bytes)).value();
    const double began = cpu_seconds();
    const nlu::Report report = judged(model, test);
    const double each = (cpu_seconds() - began) * 1e6 / static_cast<double>(test.size());
    const auto percent = [](size_t part, size_t all) {
      return all == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
    };
    std::printf("| %s%s%s | %zu | %.2f | %.2f | %s | %.3f | %.1f | %.1f | %.1f |\n", set.c_str(),
                has_outside       ? " + 100 out of scope"
                : variant.empty() ? ""
                                  : ", 10 an intent",
                on_base ? ", on a base" : "", report.inside, percent(report.right, report.inside),
                percent(report.right_and_accepted, report.inside),
                report.outside == 0
                    ? "–"
                    : std::to_string(percent(report.refused, report.outside)).substr(0, 5).c_str(),
                report.calibration_error, trained, each, static_cast<double>(bytes->size()) / 1e6);
    if (report.outside > 0) {
      std::fprintf(stderr, "%s%s: AUROC %.3f\n", set.c_str(), on_base ? " on a base" : "",
                   area(model, test));
    }
    std::fflush(stdout);
  }

  static std::back_insert_iterator<Examples> back(Examples& examples) {
    return std::back_inserter(examples);
  }

  // How often a text in scope has a more probable first guess than one that is out of it.
  static double area(const nlu::Model& model, const Examples& test) {
    std::vector<std::pair<float, bool>> all;
    double inside = 0, outside = 0, sum = 0;
    for (const nlu::Example& example : test) {
      const auto guesses = model.understand(example.text, 1).guesses;
      all.emplace_back(guesses[0].probability, !example.intent.empty());
    }
    std::ranges::sort(all);
    for (const auto& [probability, is_inside] : all) {
      (is_inside ? inside : outside) += 1;
      if (is_inside) sum += outside;
    }
    return inside * outside > 0 ? sum / (inside * outside) : 0;
  }

  static nlu::Report judged(const nlu::Model& model, const Examples& test) {
    std::vector<nlu::Outcome> outcomes;
    outcomes.reserve(test.size());
    for (const nlu::Example& example : test) {
      const auto understood = model.understand(example.text, 1);
      outcomes.push_back({example.text, example.intent, std::string(understood.guesses[0].intent),
                          understood.guesses[0].probability, understood.is_in_scope});
    }
    return nlu::make_report(outcomes);
  }

  void noise(const std::string& set) {
    const auto bytes = nlu::train(load(folder_ / set / "train.tsv"), {.seed = 1});
    const auto model = nlu::Model::read(bytes_of(*bytes)).value();
    const Examples test = unseen(set);
    const auto share = [&](bench::Noise kind) {
      nlu::Sequence chance(7);
      Examples noisy = test;
      const size_t at = set.find('_');
      const std::string language = at == std::string::npos ? "en" : set.substr(at + 1, 2);
      for (auto& example : noisy) {
        example.text = bench::disturbed(example.text, kind, language, chance);
      }
      const auto report = judged(model, noisy);
      return 100.0 * static_cast<double>(report.right) / static_cast<double>(report.inside);
    };
    const double clean = share(bench::Noise::none);
    std::printf("\n%s: %.2f\n\n| disturbed by | right | fall |\n|---|---|---|\n", set.c_str(),
                clean);
    for (const auto& [kind, name] : bench::kNoises) {
      const double now = share(kind);
      std::printf("| %s | %.2f | %.2f |\n", std::string(name).c_str(), now, clean - now);
    }
    std::fflush(stdout);
  }

  fs::path folder_, tests_;
  std::map<std::string, std::string> bases_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("nlu_bench FOLDER [TESTS]\n", stderr);
    return 2;
  }
  Bench(argv[1], argc > 2 ? argv[2] : "").run();
  return 0;
}
