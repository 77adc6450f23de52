// What shells and man are given, tried with the shells that are here.
#include "app/cli/pages.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace millrace::app::cli {
namespace {

DescribedCommand program() {
  App app("millrace", "What it's for.");
  app.require_subcommand(1);
  static std::string word, data, folder;
  App* serve = app.add_subcommand("serve", "Serves [all]: it's whole. More.");
  serve->add_option("--env", word, "A word")->check(OneOf{"sandbox", "live"});
  serve->add_option("--data", data, "The data folder")->required();
  App* check = app.add_subcommand("check", "Checks.");
  check->add_option("DIR", folder, "A folder")->check(kExistingDirectory);
  App* secret = app.add_subcommand("secret", "Secrets.");
  App* set = secret->add_subcommand("set", ".starts with a dot \\ and a backslash");
  set->add_option("--data", data, "The data folder");
  return app.describe();
}

// What bash offers for the words, the last of which is being typed.
std::string offered(const std::vector<std::string>& words) {
  const std::string file = testing::TempDir() + "/millrace-completions.bash";
  std::ofstream script(file);
  script << bash_completions(program()) << "COMP_WORDS=(";
  for (const std::string& each : words) script << "'" << each << "' ";
  script << ")\nCOMP_CWORD=" << words.size() - 1 << "\n_millrace\necho \"${COMPREPLY[*]}\"\n";
  script.close();
  std::string out;
  std::array<char, 512> part{};
  FILE* pipe = ::popen(("bash " + file + " 2>&1").c_str(), "r");
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) out += part.data();
  ::pclose(pipe);
  std::filesystem::remove(file);
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

TEST(AppPages, CompleteCommandsOptionsAndValuesInBash) {
  EXPECT_EQ(offered({"millrace", ""}), "--help serve check secret");
  EXPECT_EQ(offered({"millrace", "se"}), "serve secret");
  EXPECT_EQ(offered({"millrace", "serve", "--"}), "--help --env --data");
  EXPECT_EQ(offered({"millrace", "serve", "--env", ""}), "sandbox live");
  EXPECT_EQ(offered({"millrace", "serve", "--env", "l"}), "live");
  EXPECT_EQ(offered({"millrace", "secret", ""}), "--help set");
  EXPECT_EQ(offered({"millrace", "secret", "set", "--d"}), "--data");
  EXPECT_EQ(offered({"millrace", "check", "/et"}), "/etc");
}

TEST(AppPages, TellZshAndFishTheSame) {
  const std::string zsh = zsh_completions(program());
  for (const char* part : {"#compdef millrace", "'serve:Serves \\[all\\]\\: it'\\''s whole.'",
                           "'*--env[A word]:WORD:(sandbox live)'", "' secret set')", "_files -/"}) {
    EXPECT_TRUE(zsh.contains(part)) << part << " in " << zsh;
  }
  const std::string fish = fish_completions(program());
  for (const char* part :
       {"-a serve -d 'Serves [all]: it'\\''s whole.'",
        "-n '__fish_seen_subcommand_from secret; and __fish_seen_subcommand_from set' -l data -x",
        "-l env -x -a 'sandbox live' -d 'A word'"}) {
    EXPECT_TRUE(fish.contains(part)) << part << " in " << fish;
  }
}

TEST(AppPages, WriteAManualThatMeansWhatHelpSays) {
  const std::string page = manual_page(program(), "1.2.3");
  for (const char* part :
       {".TH MILLRACE 1", "\\fB\\-\\-env\\fR \\fIWORD\\fR", "One of: sandbox live.",
        "\\&.starts with a dot \\\\ and", "Required.", ".SS secret set"}) {
    EXPECT_TRUE(page.contains(part)) << part << " in " << page;
  }
}

}  // namespace
}  // namespace millrace::app::cli
