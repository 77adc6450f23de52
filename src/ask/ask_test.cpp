#include "tests/support/ask.hpp"

namespace millrace::ask {
namespace {

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
                                     {"en", "ada@example.com\u200b", "ada@example.com"},
                                     {"en", "\ufeffada@example.com", "ada@example.com"},
                                     {"en", "ada@example.com\u00a0", "ada@example.com"},
                                     {"en", "ada@example.com\u2060", "ada@example.com"},
                                     {"en", "ada@example.com\u3000", "ada@example.com"},
                                     {"en", "'ada@example.com'", "ada@example.com"},
                                     {"es", "josé@example.es", "josé@example.es"},
                                     {"pl", "użytkownik@example.com", "użytkownik@example.com"},
                                     {"zh", "用户@example.com", "用户@example.com"},
                                     {"de", "ada@münchen.de", "ada@xn--mnchen-3ya.de"},
                                     {"de", "ada@-münchen.de", "?"},
                                     {"en", "o'neil@example.com", "o'neil@example.com"},
                                     {"en", "none", "?"}});
}

TEST(AskText, HoldsItsLength) {
  expect_all({.type = Type::text, .length_min = 2, .length_max = 5},
             {{"en", "Ada", "Ada"},
              {"en", "A", "!"},
              {"en", "Ada Lovelace", "!"},
              {"en", "ééééé", "ééééé"},
              {"en", "e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301"},
              {"en", "👩‍👩‍👧‍👦", "!"},
              {"en", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
               "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"},
              {"en", "\u200b", "?"},
              {"en", "\u200bAda\u00a0", "Ada"}});
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
      (void)read(rules, text, "en", kToday);
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

TEST(AskAside, HearsTheManyWaysToSayIt) {
  const Case cases[] = {
      {"en", "edit my phone number", "change:phone number"},
      {"en", "I made a mistake in my name", "change:name"},
      {"en", "No wait, my name is Bob", "change:name=Bob"},
      {"en", "my name is actually Bob", "change:name=Bob"},
      {"en", "Can I speak to someone?", "human"},
      {"en", "Why do you want to know?", "why"},
      {"en", "A human, please", "human"},
      {"es", "una persona por favor", "human"},
      {"fr", "un conseiller s'il vous plaît", "human"},
      {"de", "einen Mitarbeiter bitte", "human"},
      {"pt-BR", "corrigir o telefone", "change:telefone"},
      {"pt-BR", "quero corrigir meu nome", "change:nome"},
      {"pt-BR", "Espera, meu nome é Bob", "change:nome=Bob"},
      {"pt-BR", "Posso falar com alguém?", "human"},
      {"pt-BR", "Por que você quer saber?", "why"},
      {"es", "quiero corregir mi apellido", "change:apellido"},
      {"es", "Espera, mi nombre es Bob", "change:nombre=Bob"},
      {"es", "¿Puedo hablar con alguien?", "human"},
      {"es", "¿Por qué lo necesitas?", "why"},
      {"fr", "je veux modifier mon e-mail", "change:e-mail"},
      {"fr", "Attendez, mon nom est Bob", "change:nom=Bob"},
      {"fr", "Je veux parler à quelqu'un", "human"},
      {"fr", "Pourquoi voulez-vous le savoir ?", "why"},
      {"de", "ich will meine Adresse ändern", "change:Adresse"},
      {"de", "Moment, mein Name ist Bob", "change:Name=Bob"},
      {"de", "Mein Name ist eigentlich Bob", "change:Name=Bob"},
      {"de", "Kann ich mit jemandem sprechen?", "human"},
      {"de", "Warum wollt ihr das wissen?", "why"},
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
