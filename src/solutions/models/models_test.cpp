#include "solutions/models/models.hpp"

#include "base/text.hpp"
#include "solutions/models/evaluation.hpp"
#include "solutions/models/misunderstood.hpp"
#include "solutions/models/parsing.hpp"
#include "solutions/models/review.hpp"
#include "solutions/models/shelf.hpp"
#include "solutions/served.hpp"
#include "tests/fakes/log.hpp"
#include "tests/support/solutions.hpp"

namespace millrace::solutions {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(intents:
  hours: [when do you open, are you open on sunday, opening hours please,
    at what time do you close, until when are you open]
  parking: [where can I park, is there parking, can I leave my car,
    do you have a car park, is parking free]
out_of_scope: [tell me a joke]
)";
constexpr const char* kQuestions = R"(nodes:
  hours: {intent: hours, say: We open at nine., next: done}
  parking: {intent: parking, say: Behind the house., next: done}
  done: {return: true}
)";

class NoHost final : public ScriptHost {
 public:
  void set_alone(bool) override {}
  base::Result<void> add_version(const flow::Program&, const fs::path&) override { return {}; }
  void prewarm(std::string_view) override {}
};

class SolutionsModels : public SolutionTest {
 protected:
  SolutionsModels() {
    write_file(solution / "flows" / "questions.flow.yaml", kQuestions);
    write_examples(kExamples);
  }
  void write_examples(const std::string& text) { write_file(solution / "nlu" / "en.yaml", text); }
  Served served_by() { return {data, {inspector, host, holdings, {}, clock, log}}; }
  TrainingSet set() { return training_set(*read_folder_of(solution)); }
  static base::Result<flow::Files> read_folder_of(const fs::path& folder) {
    flow::Files files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string name = fs::relative(entry.path(), folder).generic_string();
      if (!entry.is_regular_file() || !flow::is_part_of_version(name)) continue;
      std::ifstream in(entry.path());
      files[name] = {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    return files;
  }
  static std::string first_guess(const ReaderPtr& reader, const std::string& text) {
    const auto read = reader->read(text, "en", {2026, 1, 7});
    return read && !read->guesses.empty() ? read->guesses[0].intent : "";
  }

  NoHost host;
  fakes::Clock clock;
  fakes::NoLog log;
};

TEST_F(SolutionsModels, AreKnownByTheirExamples) {
  const TrainingSet before = set();
  EXPECT_TRUE(before.is_enough);
  EXPECT_EQ(before.examples.size(), 11U);
  write("nodes:\n" + kCity + bye("Other words"));
  EXPECT_EQ(set().fingerprint, before.fingerprint);
  write_examples(std::string(kExamples) + "# a note\n");
  EXPECT_EQ(set().fingerprint, before.fingerprint);
  write_file(solution / "templates" / "intent.csv", "Utterance,Intent\nparking?,parking\n");
  EXPECT_NE(set().fingerprint, before.fingerprint);
  write_examples("intents:\n  hours: [when do you open, opening hours]\n");
  EXPECT_FALSE(set().is_enough);
}

TEST_F(SolutionsModels, CountTheExamplesOfALanguageOverItsFiles) {
  write_examples(
      "intents:\n  hours: [when, open, at what time, until when]\n"
      "  parking: [where to park, is there parking, a car park, parking]\n");
  EXPECT_FALSE(set().is_enough);
  write_file(solution / "nlu" / "pt.yaml",
             "intents:\n  hours: [quando]\n  parking: [estacionar]\n");
  EXPECT_FALSE(set().is_enough) << "of another language";
  write_file(solution / "nlu" / "en.more.yaml",
             "intents:\n  hours: [opening hours]\n  parking: [leave my car]\n");
  EXPECT_TRUE(set().is_enough);
}

TEST_F(SolutionsModels, AreMadeAtDeployAndLieBesideTheVersion) {
  const Deployment one = deployed();
  const fs::path file = data / "versions" / one.hash / model_name(set());
  EXPECT_TRUE(fs::exists(file));
  const auto reader = reader_in(file.parent_path(), *program(one.hash));
  ASSERT_TRUE(reader && *reader);
  EXPECT_EQ(first_guess(*reader, "is there a place to park"), "parking");
  EXPECT_EQ(first_guess(*reader, "when are you open"), "hours");
}

TEST_F(SolutionsModels, ComeWithTheirVersionToARunningServer) {
  const Deployment one = deployed("A");
  Served served = served_by();
  ASSERT_TRUE(served.take_up_all());
  const auto first = served.solutions().reader(one.hash);
  ASSERT_TRUE(first);
  write_examples(std::string(kExamples) + "lookups: {city: [Porto]}\n" +
                 "synonyms: {Porto: [Oporto]}\n");
  const Deployment two = deployed("B");
  ASSERT_TRUE(served.take_up_all());
  const auto second = served.solutions().reader(two.hash);
  ASSERT_TRUE(second);
  EXPECT_NE(first, second);
  EXPECT_EQ(served.solutions().reader(one.hash), first) << "chats that stay keep theirs";
}

TEST_F(SolutionsModels, AreNotMadeWhenAServerStarts) {
  Served served = served_by();
  const auto tell = [](const fs::path&, const flow::Problem&) {};
  ASSERT_TRUE(served.add({solution}, tell));
  ASSERT_TRUE(served.take_up_all());
  EXPECT_FALSE(served.solutions().reader(current()));
  // One that was made before is taken.
  const auto bytes = train(set(), 1);
  ASSERT_TRUE(bytes);
  ASSERT_TRUE(keep_model(solution, set(), *bytes));
  Served again = served_by();
  ASSERT_TRUE(again.add({solution}, tell));
  ASSERT_TRUE(again.take_up_all());
  EXPECT_TRUE(again.solutions().reader(current()));
}

TEST_F(SolutionsModels, AreTheSameToTheByteWithAnyNumberOfThreads) {
  const auto one = train(set(), 1);
  const auto three = train(set(), 3);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(*one, *three);
}

TEST_F(SolutionsModels, ThatAreDamagedAreMadeAgainAndRefused) {
  const auto made = train(set(), 1);
  ASSERT_TRUE(made);
  ASSERT_TRUE(keep_model(solution, set(), "not a model"));
  const Deployment one = deployed();
  const auto files = read_folder_of(solution);
  const auto found = model_of(solution, *files, *program(one.hash), {}, Training::never);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, *made);
  write_file(data / "versions" / one.hash / model_name(set()), "not a model");
  EXPECT_FALSE(reader_in(data / "versions" / one.hash, *program(one.hash)));
  Served served = served_by();
  ASSERT_TRUE(served.take_up_all()) << "what people mean goes by keywords then";
  EXPECT_FALSE(served.solutions().reader(one.hash));
}

TEST_F(SolutionsModels, AreNotMadeWhereTheSolutionWantsNone) {
  write_file(solution / "solution.yaml", "name: Hotel\nnlu: {model: false}\n");
  const Deployment one = deployed();
  EXPECT_FALSE(fs::exists(data / "versions" / one.hash / model_name(set())));
}

dialog::Said said_with(const std::string& text, int first, bool in_scope, bool close) {
  static int number = 0;
  dialog::Said said{"m" + std::to_string(++number), text, true};
  said.understood = {{{"hours", first}, {"parking", first - 10}}, in_scope, close, 1'000, {}};
  return said;
}

TEST_F(SolutionsModels, WereNotSureOrWrongIsReviewed) {
  write("nodes:\n  menu:\n    ask: What?\n    buttons: [Go: bye]\n  bye: {say: Bye, end: true}\n");
  const Deployment one = deployed();
  Talk talk(archive, program(one.hash), "ada");
  talk.take(dialog::Started{});
  talk.take(said_with("opn", 300, false, false));
  talk.take(said_with("are you open", 900, true, false));
  talk.take(said_with("open car", 480, true, true));
  talk.take(dialog::Said{"pick", "2", true});
  talk.take(said_with("car open", 480, true, true));
  talk.take(said_with("are you open", 900, true, false));
  talk.take(said_with("zzz", 200, false, false));
  std::vector<std::string> found;
  const auto done = review(archive, {.solution = "Hotel"}, [&](const Reviewed& reviewed) {
    found.push_back(std::string(to_string(reviewed.why)) + " " + reviewed.text + " " +
                    reviewed.intent);
  });
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(found, (std::vector<std::string>{"rephrased opn hours", "corrected open car parking",
                                             "close car open hours", "unsure zzz hours"}));
}

TEST_F(SolutionsModels, SaidAlikeAreListedTogether) {
  write("nodes:\n  menu:\n    ask: What?\n    buttons: [Go: bye]\n  bye: {say: Bye, end: true}\n");
  const Deployment one = deployed();
  for (const char* who : {"ada", "ben"}) {
    Talk talk(archive, program(one.hash), who);
    talk.take(dialog::Started{});
    talk.take(said_with("Zzz", 200, false, false));
    talk.take(said_with(who == std::string("ada") ? "hm" : "zzz ", 300, false, false));
    talk.take(said_with("are you open", 900, true, false));
  }
  const auto page = misunderstood(archive, {{.solution = "Hotel"}, ""}, kTestKey, versions);
  ASSERT_TRUE(page) << page.error().describe();
  ASSERT_EQ(page->groups.size(), 2U);
  EXPECT_EQ(page->groups[0].count, 3U);
  EXPECT_EQ(page->groups[0].alike, base::squash("Zzz"));
  EXPECT_EQ(page->groups[1].last.text, "hm");
  EXPECT_EQ(page->groups[1].last.intent, "hours");
  EXPECT_EQ(page->groups[1].locale, "en");
  EXPECT_FALSE(page->next);
  const auto german = misunderstood(archive, {{.solution = "Hotel"}, "de"}, kTestKey, versions);
  EXPECT_TRUE(german->groups.empty());
  const auto first =
      misunderstood(archive, {{.solution = "Hotel", .limit = 1}, ""}, kTestKey, versions);
  ASSERT_TRUE(first->next);
  const auto rest = misunderstood(
      archive, {{.solution = "Hotel", .after = first->next, .limit = 1}, ""}, kTestKey, versions);
  EXPECT_EQ(first->groups.size() + rest->groups.size(), 3U);
  runtime::ChatFilter later{.solution = "Hotel"};
  later.since = base::Timestamp{fakes::kSomeTimeMs + 1'000'000};
  EXPECT_TRUE(misunderstood(archive, {later, ""}, kTestKey, versions)->groups.empty());
}

TEST_F(SolutionsModels, OfDraftsAreKeptApartFromAllOthers) {
  Shelf shelf;
  EXPECT_FALSE(find_model(shelf, set(), {}));
  std::vector<std::string> steps;
  const auto made = model_of_draft(
      shelf, set(), {.step = [&](std::string_view step) { steps.emplace_back(step); }});
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_FALSE(steps.empty());
  EXPECT_FALSE(fs::exists(models_folder(solution)));
  EXPECT_EQ(find_model(shelf, set(), {}), *made);
  steps.clear();
  EXPECT_EQ(*model_of_draft(shelf, set(), {}), *made) << "not made again";
  // That of a folder is taken as it is.
  write_examples(std::string(kExamples) + "synonyms: {Porto: [Oporto]}\n");
  Shelf other;
  ASSERT_TRUE(keep_model(solution, set(), **made));
  EXPECT_TRUE(find_model(other, set(), {models_folder(solution)}));
  write_examples("intents:\n  hours: [when do you open]\n");
  EXPECT_EQ(model_of_draft(shelf, set(), {}).error().code, base::Code::failed_precondition);
}

TEST_F(SolutionsModels, ThatWereGivenUpAreNotMade) {
  Shelf shelf;
  int asked = 0;
  const auto made = model_of_draft(shelf, set(), {.is_given_up = [&] { return ++asked > 2; }});
  EXPECT_EQ(made.error().code, base::Code::unavailable);
  EXPECT_FALSE(find_model(shelf, set(), {}));
}

TEST_F(SolutionsModels, TooManyOnTheShelfLetTheOldestGo) {
  Shelf shelf;
  for (int i = 0; i < 9; ++i) {
    shelf.keep(std::to_string(i), "model");
    EXPECT_TRUE(shelf.find("0")) << "it is used";
  }
  EXPECT_FALSE(shelf.find("1"));
  EXPECT_TRUE(shelf.find("8"));
}

TEST_F(SolutionsModels, SayWhatTextsMeanAndWhichExamplesAreNear) {
  const auto bytes = train(set(), 1);
  ASSERT_TRUE(bytes);
  const auto parsed = parse(*bytes, set().examples, {"when do you open?", "at 17:30"}, {});
  ASSERT_TRUE(parsed) << parsed.error().describe();
  ASSERT_EQ(parsed->size(), 2U);
  const Parsed& first = parsed->front();
  EXPECT_EQ(first.guesses[0].first, "hours");
  EXPECT_FALSE(first.evidence.empty());
  ASSERT_EQ(first.nearest.size(), 3U);
  EXPECT_EQ(first.nearest[0].text, "when do you open");
  EXPECT_EQ(first.nearest[0].intent, "hours");
  EXPECT_DOUBLE_EQ(first.nearest[0].likeness, 1);
  ASSERT_FALSE((*parsed)[1].entities.empty());
  EXPECT_EQ((*parsed)[1].entities[0].value, "17:30");
  EXPECT_FALSE(parse("not a model", {}, {"a"}, {}));
}

TEST_F(SolutionsModels, AreJudgedOnPartsThatTheyHaveNotSeen) {
  std::vector<size_t> begun;
  EvaluationChoice choice{.folds = 2,
                          .begins = [&](size_t part, size_t) { begun.push_back(part); }};
  const auto examples = set().examples;
  const auto outcomes = cross_validate(examples, choice, [](const std::vector<nlu::Example>& rest) {
    TrainingSet part;
    part.examples = rest;
    return train(part, 1);
  });
  ASSERT_TRUE(outcomes) << outcomes.error().describe();
  EXPECT_EQ(outcomes->size(), examples.size());
  EXPECT_EQ(begun, (std::vector<size_t>{1, 2}));
  EXPECT_EQ(to_json(nlu::make_report(*outcomes)).at("in_scope").to_number<size_t>(), 10U);
}

}  // namespace
}  // namespace millrace::solutions
