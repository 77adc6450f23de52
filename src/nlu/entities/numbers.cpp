#include <charconv>
#include <cmath>

#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

// Words below 100 and the hundreds that are one word; 100, 1000 and 1000000 multiply.
constexpr std::string_view kWords[kTongues] = {
    "one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 "
    "thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 "
    "thirty=30 forty=40 fourty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 hundred=100 "
    "thousand=1000 million=1000000 millions=1000000 dozen=12",
    "um=1 uma=1 dois=2 duas=2 tres=3 quatro=4 cinco=5 seis=6 sete=7 oito=8 nove=9 dez=10 onze=11 "
    "doze=12 treze=13 catorze=14 quatorze=14 quinze=15 dezasseis=16 dezesseis=16 dezassete=17 "
    "dezessete=17 dezoito=18 dezanove=19 dezenove=19 vinte=20 trinta=30 quarenta=40 cinquenta=50 "
    "sessenta=60 setenta=70 oitenta=80 noventa=90 cem=100 cento=100 duzentos=200 duzentas=200 "
    "trezentos=300 trezentas=300 quatrocentos=400 quatrocentas=400 quinhentos=500 quinhentas=500 "
    "seiscentos=600 seiscentas=600 setecentos=700 setecentas=700 oitocentos=800 oitocentas=800 "
    "novecentos=900 novecentas=900 mil=1000 milhao=1000000 milhoes=1000000",
    "un=1 uno=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 "
    "doce=12 trece=13 catorce=14 quince=15 dieciseis=16 diecisiete=17 dieciocho=18 diecinueve=19 "
    "veinte=20 veintiuno=21 veintiun=21 veintiuna=21 veintidos=22 veintitres=23 veinticuatro=24 "
    "veinticinco=25 veintiseis=26 veintisiete=27 veintiocho=28 veintinueve=29 treinta=30 "
    "cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90 cien=100 ciento=100 "
    "doscientos=200 doscientas=200 trescientos=300 trescientas=300 cuatrocientos=400 "
    "cuatrocientas=400 quinientos=500 quinientas=500 seiscientos=600 seiscientas=600 "
    "setecientos=700 setecientas=700 ochocientos=800 ochocientas=800 novecientos=900 "
    "novecientas=900 mil=1000 millon=1000000 millones=1000000",
    "un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 "
    "treize=13 quatorze=14 quinze=15 seize=16 vingt=20 vingts=20 trente=30 quarante=40 "
    "cinquante=50 soixante=60 septante=70 huitante=80 nonante=90 cent=100 cents=100 mille=1000 "
    "million=1000000 millions=1000000",
    "ein=1 eins=1 eine=1 einen=1 einem=1 einer=1 zwei=2 zwo=2 drei=3 vier=4 funf=5 fuenf=5 "
    "sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwolf=12 zwoelf=12 dreizehn=13 vierzehn=14 "
    "funfzehn=15 fuenfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19 zwanzig=20 "
    "dreissig=30 vierzig=40 funfzig=50 fuenfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90 "
    "hundert=100 tausend=1000 million=1000000 millionen=1000000"};

// Behind figures: "2 mil", "3k", "5 million".
constexpr std::string_view kFactors[kTongues] = {
    "k=1000 thousand=1000 million=1000000 m=1000000",
    "mil=1000 k=1000 milhao=1000000 milhoes=1000000",
    "mil=1000 k=1000 millon=1000000 millones=1000000",
    "mille=1000 k=1000 million=1000000 millions=1000000",
    "tausend=1000 tsd=1000 k=1000 million=1000000 millionen=1000000 mio=1000000"};

constexpr std::string_view kArticles = "|a|an|um|uma|un|una|une|ein|eine|einen|einem|einer|";

bool is_article(std::string_view word) {
  std::string barred = "|";
  barred += word;
  barred += '|';
  return !word.empty() && kArticles.contains(barred);
}

// "funfundvierzig", "zweihundert", "dreitausendsechs": German writes them in one word. 0 if other.
int german_compound(std::string_view word) {
  if (word.size() > 60) return 0;
  if (const int plain = listed(kWords[4], word)) return plain;
  constexpr std::pair<std::string_view, int> kFactorWords[] = {{"tausend", 1000}, {"hundert", 100}};
  for (const auto& [name, factor] : kFactorWords) {
    const size_t at = word.find(name);
    if (at == std::string_view::npos) continue;
    const int many = at == 0 ? 1 : german_compound(word.substr(0, at));
    std::string_view rest = word.substr(at + name.size());
    if (rest.starts_with("und")) rest.remove_prefix(3);
    const int few = rest.empty() ? 0 : german_compound(rest);
    if (many == 0 || many >= 1000 || (!rest.empty() && (few == 0 || few >= factor))) return 0;
    return many * factor + few;
  }
  const size_t und = word.find("und");
  if (und == std::string_view::npos || und == 0) return 0;
  const int unit = listed(kWords[4], word.substr(0, und));
  const int ten = listed(kWords[4], word.substr(und + 3));
  return unit > 0 && unit < 10 && ten >= 20 && ten < 100 ? unit + ten : 0;
}

// Numbers in words, from the largest part to the smallest.
class Spelled {
 public:
  explicit Spelled(Tongue tongue) : tongue_(tongue) {}

  bool take(int n) {
    const int64_t tens = current_ % 100;
    if (n == 1'000'000 || n == 1'000) {
      if (total_ != 0 && total_ < int64_t{n} * 1'000) return false;
      total_ += (current_ == 0 ? 1 : current_) * n;
      current_ = 0;
      return total_ < 1'000'000'000;
    }
    if (n == 100) {
      if (current_ >= 100 || (current_ > 9 && tongue_ != Tongue::en)) return false;
      current_ = (current_ == 0 ? 1 : current_) * 100;
      return true;
    }
    if (n > 100) return current_ == 0 ? (current_ = n, true) : add(n, current_ == 0);
    const bool is_french = tongue_ == Tongue::fr;
    if (is_french && n == 20 && tens == 4) return current_ += 76, true;
    if (n < 10) return add(n, current_ % 10 == 0 && (tens == 0 || tens >= 20 || is_french));
    if (n < 20) return add(n, tens == 0 || (is_french && (tens == 60 || tens == 80)));
    return add(n, tens == 0);
  }
  bool takes_and(Tongue tongue, int next) const {
    const int64_t tens = current_ % 100;
    switch (tongue) {
      case Tongue::en: return (current_ >= 100 || total_ > 0) && tens == 0 && next < 100;
      case Tongue::es: return tens >= 30 && tens % 10 == 0 && next < 10;
      case Tongue::fr: return tens >= 20 && (next == 1 || next == 11);
      default: return tongue == Tongue::pt && (next < 100 || current_ == 0);
    }
  }
  double value() const { return static_cast<double>(total_ + current_); }

 private:
  bool add(int n, bool may) {
    if (may) current_ += n;
    return may;
  }
  Tongue tongue_;
  int64_t total_ = 0, current_ = 0;
};

std::optional<Amount> read_spelled(const Reading& in, size_t i) {
  constexpr std::string_view kAnd[kTongues] = {"and", "e", "y", "et", "und"};
  const std::string_view word_and = kAnd[static_cast<size_t>(in.tongue)];
  Spelled spelled(in.tongue);
  size_t next = i, end = i;
  while (next < in.tokens.size() && next - i < 20) {
    size_t at = next;
    const bool has_dash = end > i && in.at(at) == "-" && in.is_glued(at) && in.is_glued(at + 1);
    if (has_dash) ++at;
    const bool has_and = end > i && in.at(at) == word_and;
    if (has_and) ++at;
    if (has_and && in.at(at) == "-") ++at;
    const int value = word_value(in.tongue, in.at(at));
    if (value == 0 || (has_and && !spelled.takes_and(in.tongue, value))) break;
    // Portuguese joins tens and units by a word.
    const bool needs_and = in.tongue == Tongue::pt && end > i && value < 100;
    if (needs_and && !has_and) break;
    Spelled tried = spelled;
    if (!tried.take(value)) break;
    spelled = tried;
    end = next = at + 1;
  }
  if (end == i) return std::nullopt;
  return Amount{end, spelled.value(), true, true};
}

char group_mark(const Reading& in) {
  if (in.tongue == Tongue::en) return ',';
  if (in.tongue == Tongue::es && (in.region == "MX" || in.region == "US")) return ',';
  return in.tongue == Tongue::fr ? ' ' : '.';
}

// The digits of figures: "1,234.50" in English, "1.234,50" or "1 234,50" elsewhere.
std::optional<Amount> read_figures(const Reading& in, size_t i) {
  if (!in.is_digits(i) || in.tokens[i].folded.size() > 15) return std::nullopt;
  std::string digits = in.tokens[i].folded;
  const char group = group_mark(in);
  size_t next = i + 1;
  bool is_whole = true;
  const bool may_group = digits.size() <= 3 && digits[0] != '0';
  while (may_group && digits.size() < 15) {
    const bool is_apart = group == ' ' && in.is_digits(next) && !in.is_glued(next) &&
                          in.tokens[next].begin - in.tokens[next - 1].end <= 3;
    if (is_apart && in.at(next).size() == 3) {
      digits += in.at(next++);
      continue;
    }
    const bool is_marked = in.at(next).size() == 1 && in.at(next)[0] == group &&
                           in.is_glued(next) && in.is_digits(next + 1) && in.is_glued(next + 1);
    if (!is_marked || in.at(next + 1).size() != 3) break;
    digits += in.at(next + 1);
    next += 2;
  }
  const bool has_point = (in.at(next) == "." || in.at(next) == ",") && in.is_glued(next) &&
                         in.is_digits(next + 1) && in.is_glued(next + 1);
  if (has_point && in.at(next + 1).size() <= 9) {
    digits += '.';
    digits += in.at(next + 1);
    next += 2;
    is_whole = false;
  }
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const int factor = listed(kFactors[static_cast<size_t>(in.tongue)], in.at(next));
  const bool is_letter = in.at(next) == "k" || in.at(next) == "m";
  if (factor > 0 && (!is_letter || in.is_glued(next))) {
    value *= factor;
    ++next;
  }
  return Amount{next, value, is_whole || value == std::floor(value), false};
}

}  // namespace

int word_value(Tongue tongue, std::string_view word) {
  return tongue == Tongue::de ? german_compound(word)
                              : listed(kWords[static_cast<size_t>(tongue)], word);
}

std::optional<Amount> read_amount(const Reading& in, size_t i, bool takes_article) {
  if (in.is_digits(i)) return read_figures(in, i);
  if (takes_article && in.tongue == Tongue::en && is_article(in.at(i))) {
    if (in.at(i + 1) == "hundred" || in.at(i + 1) == "thousand" || in.at(i + 1) == "million" ||
        in.at(i + 1) == "dozen") {
      return read_spelled(in, i + 1);
    }
    return Amount{i + 1, 1, true, true};
  }
  const auto spelled = read_spelled(in, i);
  if (spelled && !takes_article && spelled->next == i + 1 && is_article(in.at(i))) {
    return std::nullopt;
  }
  return spelled;
}

std::string show_amount(double value) {
  char buffer[64];
  const double rounded = std::floor(value * 1e6 + 0.5) / 1e6;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, rounded, std::chars_format::fixed);
  return {buffer, end.ptr};
}

}  // namespace millrace::nlu
