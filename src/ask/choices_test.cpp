#include "tests/support/ask.hpp"

namespace millrace::ask {
namespace {

TEST(AskChoice, TakesLabelNumberSynonymAndTypingMistakes) {
  const Rules rules{.type = Type::choice,
                    .choices = {{"Single", {"Single", "Einzelzimmer", "one bed"}},
                                {"Double", {"Double", "Doppelzimmer", "two beds"}},
                                {"Suite", {"Suite"}}}};
  expect_all(rules, {{"en", "Single", "Single"},
                     {"en", "double!", "Double"},
                     {"de", "Doppelzimmer", "Double"},
                     {"en", "2", "Double"},
                     {"en", "4", "?"},
                     {"en", "0", "?"},
                     {"en", "two beds", "Double"},
                     {"en", "the suite please", "Suite"},
                     {"en", "doubel", "Double"},
                     {"en", "singel", "Single"},
                     {"en", "sute", "Suite"},
                     {"en", "sxxte", "?"},
                     {"en", "single or double", "Single|Double"},
                     {"en", "castle", "?"}});
  const Rules close{.type = Type::choice, .choices = {{"March", {"March"}}, {"Match", {"Match"}}}};
  EXPECT_EQ(told(close, "mazch", "en"), "March|Match");
  Rules exact = close;
  exact.fuzzy = 0;
  EXPECT_EQ(told(exact, "marc", "en"), "?");
}

TEST(AskChoice, NeitherMarksNorDigitsAreGuessed) {
  const Rules languages{.type = Type::choice, .choices = {{"cpp", {"C++"}}, {"c", {"C"}}}};
  EXPECT_EQ(told(languages, "c", "en"), "c");
  EXPECT_EQ(told(languages, "c++", "en"), "cpp");
  const Rules hours{.type = Type::choice, .choices = {{"a", {"10:30"}}, {"b", {"12:00"}}}};
  EXPECT_EQ(told(hours, "1030", "en"), "a");
  EXPECT_EQ(told(hours, "11:30", "en"), "?");
  EXPECT_EQ(told(hours, "10:00", "en"), "?");
  const Rules twins{.type = Type::choice, .choices = {{"a", {"Lisbon"}}, {"b", {"Lisbon"}}}};
  EXPECT_EQ(told(twins, "lisbon", "en"), "a|b");
}

TEST(AskChoice, NeverTakesADenialForWhatItDenies) {
  const Rules contact{.type = Type::choice,
                      .choices = {{"yes", {"Contact me"}}, {"web", {"Website"}}}};
  const Rules status{.type = Type::choice,
                     .choices = {{"m", {"Married"}},
                                 {"e", {"Employed"}},
                                 {"a", {"Active"}},
                                 {"s", {"Satisfied"}},
                                 {"c", {"Correct"}},
                                 {"r", {"Régulier"}}}};
  const Rules colour{.type = Type::choice,
                     .choices = {{"r", {"Red", "Rot", "Rouge", "Rojo", "Vermelho"}},
                                 {"g", {"Green", "Grün", "Vert", "Verde"}}}};
  expect_all(contact, {{"en", "contact me", "yes"},
                       {"en", "please contact me", "yes"},
                       {"en", "contcat me", "yes"},
                       {"en", "don't contact me", "?"},
                       {"en", "don’t contact me", "?"},
                       {"en", "dont contact me", "?"},
                       {"en", "do not contact me", "?"},
                       {"en", "never contact me", "?"}});
  expect_all(status, {{"en", "maried", "m"},
                      {"en", "unmarried", "?"},
                      {"en", "unemployed", "?"},
                      {"en", "inactive", "?"},
                      {"en", "unsatisfied", "?"},
                      {"en", "dissatisfied", "?"},
                      {"en", "incorrect", "?"},
                      {"fr", "irrégulier", "?"},
                      {"fr", "regulier", "r"}});
  expect_all(colour, {{"en", "I'd like red", "r"},
                      {"en", "I don't want red", "?"},
                      {"en", "never red", "?"},
                      {"en", "I hate red", "?"},
                      {"en", "except red", "?"},
                      {"en", "anything but red", "?"},
                      {"de", "ich will rot", "r"},
                      {"de", "nicht rot", "?"},
                      {"de", "kein Rot", "?"},
                      {"de", "bloß nicht rot", "?"},
                      {"de", "alles außer Rot", "?"},
                      {"fr", "je veux rouge", "r"},
                      {"fr", "pas rouge", "?"},
                      {"fr", "je ne veux pas rouge", "?"},
                      {"fr", "tout sauf rouge", "?"},
                      {"es", "quiero rojo", "r"},
                      {"es", "no quiero rojo", "?"},
                      {"es", "todo menos rojo", "?"},
                      {"es", "nunca rojo", "?"},
                      {"pt-BR", "quero vermelho", "r"},
                      {"pt-BR", "não quero vermelho", "?"},
                      {"pt-BR", "tudo menos vermelho", "?"},
                      {"pt-BR", "nem vermelho", "?"},
                      {"pt-BR", "fico no verde", "g"}});
  const Rules pets{.type = Type::choice,
                   .choices = {{"with", {"With pets"}}, {"none", {"No pets"}}, {"un", {"Unpaid"}}}};
  expect_all(pets, {{"en", "no pets", "none"},
                    {"en", "nopets", "none"},
                    {"en", "pets", "?"},
                    {"en", "no pets please", "none"},
                    {"en", "with pets", "with"},
                    {"en", "paid", "?"},
                    {"en", "unpayd", "un"}});
}

TEST(AskChoice, TakesWhatIsEqualToTheLetterBeforeWhatIsAlike) {
  const Rules names{.type = Type::choice,
                    .choices = {{"low", {"pro"}},
                                {"high", {"Pro"}},
                                {"plus", {"Pro+"}},
                                {"heart", {"Pro ❤️"}},
                                {"star", {"⭐"}},
                                {"moon", {"🌙"}},
                                {"resume", {"Résumé"}},
                                {"resumee", {"Resume"}}}};
  expect_all(names, {{"en", "pro", "low"},
                     {"en", "Pro", "high"},
                     {"en", "PRO", "low|high"},
                     {"en", "Pro+", "plus"},
                     {"en", "pro+", "plus"},
                     {"en", "Pro ❤️", "heart"},
                     {"en", "⭐", "star"},
                     {"en", "🌙", "moon"},
                     {"en", "Résumé", "resume"},
                     {"en", "résumé", "resume"},
                     {"en", "Resume", "resumee"},
                     {"en", "resume", "resumee"},
                     {"en", "🤖", "?"}});
}

TEST(AskChoice, ANumberMeansTheLabelThatHasItBeforeThePlace) {
  const Rules nights{
      .type = Type::choice,
      .choices = {
          {"n3", {"3 nights"}}, {"n2", {"2 nights"}}, {"n12", {"12 nights"}}, {"w", {"One week"}}}};
  expect_all(nights, {{"en", "3", "n3"},
                      {"en", "2", "n2"},
                      {"en", "12", "n12"},
                      {"en", "three", "n3"},
                      {"en", "one", "w"},
                      {"en", "4", "w"},
                      {"en", "option 1", "n3"},
                      {"en", "#1", "n3"},
                      {"en", "the first", "n3"}});
  const Rules both{.type = Type::choice, .choices = {{"a", {"2 beds"}}, {"b", {"2 baths"}}}};
  EXPECT_EQ(told(both, "2", "en"), "a|b");
  const Rules floors{.type = Type::choice,
                     .choices = {{"f2", {"Second floor"}}, {"f1", {"First floor"}}}};
  EXPECT_EQ(told(floors, "second", "en"), "f2");
  EXPECT_EQ(told(floors, "the first one", "en"), "f1");
}

TEST(AskChoice, KnowsPlacesInTheListAsPeopleSayThem) {
  const Rules colours{.type = Type::choice,
                      .choices = {{"r", {"Red"}}, {"g", {"Green"}}, {"b", {"Blue"}}}};
  expect_all(colours, {{"en", "2", "g"},
                       {"en", "2.", "g"},
                       {"en", "2)", "g"},
                       {"en", "(2)", "g"},
                       {"en", "#2", "g"},
                       {"en", "option 2", "g"},
                       {"en", "number 2", "g"},
                       {"en", "no 2", "?"},
                       {"en", "second", "g"},
                       {"en", "2nd", "g"},
                       {"en", "the second one", "g"},
                       {"en", "the second one please", "g"},
                       {"en", "I'd go with the second one", "g"},
                       {"en", "two", "g"},
                       {"en", "２", "g"},
                       {"en", "the last one", "b"},
                       {"en", "option two", "g"},
                       {"en", "I'll take the third", "b"},
                       {"en", "not the second one", "?"},
                       {"en", "fourth", "?"},
                       {"en", "9", "?"},
                       {"en", "0", "?"},
                       {"de", "zwei", "g"},
                       {"de", "die zweite", "g"},
                       {"de", "das zweite bitte", "g"},
                       {"de", "Nummer 2", "g"},
                       {"de", "Option zwei", "g"},
                       {"de", "die letzte", "b"},
                       {"fr", "deux", "g"},
                       {"fr", "la deuxième", "g"},
                       {"fr", "le premier", "r"},
                       {"fr", "option 2", "g"},
                       {"fr", "le dernier", "b"},
                       {"fr", "2e", "g"},
                       {"es", "dos", "g"},
                       {"es", "la segunda", "g"},
                       {"es", "el primero", "r"},
                       {"es", "opción 2", "g"},
                       {"es", "la última", "b"},
                       {"pt-BR", "dois", "g"},
                       {"pt-BR", "a segunda", "g"},
                       {"pt-BR", "o primeiro", "r"},
                       {"pt-BR", "opção 2", "g"},
                       {"pt-BR", "a última", "b"}});
}

}  // namespace
}  // namespace millrace::ask
