#include "flow/theme.hpp"

#include <gtest/gtest.h>

#include "flow/flow.hpp"

namespace millrace::flow {
namespace {

Compilation compile_theme(const std::string& theme) {
  return compile(
      {{"flows/main.flow.yaml", "nodes: {hello: Hello}"}, {"solution.yaml", "theme:\n" + theme}},
      {{"Test"}, {}, {}});
}

std::string said(const std::string& theme) {
  std::string out;
  for (const Problem& problem : compile_theme(theme).problems) out += problem.describe() + "\n";
  return out;
}

TEST(FlowTheme, ReadsColoursAsPeopleWriteThem) {
  EXPECT_EQ(colour_from("#1D6A66"), "#1d6a66");
  EXPECT_EQ(colour_from("#abc"), "#aabbcc");
  for (const char* other : {"", "red", "#12345", "#12345g", "1d6a66", "#1d6a66ff"}) {
    EXPECT_EQ(colour_from(other), "") << other;
  }
}

TEST(FlowTheme, KnowsContrastAsWcagCountsIt) {
  EXPECT_NEAR(contrast_of("#000000", "#ffffff"), 21, 0.001);
  EXPECT_NEAR(contrast_of("#777777", "#ffffff"), 4.478, 0.001);
  EXPECT_NEAR(contrast_of("#ffffff", "#ffffff"), 1, 0.001);
}

TEST(FlowTheme, FindsAColourThatCanBeReadNearTheOneThatIsWished) {
  for (const char* wished : {"#ffd400", "#1d6a66", "#ffffff", "#000000", "#808080"}) {
    for (const char* ground : {"#fffdf9", "#211e1b", "#808080"}) {
      EXPECT_GE(contrast_of(readable_on(ground, wished), ground), kContrastMin);
    }
  }
  EXPECT_EQ(readable_on("#ffffff", "#1d6a66"), "#1d6a66");
}

TEST(FlowTheme, ThePagesOwnColoursCanAllBeRead) {
  for (const bool is_dark : {false, true}) {
    for (const auto& [ink, ground] : {std::pair{"on_accent", "accent"},
                                      {"accent", "card"},
                                      {"accent", "bot"},
                                      {"text", "card"},
                                      {"text", "bot"},
                                      {"quiet", "card"},
                                      {"quiet", "bot"}}) {
      EXPECT_GE(contrast_of(colour_of({}, ink, is_dark), colour_of({}, ground, is_dark)),
                kContrastMin)
          << ink << " on " << ground << (is_dark ? " in the dark" : "");
    }
  }
}

TEST(FlowTheme, InkAndTheDarkFollowFromTheAccent) {
  Theme theme;
  theme.light["accent"] = "#7a1f5c";
  EXPECT_EQ(colour_of(theme, "on_accent", false), "#ffffff");
  const std::string dark = colour_of(theme, "accent", true);
  EXPECT_GE(contrast_of(dark, colour_of(theme, "card", true)), kContrastMin);
  EXPECT_GE(contrast_of(colour_of(theme, "on_accent", true), dark), kContrastMin);
  theme.light["accent"] = "#ffd400";
  EXPECT_EQ(colour_of(theme, "on_accent", false), "#111111");
}

TEST(FlowTheme, IsReadFromSolutionYaml) {
  const auto compiled = compile_theme(
      "  title: Grand Hotel\n  corners: soft\n  mode: light\n  logo: https://a.example/l.png\n"
      "  colours: {accent: '#7A1F5C'}\n");
  ASSERT_TRUE(compiled.program);
  EXPECT_TRUE(compiled.problems.empty());
  const Theme& theme = *compiled.program->theme;
  EXPECT_EQ(theme.title, "Grand Hotel");
  EXPECT_EQ(theme.corners, "soft");
  EXPECT_EQ(theme.logo, "https://a.example/l.png");
  EXPECT_EQ(theme.light.at("accent"), "#7a1f5c");
}

TEST(FlowTheme, SaysAtItsLineWhatCannotBeRead) {
  const auto problems = said("  colours: {accent: '#ffd400'}\n");
  EXPECT_TRUE(problems.starts_with("solution.yaml:2:")) << problems;
  EXPECT_NE(problems.find("warning: theme.colours.accent: accent #ffd400 on card #fffdf9 has a "
                          "contrast of 1.4:1"),
            std::string::npos)
      << problems;
  EXPECT_NE(problems.find("[contrast]"), std::string::npos) << problems;
  EXPECT_EQ(said("  mode: dark\n  colours: {accent: '#ffd400'}\n"), "");
}

TEST(FlowTheme, SaysWhatIsNone) {
  EXPECT_NE(said("  colour: {accent: '#fff'}\n").find("did you mean 'colours'?"),
            std::string::npos);
  EXPECT_NE(said("  colours: {acent: '#fff'}\n").find("did you mean 'accent'?"), std::string::npos);
  EXPECT_NE(said("  colours: {accent: teal}\n").find("[bad_colour]"), std::string::npos);
  EXPECT_NE(said("  corners: rond\n").find("did you mean 'round'?"), std::string::npos);
  EXPECT_NE(said("  logo: http://a.example/l.png\n").find("[bad_image]"), std::string::npos);
  EXPECT_NE(said("  css: 'a{}</style>'\n").find("[bad_css]"), std::string::npos);
  EXPECT_NE(said("  title: " + std::string(200, 'a') + "\n").find("[text_too_long]"),
            std::string::npos);
}

}  // namespace
}  // namespace millrace::flow
