// Intents on public sets: trained on the train split, judged on the validation split, or on the
// test split of another folder. Each row is one of docs/benchmarks.md's table.
//
//   nlu_bench FOLDER [TESTS] [--set NAME]... [--only plain|base|slots|noise|few]...
//
// All rows without a base and on one, slots, then what noise costs, also where there are few
// examples; or only those of a set or part.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <span>
#include <sstream>

#include "bench/nlu_judge.hpp"
#include "bench/nlu_noise.hpp"
#include "nlu/formats/formats.hpp"
#include "nlu/learn/frames.hpp"
#include "nlu/nlu.hpp"

namespace {

using namespace millrace;
using bench::share;
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
  Bench(fs::path folder, fs::path tests, std::set<std::string> sets, std::set<std::string> parts)
      : folder_(std::move(folder)),
        tests_(std::move(tests)),
        sets_(std::move(sets)),
        parts_(std::move(parts)) {}

  void run() {
    if (wants("plain") || wants("base")) {
      std::puts(
          "| set | in scope | right | right and accepted | out of scope seen | calibration "
          "error | training, CPU s | µs a text | MB |\n|---|---|---|---|---|---|---|---|---|");
    }
    for (const bool on_base : {false, true}) {
      if (!wants(on_base ? "base" : "plain")) continue;
      for (const char* set : {"banking77", "clinc150", "hwu64", "snips"}) row(set, "", on_base);
      row("clinc150", "+ out of scope", on_base);
      for (const char* set : kMassive) {
        if (!on_base) row(set, "", false);
      }
      for (const char* set : {"banking77", "clinc150", "hwu64"}) row(set, "_10", on_base);
    }
    if (wants("slots")) {
      std::puts(
          "\n| set | precision | recall | span F1 | in a polite frame | training, CPU s | "
          "CPU µs a text, with slots |\n|---|---|---|---|---|---|---|");
      for (const char* set : {"snips", "massive_en-US", "massive_pt-PT"}) slots(set);
    }
    if (wants("noise")) {
      for (const char* set : {"banking77", "clinc150", "hwu64"}) noise(set, "");
      for (const char* set : kMassive) noise(set, "");
    }
    if (!wants("few")) return;
    for (const char* set : {"banking77", "clinc150", "massive_pt-PT"}) noise(set, "_10");
  }

 private:
  bool wants(const std::string& part) const { return parts_.empty() || parts_.contains(part); }
  bool wants_set(const std::string& set) const { return sets_.empty() || sets_.contains(set); }

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
    if (!wants_set(set)) return;
    const Examples train = load(folder_ / set / "train.jsonl");
    Examples test = unseen(set, ".jsonl");
    const double before = cpu_seconds();
    const auto bytes = nlu::train(train, {.seed = 1});
    const double trained = cpu_seconds() - before;
    if (!bytes) return (void)std::printf("| %s | %s\n", set.c_str(), bytes.error().message.c_str());
    const auto model = nlu::Model::read(bytes_of(*bytes)).value();
    const double began = cpu_seconds();
    const bench::SpanCounts plain = bench::count_spans(model, test);
    const double each = (cpu_seconds() - began) * 1e6 / static_cast<double>(test.size());
    nlu::Sequence chance(7);
    for (nlu::Example& example : test) {
      size_t begin = 0;
      example.text =
          bench::disturbed(example.text, bench::Noise::frame, language_of(set), chance, &begin);
      for (nlu::Span& span : example.slots) {
        span.begin += static_cast<uint32_t>(begin);
        span.end += static_cast<uint32_t>(begin);
      }
    }
    const bench::SpanCounts framed = bench::count_spans(model, test);
    std::printf("| %s | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f |\n", set.c_str(),
                share(plain.right, plain.found), share(plain.right, plain.wanted), plain.f1(),
                framed.f1(), trained, each);
    std::fflush(stdout);
  }

  static std::string language_of(const std::string& set) {
    const size_t at = set.find('_');
    return at == std::string::npos ? "en" : set.substr(at + 1, 2);
  }

  void row(const std::string& set, const std::string& variant, bool on_base) {
    if (!wants_set(set)) return;
    const bool has_outside = variant.starts_with('+');
    const std::string split = has_outside ? "train" : "train" + variant;
    Examples train = load(folder_ / set / (split + ".tsv")), test = unseen(set);
    if (has_outside) std::ranges::move(load(folder_ / set / "oos_train.tsv"), back(train));
    const fs::path outside = (tests_.empty() ? folder_ : tests_) / set;
    const auto add_outside = [&](const char* name) {
      if (fs::exists(outside / name)) std::ranges::move(load(outside / name), back(test));
    };
    add_outside(fs::exists(outside / "oos_test.tsv") ? "oos_test.tsv" : "oos_valid.tsv");
    // Where they are not learned from, there are more to judge by.
    if (!has_outside && tests_.empty()) add_outside("oos_train.tsv");
    static const std::string none;
    const std::string& base = on_base ? base_without(family(set)) : none;
    const double before = cpu_seconds();
    const auto bytes = nlu::train(train, {.seed = 1, .base = bytes_of(base)});
    const double trained = cpu_seconds() - before;
    if (!bytes) return (void)std::printf("| %s | %s\n", set.c_str(), bytes.error().message.c_str());
    const auto model = nlu::Model::read(bytes_of(*bytes)).value();
    const double began = cpu_seconds();
    const nlu::Report report = bench::judged(model, test);
    const double each = (cpu_seconds() - began) * 1e6 / static_cast<double>(test.size());
    std::printf("| %s%s%s | %zu | %.2f | %.2f | %s | %.3f | %.1f | %.1f | %.1f |\n", set.c_str(),
                has_outside       ? " + 100 out of scope"
                : variant.empty() ? ""
                                  : ", 10 an intent",
                on_base ? ", on a base" : "", report.inside, share(report.right, report.inside),
                share(report.right_and_accepted, report.inside),
                report.outside == 0
                    ? "–"
                    : std::to_string(share(report.refused, report.outside)).substr(0, 5).c_str(),
                report.calibration_error, trained, each, static_cast<double>(bytes->size()) / 1e6);
    if (report.outside > 0) {
      std::fprintf(stderr, "%s%s: AUROC %.3f\n", set.c_str(), on_base ? " on a base" : "",
                   bench::area(model, test));
    }
    std::fflush(stdout);
  }

  static std::back_insert_iterator<Examples> back(Examples& examples) {
    return std::back_inserter(examples);
  }

  // The set's own file of ten examples an intent, or the first ten of each.
  Examples train_split(const std::string& set, const std::string& variant) const {
    const fs::path own = folder_ / set / ("train" + variant + ".tsv");
    if (fs::exists(own)) return load(own);
    std::map<std::string, int> seen;
    Examples all = load(folder_ / set / "train.tsv");
    std::erase_if(all, [&](const nlu::Example& one) { return ++seen[one.intent] > 10; });
    return all;
  }

  // What texts are disturbed with may not be among what models are trained with.
  static void refuse_known_frames(const Examples& train, const bench::WordsAround& words) {
    for (const auto& [example, of] : nlu::framed_examples(train, 1)) {
      for (const std::string_view known : {words.before, words.after, words.half}) {
        if (train[of].text.contains(known) || !example.text.contains(known)) continue;
        std::fprintf(stderr, "trained with the frame it is judged by: %s\n", example.text.c_str());
        std::exit(1);
      }
    }
  }

  void noise(const std::string& set, const std::string& variant) {
    if (!wants_set(set)) return;
    const Examples train = train_split(set, variant);
    refuse_known_frames(train, bench::words_around(language_of(set)));
    const auto bytes = nlu::train(train, {.seed = 1});
    const auto model = nlu::Model::read(bytes_of(*bytes)).value();
    const Examples test = unseen(set);
    const auto report_of = [&](bench::Noise kind) {
      nlu::Sequence chance(7);
      Examples noisy = test;
      for (auto& example : noisy) {
        example.text = bench::disturbed(example.text, kind, language_of(set), chance);
      }
      return bench::judged(model, noisy);
    };
    const nlu::Report clean = report_of(bench::Noise::none);
    const double right = share(clean.right, clean.inside);
    std::printf(
        "\n%s%s: %.2f, and accepted %.2f\n\n| disturbed by | right | fall | right and accepted |\n"
        "|---|---|---|---|\n",
        set.c_str(), variant.empty() ? "" : ", 10 an intent", right,
        share(clean.right_and_accepted, clean.inside));
    for (const auto& [kind, name] : bench::kNoises) {
      const nlu::Report now = report_of(kind);
      const double still = share(now.right, now.inside);
      std::printf("| %s | %.2f | %.2f | %.2f |\n", std::string(name).c_str(), still, right - still,
                  share(now.right_and_accepted, now.inside));
    }
    std::fflush(stdout);
  }

  fs::path folder_, tests_;
  std::set<std::string> sets_, parts_;  // all where there are none
  std::map<std::string, std::string> bases_;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> folders;
  std::set<std::string> sets, parts;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool is_option = word == "--set" || word == "--only";
    if (!is_option) {
      folders.push_back(word);
    } else if (i + 1 < argc) {
      (word == "--set" ? sets : parts).insert(argv[++i]);
    }
  }
  if (folders.empty()) {
    std::fputs(
        "nlu_bench FOLDER [TESTS] [--set NAME]... [--only plain|base|slots|noise|few]...\n"
        "NAME: the folder of a set, such as banking77 or massive_pt-PT\n",
        stderr);
    return 2;
  }
  Bench(folders[0], folders.size() > 1 ? folders[1] : "", sets, parts).run();
  return 0;
}
