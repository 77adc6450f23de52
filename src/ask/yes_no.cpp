// Yes and no: a text says one of them when nothing in it says the other, and nothing in it is
// unknown. What denies an agreement ("of course not", "claro que não") is a no; what denies it the
// other way round ("not sure") is neither.
#include <algorithm>

#include "ask/words.hpp"
#include "base/text.hpp"

namespace millrace::ask {
namespace {

constexpr WordLists kYes = {"yes y yeah yep yup yea yah aye", "sim s ya", "si s sip",
                            "oui o ouais ouaip si yes", "ja j jawohl jo jep jup doch"};
// Agreements that a denial before them turns into a no: "not correct", "no quiero".
constexpr WordLists kAgreed = {
    "ok okay okey okie correct true right agreed affirmative fine interested",
    "certo ok quero pode isso positivo aceito concordo correto afirmativo acordo gosto verdade "
    "exato exatamente exactamente interessado interessada",
    "vale ok correcto bueno acepto exacto exactamente afirmativo quiero acuerdo gusta verdad "
    "cierto "
    "interesado interesada",
    "ok volontiers exact exactement affirmatif accord vrai veux interesse interessee",
    "ok okay gerne gern stimmt richtig genau exakt einverstanden wahr interesse interessiert"};
// Agreements that a denial behind them turns round.
constexpr WordLists kStrongly = {
    "absolutely definitely certainly surely sure course totally indeed obviously naturally "
    "positively",
    "claro certamente certeza absolutamente evidente obviamente obvio logico",
    "claro supuesto ciertamente seguro absolutamente obviamente luego obvio efectivamente",
    "sur certainement absolument evidemment bien naturellement assurement mais",
    "naturlich selbstverstandlich klar sicher sicherlich gewiss absolut unbedingt durchaus"};
constexpr WordLists kNo = {
    "no n nope nah nay never not none cannot dont didnt wont wouldnt isnt",
    "nao n nunca jamais nem", "no n nunca jamas tampoco nop",
    "non n jamais pas nan aucunement nullement",
    "nein n nee no nö ne nie niemals nicht keinesfalls keineswegs kein keine"};
// A no as well, unless something denies it: "not wrong" is nothing.
constexpr WordLists kDisagreed = {
    "negative false incorrect wrong disagree disagreed", "negativo falso incorreto errado discordo",
    "negativo falso incorrecto", "negatif faux incorrect inexact", "falsch unrichtig"};
// Says neither, wherever it stands.
constexpr WordLists kBeside = {
    "please thanks thank you of sir madam that is s it the way i do would d ll will am m like to "
    "want well oh um uh hmm hm then at all much very so did have has was does for t don didn won "
    "thing good any anymore longer today now "
    "wouldn isn can couldn aren wasn haven hasn",
    "por favor obrigado obrigada que eu ser mesmo com muito e o a isso bem ah entao la de ja estou "
    "sou me esta ta hoje agora mais",
    "por favor gracias que yo muchas muy eso es lo la bien ah pues de en el desde estoy me hoy "
    "ahora "
    "mas esta",
    "merci s il vous te plait c est du tout le la de que je ca ah eh alors a fait d j ne tres suis",
    "bitte danke sehr ich das es ist ach so na dann gar auch schon mal aber vielen dank bin"};

// Whole messages that their words alone would not tell.
constexpr std::string_view kYesPhrases[kLanguageCount][26] = {
    {"why not",       "no problem",      "please do",    "go ahead",     "that s right",
     "no doubt",      "no worries",      "i don t mind", "i do",         "you bet",
     "not a problem", "without a doubt", "sounds good",  "by all means", "i think so",
     "i guess so",    "i suppose so",    "i agree",      "i m in",       "unfortunately yes",
     "i m afraid so", "i hope so"},
    {"por que nao",    "sem problema",     "pode ser",     "sem duvida",    "nao tem problema",
     "com prazer",     "nao ha problema",  "de acordo",    "tudo bem",      "esta bem",
     "pois sim",       "nao faz mal",      "acho que sim", "creio que sim", "penso que sim",
     "espero que sim", "infelizmente sim", "beleza",       "por mim sim",   "ta bom",
     "ta bem",         "ta certo"},
    {"por que no", "sin problema", "de acuerdo", "como no", "sin duda", "no hay problema",
     "claro que si", "esta bien", "por supuesto", "desde luego", "con gusto", "no me importa",
     "creo que si", "pienso que si", "supongo que si", "espero que si", "por desgracia si",
     "me parece bien"},
    {"d accord",         "pourquoi pas",
     "pas de probleme",  "avec plaisir",
     "c est ca",         "sans probleme",
     "sans aucun doute", "bien sur",
     "tout a fait",      "aucun probleme",
     "sans doute",       "ca me va",
     "je veux bien",     "je pense que oui",
     "je crois que oui", "je suppose que oui",
     "j espere que oui", "malheureusement oui",
     "ca marche",        "c est juste",
     "je pense",         "je crois"},
    {"warum nicht",      "kein problem",    "na klar",        "auf jeden fall",   "ohne zweifel",
     "in ordnung",       "ich bitte darum", "nichts dagegen", "aber ja",          "na sicher",
     "warum denn nicht", "ohne weiteres",   "keine frage",    "ich glaube schon", "ich denke schon",
     "ich glaube ja",    "ich denke ja",    "leider ja",      "leider schon",     "bin dafur",
     "ich bin dafur",    "passt",           "passt so"}};
constexpr std::string_view kNoPhrases[kLanguageCount][26] = {
    {"not now",        "not today",          "not really",
     "no way",         "i m good",           "not yet",
     "no chance",      "i d rather not",     "rather not",
     "not at all",     "i would rather not", "i don t think so",
     "i think not",    "i guess not",        "i suppose not",
     "i m afraid not", "unfortunately not",  "unfortunately no",
     "hell no",        "by no means",        "i don t agree",
     "i hope not"},
    {"agora nao", "hoje nao", "de jeito nenhum", "acho que nao", "nem pensar", "de maneira nenhuma",
     "ainda nao", "de modo nenhum", "claro que nao", "nem por sombras", "prefiro nao",
     "creio que nao", "penso que nao", "espero que nao", "infelizmente nao", "nao esta bem",
     "nao acho", "acho melhor nao"},
    {"ahora no",          "hoy no",          "para nada",
     "de ninguna manera", "ni hablar",       "todavia no",
     "claro que no",      "en absoluto",     "aun no",
     "creo que no",       "prefiero que no", "pienso que no",
     "supongo que no",    "espero que no",   "por desgracia no",
     "me parece mal",     "en desacuerdo",   "estoy en desacuerdo",
     "no me parece bien", "mejor no",        "que va"},
    {"pas maintenant",   "pas du tout",      "pas vraiment",        "surtout pas",
     "pas encore",       "certainement pas", "bien sur que non",    "en aucun cas",
     "pas question",     "hors de question", "plutot pas",          "je pense que non",
     "je crois que non", "je ne pense pas",  "je ne crois pas",     "je crois pas",
     "je pense pas",     "j espere que non", "malheureusement non", "malheureusement pas",
     "ca ne marche pas", "ca ne me va pas",  "c est pas juste"},
    {"jetzt nicht",         "heute nicht",    "auf keinen fall", "eher nicht",
     "lieber nicht",        "noch nicht",     "uberhaupt nicht", "kommt nicht in frage",
     "auf gar keinen fall", "bestimmt nicht", "naturlich nicht", "ich glaube nicht",
     "ich denke nicht",     "leider nicht",   "leider nein",     "stimmt nicht",
     "das stimmt nicht",    "passt nicht",    "das passt nicht", "bin dagegen",
     "ich bin dagegen",     "besser nicht",   "ich glaube kaum", "wohl kaum",
     "nicht wirklich"}};

// 1 yes, -1 no, 0 neither: of the signs that people send instead of words.
int of_signs(std::string_view text) {
  int told = 0;
  if (base::is_ascii(text)) return told;
  for (const std::string_view sign : {"👍", "✅", "👌", "🆗", "✔", "🙆"}) {
    if (text.contains(sign)) told = 1;
  }
  for (const std::string_view sign : {"👎", "❌", "🚫", "🙅", "⛔"}) {
    if (text.contains(sign)) return told == 1 ? 0 : -1;
  }
  return told;
}

bool is_one_of(const auto& phrases, std::string_view whole) {
  return !whole.empty() && std::ranges::find(phrases, whole) != std::end(phrases);
}

// 1 yes, -1 no, 0 neither.
int of_words(const std::vector<std::string>& said, Language language) {
  const auto of = static_cast<size_t>(language);
  const std::string whole = joined(said);
  if (is_one_of(kYesPhrases[of], whole)) return 1;
  if (is_one_of(kNoPhrases[of], whole)) return -1;
  size_t yes = 0;
  bool no = false, disagreed = false, strongly = false, is_turned_round = false;
  for (size_t i = 0; i < said.size(); ++i) {
    const std::string& word = said[i];
    const bool is_no = is_listed(kNo, language, word) || denies(said, i, language);
    if (is_no) {
      is_turned_round |= strongly;
      no = true;
    } else if (is_listed(kDisagreed, language, word)) {
      disagreed = true;
    } else if (is_listed(kYes, language, word)) {
      ++yes;
    } else if (is_listed(kAgreed, language, word)) {
      if (!no) ++yes;
    } else if (is_listed(kStrongly, language, word)) {
      if (no) return 0;  // "not sure"
      strongly = true;
    } else if (!is_listed(kBeside, language, word)) {
      return 0;
    }
  }
  if (no && disagreed) return 0;
  if (no || disagreed) return yes > 0 ? 0 : -1;
  return yes > 0 || (strongly && !is_turned_round) ? 1 : 0;
}

}  // namespace

Reading read_yes_no(std::string_view text, std::string_view locale) {
  constexpr size_t kWordsMax = 8;
  const auto said = words_of(text);
  if (said.size() > kWordsMax) return {};
  const int by_sign = of_signs(text);
  int by_word = 0;
  if (!said.empty()) {
    const Language own = language_of(locale);
    by_word = of_words(said, own);
    if (by_word == 0 && own != Language::en) by_word = of_words(said, Language::en);
    if (by_word == 0) return {};
  }
  if (by_sign * by_word < 0 || (by_sign == 0 && by_word == 0)) return {};
  return accepted(by_sign + by_word > 0 ? "true" : "false");
}

}  // namespace millrace::ask
