#include "app/cli/cli.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace millrace::app::cli {
namespace {

// What one command has of each kind, and how it ends.
struct Program {
  std::string word;
  std::vector<std::string> words;
  std::filesystem::path folder;
  int number = 1;
  size_t bytes = 0;
  bool is_set = false;
  bool has_run = false;

  // Gives the exit code, and what was printed in `shown`.
  int run(std::vector<std::string> given) {
    App app("program", "What it is.");
    app.require_subcommand(1);
    App* command = app.add_subcommand("do", "What it does.");
    Option* one = command->add_option("--word", word, "A word")->check(OneOf{"yes", "no"});
    command->add_option("--words", words, "Some words")->excludes(one);
    command->add_option("--folder", folder, "A folder")->check(kExistingDirectory);
    command->add_option("--number", number, "A number")->capture_default_str()->check(Range(1, 9));
    command->add_option("--bytes", bytes, "A size")->as_size();
    command->add_flag("--set", is_set, "A fact")->needs(one);
    command->add_option("--judged", "Anything but 'wrong'")->each([](const std::string& text) {
      if (text == "wrong") refuse("--judged", "it is wrong");
    });
    command->callback([this] {
      has_run = true;
      if (number == 9) stop(7);
    });
    given.insert(given.begin(), {"program", "do"});
    std::vector<char*> arguments;
    for (std::string& text : given) arguments.push_back(text.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = app.run(static_cast<int>(arguments.size()), arguments.data(), 0);
    shown = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
    return code;
  }
  std::string shown;
};

TEST(AppCli, ReadsWhatACommandAsksFor) {
  Program program;
  EXPECT_EQ(program.run({"--word", "yes", "--set", "--folder", "/", "--number", "3", "--bytes",
                         "64KB", "--judged", "right"}),
            0);
  EXPECT_TRUE(program.has_run);
  EXPECT_EQ(program.word, "yes");
  EXPECT_EQ(program.folder, "/");
  EXPECT_EQ(program.number, 3);
  EXPECT_EQ(program.bytes, 64u << 10);
  EXPECT_TRUE(program.is_set);

  Program other;
  EXPECT_EQ(other.run({"--words", "a", "b"}), 0);
  EXPECT_EQ(other.words, (std::vector<std::string>{"a", "b"}));
}

TEST(AppCli, SaysWhatIsWrongAndRunsNothing) {
  for (const auto& [given, why] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--word", "maybe"}, "--word"},
           {{"--word", "yes", "--words", "a"}, "excludes"},
           {{"--folder", "/no/such/folder"}, "does not exist"},
           {{"--number", "10"}, "range"},
           {{"--bytes", "many"}, "--bytes"},
           {{"--set"}, "--set requires --word"},
           {{"--judged", "wrong"}, "it is wrong"},
           {{"--other"}, "there is no option --other"},
           {{"--wrod", "yes"}, "did you mean --word?"},
           {{"--other=1", "--number", "10"}, "there is no option --other"},
       }) {
    Program program;
    EXPECT_EQ(program.run(given), 2) << why;
    EXPECT_FALSE(program.has_run) << why;
    EXPECT_TRUE(program.shown.contains(why)) << program.shown;
  }
}

// A program of commands that need something.
struct Needy {
  std::string folder, data, shown;
  bool has_run = false, is_loud = false, was_loud = false;

  int run(std::vector<std::string> given) {
    App app("program", "What it is.");
    app.set_version_flag("-V,--version", "1.2.3");
    app.require_subcommand(1);
    App* serve = app.add_subcommand("serve", "Serves.");
    serve->add_option("DIR", folder, "A folder")->required();
    serve->add_option("--data", data, "A folder")->required();
    serve->add_flag("--loud", is_loud, "A fact");
    serve->callback([this] {
      has_run = true;
      was_loud = is_loud;
    });
    App* secret = app.add_subcommand("secret", "Secrets.");
    secret->require_subcommand(1);
    secret->add_subcommand("list", "Lists.");
    secret->add_subcommand("set", "Sets.");
    given.insert(given.begin(), "program");
    std::vector<char*> arguments;
    for (std::string& text : given) arguments.push_back(text.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = app.run(static_cast<int>(arguments.size()), arguments.data(), 0);
    shown = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
    return code;
  }
};

TEST(AppCli, NamesWhatItDoesNotKnowAndAllThatIsMissing) {
  struct Row {
    std::vector<std::string> given;
    int code;
    std::string says;
  };
  const Row kRows[] = {
      {{"init", "x"}, 2, "program: there is no command 'init'"},
      {{"srve"}, 2, "there is no command 'srve' (did you mean serve?)"},
      {{"sec"}, 2, "(did you mean secret?)"},
      {{"secret", "lst"}, 2, "program secret: there is no command 'lst' (did you mean list?)"},
      {{"serve", "--dta", "D"},
       2,
       "program serve: there is no option --dta (did you mean --data?)"},
      {{"serve"}, 2, "program serve: DIR and --data are missing"},
      {{"serve", "x"}, 2, "program serve: --data is missing"},
      {{"secret"}, 2, "which command? There are list and set"},
      {{}, 2, "which command?"},
      {{"--nope"}, 2, "there is no option --nope"},
      {{"help"}, 0, "What it is."},
      {{"help", "serve"}, 0, "Serves."},
      {{"help", "secret", "set"}, 0, "Sets."},
      {{"help", "srve"}, 2, "did you mean serve?"},
      {{"version"}, 0, "1.2.3"},
      {{"-V"}, 0, "1.2.3"},
      {{"serve", "x", "--data", "-5"}, 0, ""},
      {{"serve", "--data=D", "--", "--x"}, 0, ""},
  };
  for (const Row& row : kRows) {
    Needy program;
    EXPECT_EQ(program.run(row.given), row.code) << row.says;
    EXPECT_TRUE(program.shown.contains(row.says)) << program.shown;
    EXPECT_EQ(program.has_run, row.code == 0 && row.says.empty());
  }
}

TEST(AppCli, TakesWhatIsSaidOnceForAll) {
  ::setenv("MILLRACE_DATA", "/there", 1);
  Needy program;
  EXPECT_EQ(program.run({"serve", "x"}), 0) << program.shown;
  EXPECT_EQ(program.data, "/there");
  Needy other;
  EXPECT_EQ(other.run({"serve", "x", "--data", "/here"}), 0);
  EXPECT_EQ(other.data, "/here");
  ::unsetenv("MILLRACE_DATA");

  const std::string file = testing::TempDir() + "/cli-test.toml";
  std::ofstream(file) << "[serve]\ndata = \"/file\"\n";
  Needy filed;
  EXPECT_EQ(filed.run({"--config", file, "serve", "x"}), 0) << filed.shown;
  EXPECT_EQ(filed.data, "/file");
  EXPECT_FALSE(filed.was_loud);

  std::ofstream(file) << "[serve]\ndata = \"/file\"\nloud = true\n";
  ::setenv("MILLRACE_CONFIG", file.c_str(), 1);
  Needy by_variable;
  EXPECT_EQ(by_variable.run({"serve", "x"}), 0) << by_variable.shown;
  EXPECT_EQ(by_variable.data, "/file");
  EXPECT_TRUE(by_variable.was_loud);
  Needy named;
  EXPECT_EQ(named.run({"--config", "/nowhere.toml", "serve", "x", "--data", "/d"}), 2);
  Needy helped;
  EXPECT_EQ(helped.run({"help", "serve"}), 0);
  ::unsetenv("MILLRACE_CONFIG");
  std::filesystem::remove(file);
}

TEST(AppCli, EndsWithTheCodeThatACommandStopsWith) {
  Program program;
  EXPECT_EQ(program.run({"--number", "9"}), 7);
  EXPECT_TRUE(program.has_run);
}

TEST(AppCli, ShowsInHelpWhatMayBeGiven) {
  Program program;
  EXPECT_EQ(program.run({"--help"}), 0);
  EXPECT_FALSE(program.has_run);
  for (const char* part : {"What it does.", "{yes,no}", "DIR", "INT:INT in [1 - 9]=1"}) {
    EXPECT_TRUE(program.shown.contains(part)) << part << " in " << program.shown;
  }
}

}  // namespace
}  // namespace millrace::app::cli
