#include "tests/support/ask.hpp"

namespace millrace::ask {
namespace {

TEST(AskNumber, ReadsSeparatorsOfTheLocale) {
  expect_all({.type = Type::number},
             {{"en", "1234.5", "1234.5"},  {"en", "1,234.5", "1234.5"},
              {"de", "1.234,5", "1234.5"}, {"pt-BR", "1.234,5", "1234.5"},
              {"de", "1,5", "1.5"},        {"en", "1,5", "1.5"},
              {"de", "1.5", "1.5"},        {"en", "1,234", "1234"},
              {"de", "1.234", "1234"},     {"en", "-3", "-3"},
              {"en", "+3", "3"},           {"en", "007", "7"},
              {"en", "€ 20", "20"},        {"en", "20 %", "20"},
              {"fr", "1 234", "1234"},     {"en", "five", "5"},
              {"de", "fünf", "5"},         {"es", "cinco", "5"},
              {"fr", "vingt", "20"},       {"en", "1,23,4", "?"},
              {"en", "1.2.3", "?"},        {"en", "many", "?"},
              {"en", "12a", "?"},          {"en", "-", "?"},
              {"en", "1e5", "?"},          {"en", "99999999999999999999", "!"}});
  expect_all({.type = Type::number, .min = 1, .max = 30, .whole = true}, {{"en", "1", "1"},
                                                                          {"en", "30", "30"},
                                                                          {"en", "0", "!"},
                                                                          {"en", "31", "!"},
                                                                          {"en", "1.5", "!"}});
}

TEST(AskNumber, GroupsAreOfThreeAndTheOtherSeparatorIsTriedOnce) {
  expect_all({.type = Type::number}, {{"en", "1 2", "?"},
                                      {"en", "20 5", "?"},
                                      {"en", "1'5", "?"},
                                      {"de", "1 2", "?"},
                                      {"en", "1,2,345", "?"},
                                      {"en", "1234,567", "1234.567"},
                                      {"en", "0,125", "0.125"},
                                      {"de", "0.125", "0.125"},
                                      {"en", "1,234,567.5", "1234567.5"},
                                      {"en", "1,234 567", "?"},
                                      {"en", ".5", "0.5"},
                                      {"en", "5.", "5"},
                                      {"en", ".", "?"},
                                      {"en", ",", "?"},
                                      {"en", "+", "?"},
                                      {"fr", "\u22125", "-5"},
                                      {"fr", "1\u202f234,5", "1234.5"},
                                      {"fr", "1\u00a0234,5", "1234.5"},
                                      {"de-CH", "1\u2019234.5", "1234.5"}});
}

TEST(AskNumber, WhatIsShownIsReadBack) {
  for (const char* locale : {"en", "en-IN", "pt-BR", "pt-PT", "es", "fr", "de", "de-CH"}) {
    for (const char* value : {"1234.5", "-1234.5", "999", "12345.25"}) {
      EXPECT_EQ(told({.type = Type::number}, show(Type::number, value, locale), locale), value)
          << locale;
    }
  }
}

TEST(AskNumber, IsShownWithTheSeparatorsOfTheLocale) {
  EXPECT_EQ(show(Type::number, "1234.5", "en"), "1,234.5");
  EXPECT_EQ(show(Type::number, "1234.5", "de"), "1.234,5");
}

TEST(AskNumber, ReadsWordsAsTheyArePutTogether) {
  expect_all({.type = Type::number}, {{"en", "twenty-five", "25"},
                                      {"en", "twenty five", "25"},
                                      {"en", "thirty two", "32"},
                                      {"en", "ninety nine", "99"},
                                      {"en", "Twenty One", "21"},
                                      {"en", "one hundred and five", "105"},
                                      {"en", "two thousand", "2000"},
                                      {"en", "two hundred fifty", "250"},
                                      {"en", "zero", "0"},
                                      {"en", "five six", "?"},
                                      {"en", "ten five", "?"},
                                      {"en", "twenty ten", "?"},
                                      {"en", "hundred", "?"},
                                      {"de", "fünfundzwanzig", "25"},
                                      {"de", "fünf und zwanzig", "25"},
                                      {"de", "zweiunddreißig", "32"},
                                      {"de", "eine", "1"},
                                      {"de", "hundertfünf", "105"},
                                      {"de", "fünf sechs", "?"},
                                      {"fr", "vingt-cinq", "25"},
                                      {"fr", "vingt cinq", "25"},
                                      {"fr", "vingt et un", "21"},
                                      {"fr", "quatre-vingt-dix", "90"},
                                      {"fr", "quatre vingt dix", "90"},
                                      {"fr", "une", "1"},
                                      {"fr", "cinq six", "?"},
                                      {"es", "treinta y dos", "32"},
                                      {"es", "veintidós", "22"},
                                      {"es", "veintidos", "22"},
                                      {"es", "una", "1"},
                                      {"es", "ciento cinco", "105"},
                                      {"es", "cinco seis", "?"},
                                      {"pt-BR", "vinte e cinco", "25"},
                                      {"pt-BR", "duas", "2"},
                                      {"pt-BR", "cento e cinco", "105"},
                                      {"pt-BR", "dezesseis", "16"},
                                      {"pt-BR", "mil", "1000"},
                                      {"pt-BR", "cinco seis", "?"}});
}

TEST(AskNumber, IsTakenWithItsUnit) {
  expect_all({.type = Type::number}, {{"en", "2 nights", "2"},
                                      {"en", "two nights", "2"},
                                      {"en", "2 nights please", "2"},
                                      {"en", "2!", "2"},
                                      {"en", "for 2 nights", "2"},
                                      {"en", "I'm 25 years old", "25"},
                                      {"en", "twenty five years", "25"},
                                      {"en", "we are four people", "4"},
                                      {"en", "just 2", "2"},
                                      {"en", "5kg", "5"},
                                      {"en", "5.5 kg", "5.5"},
                                      {"en", "1,234 points", "1234"},
                                      {"en", "2 or 3 nights", "?"},
                                      {"en", "2 nights or 3", "?"},
                                      {"en", "2 to 3", "?"},
                                      {"en", "two and a half", "?"},
                                      {"en", "2 dozen", "?"},
                                      {"en", "5 million", "?"},
                                      {"en", "not 2 nights", "?"},
                                      {"en", "more than 2", "?"},
                                      {"en", "2 or more", "?"},
                                      {"en", "1 bed 2 baths", "?"},
                                      {"en", "12a", "?"},
                                      {"en", "room 5", "?"},
                                      {"en", "３ nights", "3"},
                                      {"de", "2 Nächte", "2"},
                                      {"de", "zwei Nächte", "2"},
                                      {"de", "ich bin 25 Jahre alt", "25"},
                                      {"de", "2 oder 3 Nächte", "?"},
                                      {"de", "keine 2 Nächte", "?"},
                                      {"de", "zweieinhalb", "?"},
                                      {"fr", "2 nuits", "2"},
                                      {"fr", "deux nuits s'il vous plaît", "2"},
                                      {"fr", "j'ai 25 ans", "25"},
                                      {"fr", "2 ou 3 nuits", "?"},
                                      {"es", "2 noches", "2"},
                                      {"es", "tengo veinticinco años", "25"},
                                      {"es", "2 o 3 noches", "?"},
                                      {"pt-BR", "2 noites", "2"},
                                      {"pt-BR", "tenho 25 anos", "25"},
                                      {"pt-BR", "duas noites, por favor", "2"},
                                      {"pt-BR", "2 ou 3 noites", "?"}});
}

}  // namespace
}  // namespace millrace::ask
