#include "app/cli/cli.hpp"

#include <gtest/gtest.h>

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
           {{"--other"}, "--other"},
       }) {
    Program program;
    EXPECT_NE(program.run(given), 0) << why;
    EXPECT_FALSE(program.has_run) << why;
    EXPECT_TRUE(program.shown.contains(why)) << program.shown;
  }
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
