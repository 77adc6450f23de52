#include "nlu/entities/entities.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

namespace millrace::nlu {
namespace {

constexpr base::Date kToday{2026, 1, 7};

std::string shown(const std::vector<Entity>& entities) {
  std::string out;
  for (const Entity& entity : entities) {
    out += (out.empty() ? "" : "; ") + std::string(to_string(entity.kind)) + " " + entity.value;
    for (const std::string& other : entity.others) out += "|" + other;
  }
  return out.empty() ? "-" : out;
}

std::string found(std::string_view text, std::string_view locale) {
  return shown(find_entities(text, locale, kToday));
}

struct Line {
  std::string locale, text, expected;
};

std::vector<Line> read_table(const std::string& name, const std::string& locale) {
  std::ifstream in(std::string(MILLRACE_SOURCE_DIR "/tests/nlu/entities/") + name);
  std::vector<Line> out;
  for (std::string line; std::getline(in, line);) {
    const size_t at = line.rfind(" = ");
    if (line.starts_with('#') || at == std::string::npos) continue;
    Line one{locale, line.substr(0, at), line.substr(at + 3)};
    if (one.text.starts_with('[')) {
      const size_t end = one.text.find("] ");
      one.locale = one.text.substr(1, end - 1);
      one.text.erase(0, end + 2);
    }
    out.push_back(std::move(one));
  }
  return out;
}

class NluEntityTable : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(NluEntityTable, IsReadAsItSays) {
  const auto& [name, locale] = GetParam();
  const auto table = read_table(name, locale);
  ASSERT_GT(table.size(), 130U);
  for (const Line& line : table) {
    EXPECT_EQ(found(line.text, line.locale), line.expected) << line.text << " in " << line.locale;
  }
}

TEST_P(NluEntityTable, IsReadTheSameInCapitals) {
  const auto& [name, locale] = GetParam();
  for (const Line& line : read_table(name, locale)) {
    if (line.expected.contains("email") || line.expected.contains("url")) continue;
    std::string upper;
    for (const char c : line.text) {
      upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    EXPECT_EQ(found(upper, line.locale), found(line.text, line.locale)) << line.text;
  }
}

INSTANTIATE_TEST_SUITE_P(NluEntityTable, NluEntityTable,
                         testing::Values(std::pair("en.txt", "en"), std::pair("pt.txt", "pt-PT"),
                                         std::pair("es.txt", "es-ES"), std::pair("fr.txt", "fr-FR"),
                                         std::pair("de.txt", "de-DE")));

// The tables in more/ were written before anything of them was read: what is wrong there is listed,
// so that a reader that becomes worse, or better, is seen.
TEST(NluEntities, AreReadRightInNearlyAllExpressionsOfAllTables) {
  const std::map<std::string, std::string> locales{
      {"de", "de-DE"}, {"en", "en"}, {"es", "es-ES"}, {"fr", "fr-FR"}, {"pt", "pt-PT"}};
  std::set<std::string> wrong;
  size_t all = 0;
  for (const auto& [language, locale] : locales) {
    for (const char* folder : {"", "more/"}) {
      for (const Line& line : read_table(folder + language + ".txt", locale)) {
        ++all;
        const std::string read = found(line.text, line.locale);
        if (read != line.expected) wrong.insert(language + ": " + line.text + " = " + read);
      }
    }
  }
  std::set<std::string> listed;
  for (const Line& line : read_table("wrong.txt", "")) {
    listed.insert(line.text + " = " + line.expected);
  }
  EXPECT_GE(all, 1'500U);
  EXPECT_LE(100 * wrong.size(), 3 * all) << "fewer than 97% are read right";
  EXPECT_EQ(wrong, listed);
}

TEST(NluEntities, SayWhereTheyStand) {
  const std::string text = "é amanhã às 17h30!";
  const auto entities = find_entities(text, "pt-PT", kToday);
  ASSERT_EQ(entities.size(), 2U);
  EXPECT_EQ(text.substr(entities[0].begin, entities[0].end - entities[0].begin), "amanhã");
  EXPECT_EQ(text.substr(entities[1].begin, entities[1].end - entities[1].begin), "às 17h30");
}

TEST(NluEntities, TakeAnyBytesAndAreBounded) {
  EXPECT_EQ(found("", "en"), "-");
  EXPECT_EQ(found("\xff\xfe 5", "xx"), "number 5");
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "5, ";
  EXPECT_EQ(find_entities(many, "en", kToday).size(), kEntitiesMax);
  EXPECT_TRUE(find_entities(std::string(100'000, '9'), "en", kToday).size() <= 1);
}

}  // namespace
}  // namespace millrace::nlu
