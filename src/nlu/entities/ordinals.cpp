// Places in an order, in figures and words.
#include <charconv>

#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

constexpr std::string_view kOrdinals[kTongues] = {
    "first=1 second=2 third=3 fourth=4 fifth=5 sixth=6 seventh=7 eighth=8 ninth=9 tenth=10 "
    "eleventh=11 twelfth=12 thirteenth=13 fourteenth=14 fifteenth=15 sixteenth=16 seventeenth=17 "
    "eighteenth=18 nineteenth=19 twentieth=20 thirtieth=30 fortieth=40 fiftieth=50 hundredth=100",
    "primeiro=1 primeira=1 segundo=2 terceiro=3 terceira=3 quinto=5 sexto=6 setimo=7 "
    "setima=7 oitavo=8 oitava=8 nono=9 nona=9 decimo=10 decima=10 vigesimo=20 vigesima=20 "
    "trigesimo=30 centesimo=100",
    "primero=1 primera=1 primer=1 segunda=2 segundo=2 tercero=3 tercera=3 tercer=3 cuarto=4 "
    "cuarta=4 quinto=5 quinta=5 sexto=6 sexta=6 septimo=7 septima=7 octavo=8 octava=8 noveno=9 "
    "novena=9 decimo=10 decima=10 undecimo=11 duodecimo=12 vigesimo=20 vigesima=20 trigesimo=30",
    "premier=1 premiere=1 deuxieme=2 second=2 seconde=2 troisieme=3 quatrieme=4 cinquieme=5 "
    "sixieme=6 septieme=7 huitieme=8 neuvieme=9 dixieme=10 onzieme=11 douzieme=12 treizieme=13 "
    "quatorzieme=14 quinzieme=15 seizieme=16 vingtieme=20 trentieme=30 centieme=100",
    "erste=1 zweite=2 dritte=3 vierte=4 funfte=5 sechste=6 siebte=7 achte=8 neunte=9 zehnte=10 "
    "elfte=11 zwolfte=12 dreizehnte=13 vierzehnte=14 funfzehnte=15 sechzehnte=16 siebzehnte=17 "
    "achtzehnte=18 neunzehnte=19 zwanzigste=20 dreissigste=30 hundertste=100"};

// "dritter", "drittes", "dritten": as "dritte".
int ordinal_value(Tongue tongue, std::string_view word) {
  const std::string_view table = kOrdinals[static_cast<size_t>(tongue)];
  if (const int plain = listed(table, word)) return plain;
  if (tongue != Tongue::de || word.size() < 5) return 0;
  if (std::string_view("rsnm").contains(word.back())) word.remove_suffix(1);
  if (const int plain = listed(table, word)) return plain;
  if (!word.ends_with("ste")) return 0;
  const int stem = word_value(Tongue::de, word.substr(0, word.size() - 3));
  return stem >= 20 ? stem : 0;
}

bool is_ordinal_end(Tongue tongue, std::string_view end) {
  switch (tongue) {
    case Tongue::en: return end == "st" || end == "nd" || end == "rd" || end == "th";
    case Tongue::pt: return end == "o" || end == "a" || end == "°";
    case Tongue::es: return end == "o" || end == "a" || end == "er" || end == "°";
    case Tongue::fr:
      return end == "er" || end == "re" || end == "e" || end == "eme" || end == "ere";
    case Tongue::de:
      return end == "te" || end == "ter" || end == "tes" || end == "ten" || end == "ste" ||
             end == "sten";
  }
  return false;
}

}  // namespace

std::optional<Amount> read_ordinal(const Reading& in, size_t i) {
  if (in.is_digits(i) && in.at(i).size() <= 4) {
    size_t next = i + 1;
    if (in.at(next) == "." && in.is_glued(next) && in.tongue != Tongue::en) {
      const bool has_end = (in.tongue == Tongue::pt || in.tongue == Tongue::es) &&
                           is_ordinal_end(in.tongue, in.at(next + 1)) && in.is_glued(next + 1);
      if (has_end) ++next;
    }
    if (!in.is_glued(next) || !is_ordinal_end(in.tongue, in.at(next))) return std::nullopt;
    int value = 0;
    std::from_chars(in.at(i).data(), in.at(i).data() + in.at(i).size(), value);
    return Amount{next + 1, static_cast<double>(value), true, false};
  }
  // "twenty first", "vigésimo primeiro": tens before the last part.
  const int first = ordinal_value(in.tongue, in.at(i));
  if (first >= 10 && first % 10 == 0 && in.tongue != Tongue::en && in.tongue != Tongue::de) {
    const int second = ordinal_value(in.tongue, in.at(i + 1));
    if (second > 0 && second < 10) return Amount{i + 2, double(first + second), true, true};
  }
  if (first > 0) return Amount{i + 1, static_cast<double>(first), true, true};
  const int tens = word_value(in.tongue, in.at(i));
  const bool is_joining = in.tongue == Tongue::en || in.tongue == Tongue::fr;
  if (tens < 20 || tens % 10 != 0 || !is_joining) return std::nullopt;
  size_t next = i + 1;
  if (in.at(next) == "-") ++next;
  if (in.tongue == Tongue::fr && in.at(next) == "et") ++next;
  if (in.tongue == Tongue::fr && in.at(next) == "unieme") return Amount{next + 1, tens + 1.0};
  const int unit = ordinal_value(in.tongue, in.at(next));
  if (unit == 0 || unit >= 10) return std::nullopt;
  return Amount{next + 1, static_cast<double>(tens + unit), true, true};
}

}  // namespace millrace::nlu
