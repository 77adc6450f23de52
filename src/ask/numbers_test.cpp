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
                                      {"en", "two and a half", "2.5"},
                                      {"en", "2 dozen", "24"},
                                      {"en", "5 million", "5000000"},
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
                                      {"de", "zweieinhalb", "2.5"},
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

TEST(AskNumber, ReadsHalvesDozensAndThousandsInWords) {
  const Rules rules{.type = Type::number};
  expect_all(rules, {
                        {"en", "a hundred and five", "105"},
                        {"en", "one thousand two hundred and thirty four", "1234"},
                        {"en", "two million", "2000000"},
                        {"en", "minus five", "-5"},
                        {"en", "two and a half", "2.5"},
                        {"en", "a dozen", "12"},
                        {"en", "two dozen", "24"},
                        {"en", "half a dozen", "6"},
                        {"en", "5k", "5000"},
                        {"en", "2.5 million", "2500000"},
                        {"en", "nineteen ninety", "?"},
                        {"en", "thousand five million", "?"},
                        {"en", "half", "?"},
                        {"pt-BR", "mil e duzentos", "1200"},
                        {"pt-BR", "dois milhões", "2000000"},
                        {"pt-BR", "menos cinco", "-5"},
                        {"pt-BR", "dois e meio", "2.5"},
                        {"pt-BR", "meia dúzia", "6"},
                        {"pt-BR", "uma dúzia", "12"},
                        {"pt-BR", "2,5 mil", "2500"},
                        {"es", "dos mil quinientos", "2500"},
                        {"es", "tres millones", "3000000"},
                        {"es", "menos diez", "-10"},
                        {"es", "tres y medio", "3.5"},
                        {"es", "media docena", "6"},
                        {"es", "una docena", "12"},
                        {"fr", "mille deux cents", "1200"},
                        {"fr", "deux millions", "2000000"},
                        {"fr", "moins dix", "-10"},
                        {"fr", "trois et demi", "3.5"},
                        {"fr", "une douzaine", "12"},
                        {"fr", "une demi-douzaine", "6"},
                        {"de", "eintausendzweihundert", "1200"},
                        {"de", "zwei Millionen", "2000000"},
                        {"de", "minus zehn", "-10"},
                        {"de", "zweieinhalb", "2.5"},
                        {"de", "anderthalb", "1.5"},
                        {"de", "ein Dutzend", "12"},
                        {"de", "ein halbes Dutzend", "6"},
                        {"de", "2,5 Mio", "2500000"},
                        {"ar", "٣٫٥", "3.5"},
                        {"ar", "١٬٢٣٤", "1234"},
                    });
}

TEST(AskNumber, MultipliesAsTheLanguageCounts) {
  const Rules rules{.type = Type::number};
  expect_all(rules, {
                        {"en", "a million and a half", "1500000"},
                        {"en", "two and a half million", "2500000"},
                        {"pt-BR", "um milhão e meio", "1500000"},
                        {"es", "un millón y medio", "1500000"},
                        {"fr", "deux millions et demi", "2500000"},
                        {"de", "zweieinhalb Millionen", "2500000"},
                        {"en", "two trillion", "2000000000000"},
                        {"en", "two billion", "2000000000"},
                        {"pt-BR", "dois bilhões", "2000000000"},
                        {"es", "dos billones", "2000000000000"},
                        {"es", "dos mil millones", "2000000000"},
                        {"es", "mil millones", "1000000000"},
                        {"fr", "deux billions", "2000000000000"},
                        {"fr", "deux milliards", "2000000000"},
                        {"fr", "deux cent mille", "200000"},
                        {"fr", "un million deux cent mille", "1200000"},
                        {"de", "eine Billion", "1000000000000"},
                        {"de", "1 Billion", "1000000000000"},
                        {"fr", "1 billion", "1000000000000"},
                        {"en", "5 mil", "5"},
                        {"de", "etwa 5 Mio", "5000000"},
                        {"de", "5 Mio Euro", "5000000"},
                        {"de", "5 Tsd Euro", "5000"},
                        {"de", "5 Mrd", "5000000000"},
                        {"pt-BR", "5 bilhões", "5000000000"},
                        {"pt-BR", "5 mil reais", "5000"},
                        {"pt-BR", "duas dúzias", "24"},
                        {"pt-BR", "2 dúzias", "24"},
                        {"es", "tres docenas", "36"},
                        {"fr", "deux douzaines", "24"},
                    });
}

TEST(AskNumber, IsNoThanksAndNoComparison) {
  const Rules rules{.type = Type::number};
  expect_all(rules, {
                        {"en", "thanks a million", "?"},
                        {"en", "a thousand apologies", "?"},
                        {"de", "tausend Dank", "?"},
                        {"pt-BR", "mil desculpas", "?"},
                        {"fr", "mille mercis", "?"},
                        {"en", "a thousand euros", "1000"},
                        {"en", "minus 5.5", "-5.5"},
                        {"fr", "moins de dix", "?"},
                        {"pt-BR", "menos de 5", "?"},
                        {"es", "menos de diez", "?"},
                        {"en", "minus -5", "?"},
                    });
}

}  // namespace
}  // namespace millrace::ask
