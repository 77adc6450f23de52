#include "tests/support/ask.hpp"

namespace millrace::ask {
namespace {

TEST(AskDate, ReadsWhatPeopleOfTheLocaleWrite) {
  expect_all({.type = Type::date}, {{"en-US", "1990-04-03", "1990-04-03"},
                                    {"de", "1990-04-03", "1990-04-03"},
                                    {"en-US", "04/03/1990", "1990-04-03"},
                                    {"en-GB", "03/04/1990", "1990-04-03"},
                                    {"en", "03/04/1990", "1990-03-04|1990-04-03"},
                                    {"en", "13/04/1990", "1990-04-13"},
                                    {"en", "04/13/1990", "1990-04-13"},
                                    {"en", "04/04/1990", "1990-04-04"},
                                    {"pt-BR", "03/04/1990", "1990-04-03"},
                                    {"es", "3/4/90", "1990-04-03"},
                                    {"fr", "3-4-1990", "1990-04-03"},
                                    {"de", "3.4.1990", "1990-04-03"},
                                    {"de", "03. 04. 1990", "1990-04-03"},
                                    {"en", "1990/4/3", "1990-04-03"},
                                    {"en", "April 3, 1990", "1990-04-03"},
                                    {"en", "April 3rd 1990", "1990-04-03"},
                                    {"en", "3rd of April, 1990", "1990-04-03"},
                                    {"en", "the 3rd of Apr 1990", "1990-04-03"},
                                    {"pt-BR", "3 de abril de 1990", "1990-04-03"},
                                    {"pt", "1º de março de 2000", "2000-03-01"},
                                    {"es", "3 de abril de 1990", "1990-04-03"},
                                    {"es", "el 3 de abril del 1990", "1990-04-03"},
                                    {"fr", "3 avril 1990", "1990-04-03"},
                                    {"fr", "1er août 1990", "1990-08-01"},
                                    {"de", "3. April 1990", "1990-04-03"},
                                    {"de", "3. März 1990", "1990-03-03"},
                                    {"de", "3 April 1990", "1990-04-03"},
                                    {"en", "today", "2026-01-05"},
                                    {"en", "tomorrow", "2026-01-06"},
                                    {"en", "the day after tomorrow", "2026-01-07"},
                                    {"pt-BR", "amanhã", "2026-01-06"},
                                    {"es", "mañana", "2026-01-06"},
                                    {"fr", "demain", "2026-01-06"},
                                    {"fr", "aujourd'hui", "2026-01-05"},
                                    {"de", "morgen", "2026-01-06"},
                                    {"de", "übermorgen", "2026-01-07"},
                                    {"de", "gestern", "2026-01-04"},
                                    {"en", "30 February 1990", "?"},
                                    {"en", "1990-02-30", "?"},
                                    {"en", "31/31/1990", "?"},
                                    {"en", "next year", "?"},
                                    {"en", "3rd of April", "2026-04-03|2025-04-03"},
                                    {"en", "hello", "?"},
                                    {"en", "", "?"},
                                    {"en", "3 April 199", "?"},
                                    {"en", "3 April 5", "?"},
                                    {"en", "3/4", "2026-03-04|2025-03-04|2026-04-03|2025-04-03"},
                                    {"en", "13/4", "2026-04-13|2025-04-13"},
                                    {"en", "13/14", "?"}});
}

TEST(AskDate, HoldsToItsRules) {
  const Rules past{
      .type = Type::date, .earliest = base::Date::make(1900, 1, 1), .not_future = true};
  expect_all(past, {{"en", "2026-01-05", "2026-01-05"},
                    {"en", "2026-01-06", "!"},
                    {"en", "1899-12-31", "!"},
                    {"en", "02/10/2026", "!"},
                    // Only one of the two readings has been yet, so that one is meant.
                    {"en", "03/01/2026", "2026-01-03"}});
  const Rules future{.type = Type::date, .not_past = true};
  expect_all(future, {{"en", "4 January", "2027-01-04"},
                      {"en", "6 January", "2026-01-06"},
                      {"de", "6. Januar", "2026-01-06"},
                      {"en", "yesterday", "!"}});
}

TEST(AskDate, IsShownInTheLanguage) {
  EXPECT_EQ(show(Type::date, "1990-04-03", "en-US"), "April 3, 1990");
  EXPECT_EQ(show(Type::date, "1990-04-03", "en-GB"), "3 April 1990");
  EXPECT_EQ(show(Type::date, "1990-04-03", "pt-BR"), "3 de abril de 1990");
  EXPECT_EQ(show(Type::date, "1990-04-03", "es"), "3 de abril de 1990");
  EXPECT_EQ(show(Type::date, "1990-04-03", "fr"), "3 avril 1990");
  EXPECT_EQ(show(Type::date, "1990-04-03", "de"), "3. April 1990");
  EXPECT_EQ(show(Type::date, "soon", "de"), "soon");
}

TEST(AskDate, ReadsDaysAsPeopleSayThem) {
  expect_all({.type = Type::date}, {{"en", "friday", "2026-01-09"},
                                    {"en", "Friday, please", "2026-01-09"},
                                    {"en", "on friday", "2026-01-09"},
                                    {"en", "next friday", "2026-01-09"},
                                    {"en", "this Sat", "2026-01-10"},
                                    {"en", "monday", "2026-01-12"},
                                    {"en", "last friday", "2026-01-02"},
                                    {"en", "last monday", "2025-12-29"},
                                    {"en", "in 3 days", "2026-01-08"},
                                    {"en", "in three days", "2026-01-08"},
                                    {"en", "in a week", "2026-01-12"},
                                    {"en", "two weeks from now", "2026-01-19"},
                                    {"en", "in a month", "2026-02-05"},
                                    {"en", "3 days ago", "2026-01-02"},
                                    {"en", "a year ago", "2025-01-05"},
                                    {"en", "in some days", "?"},
                                    {"en", "not friday", "?"},
                                    {"en", "friday or saturday", "?"},
                                    {"en", "Saturday 5 December 2099", "2099-12-05"},
                                    {"en", "Monday 5 December 2099", "?"},
                                    {"en", "Dec 5 2099 please", "2099-12-05"},
                                    {"en", "Sept 5 2099", "2099-09-05"},
                                    {"en", "2099-12-05T18:00", "2099-12-05"},
                                    {"en", "2099-12-05 18:00", "2099-12-05"},
                                    {"en", "２０９９-１２-０５", "2099-12-05"},
                                    {"de", "Samstag", "2026-01-10"},
                                    {"de", "am Samstag", "2026-01-10"},
                                    {"de", "Sonnabend bitte", "2026-01-10"},
                                    {"de", "nächsten Freitag", "2026-01-09"},
                                    {"de", "letzten Freitag", "2026-01-02"},
                                    {"de", "in zwei Wochen", "2026-01-19"},
                                    {"de", "vor 2 Tagen", "2026-01-03"},
                                    {"de", "in einer Woche", "2026-01-12"},
                                    {"de", "Samstag, 5. Dezember 2099", "2099-12-05"},
                                    {"fr", "samedi", "2026-01-10"},
                                    {"fr", "vendredi prochain", "2026-01-09"},
                                    {"fr", "vendredi dernier", "2026-01-02"},
                                    {"fr", "dans trois jours", "2026-01-08"},
                                    {"fr", "il y a 2 semaines", "2025-12-22"},
                                    {"fr", "après-demain", "2026-01-07"},
                                    {"fr", "samedi 5 décembre 2099", "2099-12-05"},
                                    {"es", "próximo viernes", "2026-01-09"},
                                    {"es", "el viernes que viene", "2026-01-09"},
                                    {"es", "viernes pasado", "2026-01-02"},
                                    {"es", "pasado mañana", "2026-01-07"},
                                    {"es", "dentro de 3 días", "2026-01-08"},
                                    {"es", "hace una semana", "2025-12-29"},
                                    {"es", "sábado, 5 de diciembre de 2099", "2099-12-05"},
                                    {"pt-BR", "próxima sexta", "2026-01-09"},
                                    {"pt-BR", "sexta-feira", "2026-01-09"},
                                    {"pt-BR", "na sexta que vem", "2026-01-09"},
                                    {"pt-BR", "sexta passada", "2026-01-02"},
                                    {"pt-BR", "daqui a três dias", "2026-01-08"},
                                    {"pt-BR", "há 2 semanas", "2025-12-22"},
                                    {"pt-BR", "sábado, 5 de dezembro de 2099", "2099-12-05"}});
}

TEST(AskDate, WithoutAYearIsTheOneThatTheRulesLeave) {
  const Rules future{.type = Type::date, .not_past = true};
  const Rules past{.type = Type::date, .not_future = true};
  expect_all(future, {{"en", "4 March", "2026-03-04"},
                      {"en", "Sept 5", "2026-09-05"},
                      {"en-US", "3/4", "2026-03-04"},
                      {"en", "3/4", "2026-03-04|2026-04-03"},
                      {"en", "29 February", "2028-02-29"},
                      {"de", "24.12.", "2026-12-24"},
                      {"de", "5.1.", "2026-01-05"},
                      {"de", "4.1.", "2027-01-04"},
                      {"fr", "24/12", "2026-12-24"},
                      {"es", "24/12", "2026-12-24"},
                      {"pt-BR", "24/12", "2026-12-24"},
                      {"pt-BR", "32/12", "?"}});
  expect_all(past, {{"en", "4 March", "2025-03-04"},
                    {"en", "friday", "2026-01-02"},
                    {"de", "24.12.", "2025-12-24"},
                    {"fr", "5/1", "2026-01-05"}});
}

TEST(AskDate, TakesTheCenturyThatTheRulesLeave) {
  const Rules born{.type = Type::date, .not_future = true};
  const Rules due{.type = Type::date, .not_past = true};
  const Rules either{.type = Type::date};
  expect_all(born, {{"en", "13/05/85", "1985-05-13"},
                    {"en", "13/05/29", "1929-05-13"},
                    {"en", "25/12/35", "1935-12-25"},
                    {"de", "13.5.27", "1927-05-13"},
                    {"fr", "13 mai 29", "1929-05-13"},
                    {"en", "13/05/25", "2025-05-13"}});
  expect_all(due, {{"en", "13/05/29", "2029-05-13"},
                   {"de", "13.5.85", "2085-05-13"},
                   {"en", "13/05/25", "2125-05-13"}});
  expect_all(either, {{"en", "13/05/29", "2029-05-13"}, {"en", "13/05/85", "1985-05-13"}});
}

TEST(AskDate, ReadsDaysOfTheMonthInWords) {
  expect_all({.type = Type::date, .not_past = true},
             {
                 {"en", "the fifth of may", "2026-05-05"},
                 {"en", "May the twenty-first", "2026-05-21"},
                 {"en", "the third of april 2027", "2027-04-03"},
                 {"pt-BR", "primeiro de maio", "2026-05-01"},
                 {"pt-BR", "dez de dezembro", "2026-12-10"},
                 {"pt-BR", "vinte e cinco de dezembro", "2026-12-25"},
                 {"es", "primero de mayo", "2026-05-01"},
                 {"es", "el tres de abril", "2026-04-03"},
                 {"es", "veinticinco de diciembre", "2026-12-25"},
                 {"fr", "le premier mai", "2026-05-01"},
                 {"fr", "le trois avril", "2026-04-03"},
                 {"fr", "vingt-cinq décembre", "2026-12-25"},
                 {"de", "am ersten Mai", "2026-05-01"},
                 {"de", "dritter April", "2026-04-03"},
                 {"en", "the fortieth of may", "?"},
             });
}

TEST(AskDate, WithoutAYearIsAskedBackWhereNoRuleLeavesOne) {
  expect_all({.type = Type::date}, {
                                       {"en", "March 5", "2026-03-05|2025-03-05"},
                                       {"en-GB", "5/3", "2026-03-05|2025-03-05"},
                                       {"en-US", "3/5", "2026-03-05|2025-03-05"},
                                       {"pt-BR", "5 de março", "2026-03-05|2025-03-05"},
                                       {"es", "el 5 de marzo", "2026-03-05|2025-03-05"},
                                       {"fr", "le 5 mars", "2026-03-05|2025-03-05"},
                                       {"de", "5. März", "2026-03-05|2025-03-05"},
                                       {"de", "5.3.", "2026-03-05|2025-03-05"},
                                       {"en", "January 5", "2026-01-05"},
                                       {"en", "Thursday, March 5", "2026-03-05"},
                                       {"en", "29 February", "2028-02-29|2024-02-29"},
                                       {"en", "31 April", "?"},
                                       {"en", "25/12", "2026-12-25|2025-12-25"},
                                       {"en", "12/25", "2026-12-25|2025-12-25"},
                                       {"en", "5/3", "2026-05-03|2025-05-03|2026-03-05|2025-03-05"},
                                       {"en", "5/5", "2026-05-05|2025-05-05"},
                                       {"de", "31.4.", "?"},
                                   });
}

}  // namespace
}  // namespace millrace::ask
