#include "ask/ask.hpp"

#include <gtest/gtest.h>

namespace millrace::ask {
namespace {

const base::Timestamp kNow{1'767'603'600'000};  // Monday, 2026-01-05T09:00:00Z

// "value", "?" not understood, "!" out of range, "a|b" ambiguous.
std::string told(const Rules& rules, std::string_view text, std::string_view locale) {
  const Reading reading = read(rules, text, locale, kNow);
  switch (reading.verdict) {
    case Verdict::accepted: return reading.value;
    case Verdict::not_understood: return "?";
    case Verdict::out_of_range: return "!";
    case Verdict::ambiguous: break;
  }
  std::string out;
  for (const Candidate& candidate : reading.readings) {
    out += (out.empty() ? "" : "|") + candidate.value;
  }
  return out;
}

struct Case {
  const char* locale;
  const char* text;
  const char* wanted;
};

void expect_all(const Rules& rules, std::initializer_list<Case> cases) {
  for (const Case& item : cases) {
    EXPECT_EQ(told(rules, item.text, item.locale), item.wanted) << item.locale << ": " << item.text;
  }
}

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
                                    {"en", "3rd of April", "?"},
                                    {"en", "hello", "?"},
                                    {"en", "", "?"},
                                    {"en", "3 April 199", "?"},
                                    {"en", "3 April 5", "?"},
                                    {"en", "3/4", "?"}});
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

TEST(AskTime, ReadsClocksOfManyCountries) {
  expect_all(
      {.type = Type::time},
      {{"en", "17:30", "17:30"},     {"en", "5pm", "17:00"},       {"en", "5 pm", "17:00"},
       {"en", "5:30 p.m.", "17:30"}, {"en", "12 am", "00:00"},     {"en", "12 pm", "12:00"},
       {"en", "at 9", "09:00"},      {"fr", "17h30", "17:30"},     {"fr", "à 17 h", "17:00"},
       {"pt", "às 17h", "17:00"},    {"pt", "17h05", "17:05"},     {"es", "a las 5 pm", "17:00"},
       {"de", "17 Uhr", "17:00"},    {"de", "17 Uhr 30", "17:30"}, {"de", "17.30 Uhr", "17:30"},
       {"de", "um 8", "08:00"},      {"en", "noon", "12:00"},      {"fr", "minuit", "00:00"},
       {"en", "25:00", "?"},         {"en", "17:60", "?"},         {"en", "13 pm", "?"},
       {"en", "later", "?"},         {"en", "5 apples", "?"}});
}

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

TEST(AskPhone, IsKeptAsE164) {
  expect_all({.type = Type::phone}, {{"en-GB", "020 7946 0958", "+442079460958"},
                                     {"en-US", "(212) 555-0123", "+12125550123"},
                                     {"en-US", "+44 20 7946 0958", "+442079460958"},
                                     {"pt-BR", "(11) 91234-5678", "+5511912345678"},
                                     {"de", "030 901820", "+4930901820"},
                                     {"fr", "06 12 34 56 78", "+33612345678"},
                                     {"es-ES", "612 34 56 78", "+34612345678"},
                                     {"en-US", "12", "?"},
                                     {"en-US", "call me", "?"},
                                     {"en-US", "+1 000 000 0000", "?"}});
  EXPECT_EQ(told({.type = Type::phone, .region = "PT"}, "912 345 678", "en-US"), "+351912345678");
  EXPECT_EQ(show(Type::phone, "+442079460958", "en"), "+44 20 7946 0958");
}

TEST(AskEmail, FindsTheOneAddress) {
  expect_all({.type = Type::email}, {{"en", "ada@example.com", "ada@example.com"},
                                     {"en", " ada@example.com ", "ada@example.com"},
                                     {"en", "it's ada@example.com.", "ada@example.com"},
                                     {"en", "<ada@example.com>", "ada@example.com"},
                                     {"en", "mailto:ada@example.com", "ada@example.com"},
                                     {"en", "ada@example.com or bob@example.com", "?"},
                                     {"en", "ada@example", "?"},
                                     {"en", "none", "?"}});
}

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

TEST(AskYesNo, KnowsFiveLanguages) {
  expect_all({.type = Type::yes_no}, {{"en", "yes", "true"},
                                      {"en", "Yes, please!", "true"},
                                      {"en", "no thanks", "false"},
                                      {"en", "nope", "false"},
                                      {"en", "not now", "false"},
                                      {"pt-BR", "sim", "true"},
                                      {"pt-BR", "não", "false"},
                                      {"pt-BR", "claro", "true"},
                                      {"es", "sí", "true"},
                                      {"es", "si", "true"},
                                      {"es", "no", "false"},
                                      {"fr", "oui", "true"},
                                      {"fr", "non merci", "false"},
                                      {"fr", "d'accord", "true"},
                                      {"de", "ja", "true"},
                                      {"de", "nein", "false"},
                                      {"de", "ja gerne", "true"},
                                      {"de", "yes", "true"},
                                      {"en", "why not", "true"},
                                      {"en", "no problem", "true"},
                                      {"en", "I'm not sure", "?"},
                                      {"en", "what is ok", "?"},
                                      {"en", "please explain", "?"},
                                      {"de", "kein Problem", "true"},
                                      {"fr", "pas de problème", "true"},
                                      {"pt", "não sei", "?"},
                                      {"es", "no sé", "?"},
                                      {"pt", "nao obrigado", "false"},
                                      {"en", "maybe", "?"},
                                      {"en", "👍", "true"}});
}

TEST(AskText, HoldsItsLength) {
  expect_all({.type = Type::text, .length_min = 2, .length_max = 5}, {{"en", "Ada", "Ada"},
                                                                      {"en", "A", "!"},
                                                                      {"en", "Ada Lovelace", "!"},
                                                                      {"en", "ééééé", "ééééé"}});
}

TEST(AskRegex, MatchesTheWholeAnswerAndNeverHangs) {
  expect_all({.type = Type::regex, .pattern = "[0-9]{4}"},
             {{"en", "1234", "1234"}, {"en", "12345", "?"}, {"en", "x1234", "?"}});
  EXPECT_EQ(told({.type = Type::regex, .pattern = "(a+)+$"}, std::string(5'000, 'a') + "b", "en"),
            "?");
  EXPECT_TRUE(check_pattern("[a-z]+"));
  EXPECT_FALSE(check_pattern("([a-z"));
}

TEST(AskRead, SurvivesWhateverComes) {
  for (const char* name : {"text", "email", "phone", "number", "date", "time", "choice", "yes_no",
                           "address", "regex", "file"}) {
    Rules rules{.type = *type_from(name), .pattern = "x", .choices = {{"a", {"a"}}}};
    EXPECT_EQ(to_string(rules.type), name);
    for (const std::string& text :
         {std::string(1 << 20, 'a'), std::string("\xff\xfe"), std::string("\0x", 2),
          std::string(10'000, '9'), std::string("🤖🤖🤖"), std::string(3'000, '.')}) {
      (void)read(rules, text, "en", kNow);
      (void)find_aside(text, "de");
    }
  }
}

std::string aside(std::string_view text, std::string_view locale) {
  const auto found = find_aside(text, locale);
  if (!found) return "";
  std::string out(to_string(found->command));
  if (!found->subject.empty()) out += ":" + found->subject;
  if (!found->value.empty()) out += "=" + found->value;
  return out;
}

TEST(AskAside, HearsWhatIsBesideThePointInFiveLanguages) {
  const Case cases[] = {
      {"en", "go back", "back"},
      {"en", "Back!", "back"},
      {"en", "Actually, my e-mail is Ada@Example.com", "change:e-mail=Ada@Example.com"},
      {"en", "change my date of birth to 3 April 1990", "change:date of birth=3 April 1990"},
      {"en", "Change my phone, please", "change:phone"},
      {"en", "change an answer", "change"},
      {"en", "cancel", "cancel"},
      {"en", "Never mind.", "cancel"},
      {"en", "start over please", "restart"},
      {"en", "Why do you ask?", "why"},
      {"en", "I want to talk to a human", "human"},
      {"pt-BR", "voltar", "back"},
      {"pt-BR", "Na verdade, meu e-mail é ada@example.com", "change:e-mail=ada@example.com"},
      {"pt-BR", "mudar minha cidade para Porto", "change:cidade=Porto"},
      {"pt-BR", "cancelar", "cancel"},
      {"pt-BR", "começar de novo", "restart"},
      {"pt-BR", "Por que você pergunta?", "why"},
      {"pt-BR", "quero falar com uma pessoa", "human"},
      {"es", "volver", "back"},
      {"es", "En realidad mi correo es ada@example.com", "change:correo=ada@example.com"},
      {"es", "cambiar mi nombre", "change:nombre"},
      {"es", "cancelar por favor", "cancel"},
      {"es", "empezar de nuevo", "restart"},
      {"es", "¿Por qué?", "why"},
      {"es", "quiero hablar con una persona", "human"},
      {"fr", "retour", "back"},
      {"fr", "En fait, mon e-mail est ada@example.com", "change:e-mail=ada@example.com"},
      {"fr", "changer ma ville", "change:ville"},
      {"fr", "annuler", "cancel"},
      {"fr", "recommencer", "restart"},
      {"fr", "Pourquoi ?", "why"},
      {"fr", "je voudrais parler à quelqu'un", "human"},
      {"de", "zurück", "back"},
      {"de", "Eigentlich ist meine E-Mail ada@example.com", "change:E-Mail=ada@example.com"},
      {"de", "ändere meinen Namen", "change:Namen"},
      {"de", "abbrechen", "cancel"},
      {"de", "von vorn", "restart"},
      {"de", "Warum fragen Sie?", "why"},
      {"de", "Ich möchte mit einem Menschen sprechen", "human"},
      {"en", "Back Street 5", ""},
      {"en", "Mr. Cancel", ""},
      {"en", "I cancel my subscription every year", ""},
      {"en", "Stop Street", ""},
      {"en", "my e-mail is ada@example.com", ""},
      {"de", "Rückweg", ""},
      {"en", "", ""},
  };
  for (const Case& item : cases) {
    EXPECT_EQ(aside(item.text, item.locale), item.wanted) << item.locale << ": " << item.text;
  }
}

TEST(AskAside, OwnPhrasesTakeThePlaceOfTheStockOnes) {
  const std::vector<OwnPhrases> own{{Command::human, {"operator", "Get me somebody"}}};
  EXPECT_TRUE(find_aside("get me somebody", "en", own));
  EXPECT_FALSE(find_aside("agent", "en", own));
  EXPECT_TRUE(find_aside("back", "en", own));
}

TEST(AskStock, HasEveryTextInEveryLanguage) {
  for (const std::string_view key : stock_keys()) {
    for (const char* locale : {"en", "pt-BR", "es", "fr", "de", "ja"}) {
      EXPECT_FALSE(stock_text(key, locale).value_or("").empty()) << key << " " << locale;
    }
  }
  EXPECT_FALSE(stock_text("nothing", "en"));
  for (const char* type : {"text", "email", "phone", "number", "date", "time", "choice", "yes_no",
                           "address", "regex", "file"}) {
    EXPECT_TRUE(stock_text(std::string("retry.") + type, "en")) << type;
  }
}

}  // namespace
}  // namespace millrace::ask
