// What people do to texts, done to the texts of a benchmark: from a seed, so that every run has the
// same ones.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "nlu/learn/arithmetic.hpp"
#include "nlu/text/words.hpp"

namespace millrace::bench {

enum class Noise { none, typos, bare, capitals, glued, emoji, stop_word, frame, others, half };

struct NamedNoise {
  Noise noise;
  std::string_view name;
};
inline constexpr std::array kNoises = {
    NamedNoise{Noise::typos, "typos: one edit in 20% of the words"},
    NamedNoise{Noise::bare, "accents left out"},
    NamedNoise{Noise::capitals, "all capitals"},
    NamedNoise{Noise::glued, "no blanks around marks"},
    NamedNoise{Noise::emoji, "an emoji behind it"},
    NamedNoise{Noise::stop_word, "a stop word added"},
    NamedNoise{Noise::frame, "a polite frame around it"},
    NamedNoise{Noise::others, "one of four other frames around it"},
    NamedNoise{Noise::half, "half a sentence before it"},
};

// One letter of the word left out, doubled, replaced, or changed for its neighbour.
inline void mistype(std::string& word, nlu::Sequence& chance) {
  if (word.size() < 3) return;
  const size_t at = 1 + chance.below(static_cast<uint32_t>(word.size() - 1));
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!is_ascii(word[at]) || !is_ascii(word[at - 1])) return;
  switch (chance.below(4)) {
    case 0: word.erase(at, 1); break;
    case 1: word.insert(at, 1, word[at]); break;
    case 2: word[at] = static_cast<char>('a' + chance.below(26)); break;
    default: std::swap(word[at], word[at - 1]);
  }
}

inline std::string with_typos(std::string_view text, nlu::Sequence& chance) {
  std::string out;
  for (const std::string_view piece : base::split_at_blanks(text)) {
    std::string word(piece);
    if (chance.below(5) == 0) mistype(word, chance);
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

inline std::string in_capitals(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    // Latin-1's letters in UTF-8: 0xC3 0xA0 to 0xBE, without the division sign.
    const bool is_accented = i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xC3 &&
                             static_cast<unsigned char>(c) >= 0xA0 &&
                             static_cast<unsigned char>(c) != 0xB7 &&
                             static_cast<unsigned char>(c) != 0xBF;
    out += is_accented ? static_cast<char>(static_cast<unsigned char>(c) - 0x20) : c;
  }
  return out;
}

inline std::string without_blanks_at_marks(std::string_view text) {
  std::string out;
  const std::string_view marks = ",.;:!?-";
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_beside = (i > 0 && marks.contains(text[i - 1])) ||
                           (i + 1 < text.size() && marks.contains(text[i + 1]));
    if (text[i] != ' ' || !is_beside) out += text[i];
  }
  return out;
}

struct WordsAround {
  std::string_view language, stop, before, after, half;
  // What others write around a text, before it and behind it.
  std::array<std::pair<std::string_view, std::string_view>, 4> others;
};
inline constexpr WordsAround kWordsAround[] = {
    {"en",
     "so",
     "hello, could you please help me:",
     "thank you very much",
     "I was just",
     {{{"good evening team, quick question,", ""},
       {"sorry to bother you again but", "- cheers"},
       {"hey, would it be possible that you look into this?", "much appreciated!"},
       {"dear sir or madam,", "kind regards, Tom"}}}},
    {"pt",
     "então",
     "olá, podia ajudar-me por favor:",
     "muito obrigado",
     "eu estava só a",
     {{{"boa noite equipa, uma pergunta rápida,", ""},
       {"desculpe incomodar outra vez mas", "- valeu"},
       {"oi, seria possível verem isto?", "fico muito grata!"},
       {"exmos. senhores,", "com os melhores cumprimentos, Rui"}}}},
    {"es",
     "pues",
     "hola, me puede ayudar por favor:",
     "muchas gracias",
     "yo estaba solo",
     {{{"buenas noches equipo, una pregunta rápida,", ""},
       {"perdone que le moleste otra vez pero", "- saludos"},
       {"oye, ¿sería posible que mirasen esto?", "¡se lo agradezco mucho!"},
       {"estimados señores,", "un cordial saludo, Pablo"}}}},
    {"fr",
     "alors",
     "bonjour, pouvez-vous m'aider:",
     "merci beaucoup",
     "j'étais juste",
     {{{"bonsoir l'équipe, une petite question,", ""},
       {"désolé de vous déranger encore mais", "- à plus"},
       {"coucou, serait-il possible de regarder cela ?", "je vous en suis très reconnaissante !"},
       {"madame, monsieur,", "cordialement, Paul"}}}},
    {"de",
     "also",
     "hallo, können Sie mir bitte helfen:",
     "vielen Dank",
     "ich war nur",
     {{{"guten Abend liebes Team, kurze Frage,", ""},
       {"Entschuldigung für die erneute Störung, aber", "- Gruß"},
       {"hi, wäre es möglich, dass Sie sich das ansehen?", "ich wäre Ihnen sehr verbunden!"},
       {"sehr geehrte Damen und Herren,", "mit freundlichen Grüßen, Jan"}}}}};

// `language`: two letters. Others than those five have English words around them.
inline const WordsAround& words_around(std::string_view language) {
  for (const WordsAround& one : kWordsAround) {
    if (one.language == language) return one;
  }
  return kWordsAround[0];
}

// `begin`: where the text itself then begins, for those that put something before it.
inline std::string disturbed(std::string_view text, Noise noise, std::string_view language,
                             nlu::Sequence& chance, size_t* begin = nullptr) {
  const WordsAround& words = words_around(language);
  const std::string whole(text);
  const auto around = [&](std::string_view before, std::string_view after) {
    if (begin != nullptr) *begin = before.size() + 1;
    return std::string(before) + " " + whole + (after.empty() ? "" : " ") + std::string(after);
  };
  switch (noise) {
    case Noise::none: return whole;
    case Noise::typos: return with_typos(text, chance);
    case Noise::bare: return nlu::fold(text);
    case Noise::capitals: return in_capitals(text);
    case Noise::glued: return without_blanks_at_marks(text);
    case Noise::emoji: return whole + " 🙏";
    case Noise::stop_word: return around(words.stop, "");
    case Noise::frame: return around(words.before, words.after);
    case Noise::others: {
      const auto& [before, after] = words.others[chance.below(4)];
      return around(before, after);
    }
    case Noise::half: return around(words.half, "");
  }
  return whole;
}

}  // namespace millrace::bench
