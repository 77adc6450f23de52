#include "nlu/learn/frames.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "nlu/learn/arithmetic.hpp"
#include "nlu/text/words.hpp"

namespace millrace::nlu {
namespace {

// A frame makes little difference to more text than that.
constexpr size_t kFramedBytesMax = 1'000;
// How many are framed: a share of the examples; of few examples more, so that all words come up.
constexpr float kFramedShare = 0.15F;
constexpr float kFramedMin = 1'000;

// One language: words that tell it from others, folded, and what frames are made of, divided by
// "|".
struct Language {
  std::string_view words;
  std::string_view greetings;
  std::string_view beginnings, requests;  // of a request in two pieces: "can you", "tell me"
  std::string_view halves;                // before what is meant, or broken off before it
  std::string_view starts, adverbs;       // of half a sentence in two pieces: "I am", "still"
  std::string_view pleases, thanks;
};

constexpr Language kLanguages[] = {
    // English.
    {"the|is|my|what|you|and|of|to|for|i|it|on|how|are|do",
     "hello|hi there|hey|good morning|good afternoon|hi|hello everyone|hey you|excuse me|"
     "greetings|good day|pardon me",
     "can you|could someone|would you|will you|can anybody|are you able to|I need you to|"
     "I would like you to|I was wondering if you can|I was hoping you could|"
     "is there any way you can|maybe you could",
     "help me out|assist me|tell me|give me a hand|sort this out for me|explain|"
     "take care of this|let me know|check something|have a look at that|help with this|"
     "answer me",
     "I want to know|my question is|I have a question|what I need is|I am trying to|"
     "I wanted to|so basically|well you see|actually I|I think I|the thing is that|"
     "just now we|I have been|I am only|to be honest|as I said before|okay so|"
     "one more thing|by the way|we were going to|here is the thing|I would like|"
     "I am sorry to ask it|it was just",
     "I am|I was|I have|I had|I will|I would|I want to|I need to|I have to|I must|we are|"
     "we were|we have|it is|it was|there is|this is|that was|I should|I could|I did|I do|"
     "he said|she said|they told me|you know|I see|let me",
     "really|only|still|already|maybe|now|also|again|simply|quickly|a bit|currently|here|"
     "actually|even|always|never|about to|going to|trying to|looking to|kind of",
     "please|if possible|kindly|if you can|please please",
     "thanks|thanks a lot|thank you|thanks in advance|please|many thanks|if you don't mind|"
     "that would be great|I appreciate it|have a nice day|thank you so much|all the best|"
     "bye|that would help me a lot|best wishes|yours sincerely|"
     "that is very kind of you|much obliged"},
    // Portuguese.
    {"o|os|do|da|no|na|um|uma|meu|minha|com|nao|qual|ao|eu|voce|em|as|isto|esta",
     "olá|bom dia|boa tarde|viva|oi gente|olá a todos|com licença|olá então|alô|e aí|"
     "desculpe|ora viva",
     "pode|poderia|podem|consegue|será que alguém podia|conseguia|você poderia|gostava que|"
     "gostaria que você pudesse|preciso que me possam|era possível|alguém pode",
     "dizer-me|me dizer|dar uma ajuda|me ajudar com isso|esclarecer-me|tratar disto|"
     "explicar-me|me informar|ver uma coisa|ajudar aqui|dar-me uma mãozinha|responder-me",
     "queria saber|a minha questão é|tenho uma dúvida|o que eu preciso é|estou a tentar|"
     "eu queria|então é assim|é que eu|na verdade eu|eu acho que|a questão é que|"
     "agora mesmo nós|eu tenho estado a|estava apenas|para ser sincero|como já disse antes|"
     "pronto então|mais uma coisa|já agora|nós íamos|eu só|eu gostaria de|era só para|"
     "eu estou aqui a",
     "eu estou|eu estava|eu tenho|eu tinha|eu vou|eu ia|eu quero|eu queria|eu preciso de|"
     "eu devo|nós estamos|nós temos|a gente está|isto é|isso era|há|ele disse|ela disse|"
     "disseram-me|sabe|estive|fui|gostava de|tenho de|estou|vinha|fiquei|deixe-me",
     "mesmo|apenas|ainda|já|talvez|agora|também|outra vez|simplesmente|rapidamente|um pouco|"
     "aqui|na verdade|até|sempre|quase a|somente|a pensar em|a ver se|para ver se|"
     "pronto para|com vontade de|prestes a",
     "por favor|se faz favor|por gentileza|se for possível|se puder",
     "obrigado|obrigada|muito agradecido|obrigado desde já|por favor|agradeço a atenção|"
     "se não se importa|seria ótimo|agradecida|tenha um bom dia|obrigadinho|um abraço|"
     "até logo|ajudava-me muito|ajudaria bastante|atenciosamente|é muito simpático da sua parte|"
     "é muito gentil"},
    // Spanish.
    {"el|los|las|del|una|mi|con|cual|es|yo|en|por|y|la|lo|hay|al|que|quiero",
     "hola|buenos días|buenas tardes|buenas|hola a todos|disculpe|perdona|qué tal|"
     "muy buenas|hola qué tal|hey|saludos",
     "puedes|podría|podéis|podría alguien|sería tan amable de|me gustaría que pudiera|"
     "necesito que alguien pueda|quería ver si puede|hay forma de|alguien puede|"
     "usted podría|quisiera",
     "decirme|echarme una mano|ayudarme con esto|ayudar|explicarme|encargarse de esto|"
     "informarme|comprobar algo|aclararme una cosa|darme una ayuda|responderme|atenderme",
     "quería saber|mi duda es|tengo una consulta|lo que necesito es|estoy intentando|"
     "yo quería|pues mira|es que yo|en realidad yo|yo creo que|el caso es que|"
     "ahora mismo nosotros|yo he estado|solo estaba|la verdad|como ya dije antes|"
     "vale entonces|una cosa más|por cierto|íbamos a|yo solo|me gustaría|era solo para|"
     "estaba aquí",
     "yo estoy|yo estaba|tengo|tenía|voy a|iba a|quiero|quería|necesito|debo|estamos|"
     "estábamos|hemos|esto es|eso era|hay|él dijo|ella dijo|me dijeron|ya sabes|estuve|fui|"
     "me gustaría|tengo que|he|vengo|déjame|sé que",
     "justo|solamente|todavía|ya|quizás|ahora|también|otra vez|simplemente|rápidamente|"
     "un poco|aquí|en realidad|incluso|siempre|casi|únicamente|pensando en|a ver si|"
     "para ver si|a punto de|tratando de|de verdad",
     "por favor|si es posible|si puede ser|si puedes|porfa",
     "gracias|mil gracias|gracias de antemano|por favor|te lo agradezco|si no le importa|"
     "sería genial|que tenga un buen día|muy agradecido|gracias por todo|un abrazo|"
     "hasta luego|me ayudaría mucho|un saludo|atentamente|es usted muy amable|"
     "muy amable de su parte"},
    // French.
    {"le|les|du|des|une|mon|ma|pour|avec|est|quel|je|et|dans|la|sur|au|moi|j|l",
     "bonjour|salut|bonjour à tous|bonne journée|excusez-moi|allô|pardon|re bonjour|hello|"
     "chers amis|excuse-moi|bien le bonjour",
     "peux-tu|pourriez-vous|tu pourrais|est-ce que vous pouvez|quelqu'un peut-il|"
     "j'aimerais que vous puissiez|j'aurais besoin que l'on puisse|"
     "auriez-vous la gentillesse de|y a-t-il moyen de|vous pouvez|veuillez|"
     "je voudrais que quelqu'un vienne",
     "me dire|me donner un coup de main|aider|m'expliquer|vous occuper de ça|me renseigner|"
     "vérifier quelque chose|m'éclairer|m'apporter de l'aide|me répondre|m'indiquer|"
     "nous aider avec ceci",
     "je voulais savoir|ma question est|j'ai une question|ce qu'il me faut c'est|"
     "j'essaie de|je voulais|alors en fait|c'est que je|en réalité je|je crois que|"
     "le truc c'est que|à l'instant nous|j'ai été|j'étais seulement|pour être honnête|"
     "comme je l'ai déjà dit|bon alors|encore une chose|au fait|on allait|"
     "je suis juste là pour|j'aimerais|c'était pour|je suis en train de",
     "je suis|j'étais|j'ai|j'avais|je vais|j'allais|je veux|je voulais|il me faut|je dois|"
     "je devais|nous sommes|nous étions|nous avons|on est|on a|c'est|c'était|il y a|"
     "il a dit|elle a dit|on m'a dit|tu sais|vous savez|je pense|je peux|laissez-moi|"
     "j'essayais",
     "seulement|encore|déjà|peut-être|maintenant|aussi|simplement|vite|un peu|ici|"
     "en réalité|même|toujours|presque|vraiment|bien|là|en train de|sur le point de|"
     "à voir si|pour voir si|prêt à|du coup",
     "s'il vous plaît|s'il te plaît|si possible|si vous pouvez|svp",
     "merci|merci d'avance|merci bien|s'il vous plaît|je vous remercie|"
     "si ça ne vous dérange pas|ce serait super|bonne journée à vous|mille mercis|"
     "merci pour tout|bien à vous|au revoir|ça m'aiderait beaucoup|sincèrement|"
     "avec mes remerciements|c'est très gentil|"
     "c'est très aimable de votre part"},
    // German.
    {"der|die|das|den|ein|eine|mein|meine|fur|mit|ist|was|ich|und|zu|auf|wie|nicht|mir|"
     "bitte",
     "hallo|guten Morgen|guten Tag|hallo zusammen|servus|moin|Verzeihung|grüß Gott|hey|"
     "entschuldigen|na du|hallo nochmal",
     "kannst du|könnten Sie|würden Sie|könnte jemand|kann mir jemand|"
     "ich hätte gern dass Sie|ich möchte dass man|wären Sie so nett und würden|"
     "gibt es eine Möglichkeit|du könntest|ich brauche jemanden zum|können wir",
     "mir sagen|mir zur Hand gehen|weiterhelfen|helfen|das erklären|sich darum kümmern|"
     "Auskunft geben|etwas nachsehen|mir behilflich sein|kurz unterstützen|mir antworten|"
     "mir dabei helfen",
     "ich wollte wissen|meine Frage ist|ich habe eine Frage|was ich brauche ist|"
     "ich versuche gerade|ich wollte|also im Grunde|es ist so dass ich|"
     "eigentlich wollte ich|ich glaube ich|die Sache ist|eben gerade haben wir|ich bin|"
     "ich habe nur|ehrlich gesagt|wie schon gesagt|okay also|noch etwas|übrigens|"
     "wir wollten|es war nur|ich würde gern|da war ich|ich sitze hier und",
     "ich bin|ich war|ich habe|ich hatte|ich werde|ich würde|ich will|ich muss|ich soll|"
     "ich sollte|ich kann|wir sind|wir waren|wir haben|das ist|das war|es gibt|er sagte|"
     "sie sagte|man sagte mir|du weißt|wissen Sie|ich denke|ich möchte|ich brauche|mir ist|"
     "lassen Sie mich|ich dachte",
     "gerade|bloß|noch|schon|vielleicht|jetzt|auch|wieder|einfach|schnell|ein bisschen|hier|"
     "eigentlich|sogar|immer|fast|wirklich|mal|dabei|am Überlegen|kurz davor|ja|eben",
     "bitte|wenn möglich|bitte schön|falls es geht|doch bitte mal",
     "danke|danke schön|danke im Voraus|bitte|besten Dank|wenn es nichts ausmacht|"
     "das wäre toll|schönen Tag noch|ich danke Ihnen|danke für alles|alles Gute|tschüss|"
     "das würde mir sehr helfen|liebe Grüße|viele Grüße|das ist sehr nett von Ihnen|"
     "sehr freundlich"},
};

template <typename F>
void for_each_piece(std::string_view pieces, F f) {
  while (true) {
    const size_t end = pieces.find('|');
    f(pieces.substr(0, end));
    if (end == std::string_view::npos) return;
    pieces.remove_prefix(end + 1);
  }
}

using Votes = std::array<size_t, std::size(kLanguages)>;

// Which language texts are in, by their most frequent words.
class Languages {
 public:
  explicit Languages(std::span<const Example> examples) {
    for (size_t i = 0; i < std::size(kLanguages); ++i) {
      for_each_piece(kLanguages[i].words,
                     [&](std::string_view word) { words_[word].push_back(i); });
    }
    for (const Example& example : examples) {
      const Votes votes = votes_of(example);
      const auto most = std::ranges::max_element(votes);
      if (std::ranges::count(votes, *most) == 1) {
        ++texts_[static_cast<size_t>(most - votes.begin())];
      }
    }
  }

  // Where an example says nothing, or as much of two, it is that of most others; none where no
  // example says anything.
  std::optional<size_t> of(const Example& example) const {
    const Votes votes = votes_of(example);
    size_t best = 0;
    for (size_t i = 1; i < votes.size(); ++i) {
      const bool is_better =
          votes[i] != votes[best] ? votes[i] > votes[best] : texts_[i] > texts_[best];
      if (is_better) best = i;
    }
    if (votes[best] == 0 && texts_[best] == 0) return std::nullopt;
    return best;
  }

 private:
  Votes votes_of(const Example& example) const {
    Votes out{};
    for (const Word& word : words_of(std::string_view(example.text).substr(0, kFramedBytesMax))) {
      const auto found = words_.find(word.folded);
      if (found == words_.end()) continue;
      for (const size_t language : found->second) ++out[language];
    }
    return out;
  }

  std::unordered_map<std::string_view, std::vector<size_t>> words_;  // the languages of each
  Votes texts_{};  // how many texts are in each for certain
};

Example in_frame(const Example& example, const Language& language, Sequence& chance) {
  Example out = example;
  std::string before, after;
  const auto draw = [&](std::string_view pieces, std::string& to) {
    auto left = chance.below(static_cast<uint32_t>(std::ranges::count(pieces, '|') + 1));
    for_each_piece(pieces, [&](std::string_view piece) {
      if (left-- == 0) to.append(to.empty() || to.ends_with(' ') ? "" : " ").append(piece);
    });
  };
  const auto mark = [&] {
    constexpr std::string_view kMarks[] = {",", ".", ":", "-", "", ""};
    return kMarks[chance.below(std::size(kMarks))];
  };
  const auto once_in = [&](uint32_t n) { return chance.below(n) == 0; };
  if (!once_in(3)) {
    draw(language.greetings, before);
    before += mark();
  }
  if (once_in(4)) {
    draw(language.halves, before);
  } else if (once_in(3)) {
    draw(language.starts, before);
    draw(language.adverbs, before);
  } else if (!once_in(4)) {
    draw(language.beginnings, before);
    draw(language.requests, before);
  }
  if (once_in(2)) draw(language.pleases, before);
  if (!before.empty()) before.append(mark()) += ' ';
  if (!once_in(3)) {
    after = mark();
    after += ' ';
    draw(language.thanks, after);
  }
  out.text = before + example.text + after;
  for (Span& span : out.slots) {
    span.begin += static_cast<uint32_t>(before.size());
    span.end += static_cast<uint32_t>(before.size());
  }
  return out;
}

}  // namespace

std::vector<Framed> framed_examples(std::span<const Example> examples, uint64_t seed) {
  const Languages languages(examples);
  const float share = std::max(kFramedShare, kFramedMin / static_cast<float>(examples.size()));
  Sequence chance(seed ^ 0xF4A3EULL);
  std::vector<Framed> out;
  for (uint32_t i = 0; i < examples.size(); ++i) {
    if (chance.fraction() >= share || examples[i].text.size() > kFramedBytesMax) continue;
    const auto language = languages.of(examples[i]);
    if (!language) continue;
    out.push_back({in_frame(examples[i], kLanguages[*language], chance), i});
  }
  return out;
}

}  // namespace millrace::nlu
