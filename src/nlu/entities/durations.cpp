// How long something takes, and how far away it is.
#include <array>

#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

constexpr std::string_view kUnitWords[kTongues] = {
    "second=1 seconds=1 sec=1 secs=1 s=1 minute=2 minutes=2 min=2 mins=2 m=2 hour=3 hours=3 hr=3 "
    "hrs=3 h=3 day=4 days=4 night=4 nights=4 week=5 weeks=5 fortnight=8 month=6 months=6 year=7 "
    "years=7",
    "segundo=1 segundos=1 seg=1 s=1 minuto=2 minutos=2 min=2 m=2 hora=3 horas=3 h=3 dia=4 dias=4 "
    "noite=4 noites=4 semana=5 semanas=5 quinzena=9 mes=6 meses=6 ano=7 anos=7",
    "segundo=1 segundos=1 seg=1 s=1 minuto=2 minutos=2 min=2 m=2 hora=3 horas=3 h=3 dia=4 dias=4 "
    "noche=4 noches=4 semana=5 semanas=5 quincena=9 mes=6 meses=6 ano=7 anos=7",
    "seconde=1 secondes=1 sec=1 s=1 minute=2 minutes=2 min=2 mn=2 heure=3 heures=3 h=3 jour=4 "
    "jours=4 nuit=4 nuits=4 semaine=5 semaines=5 quinzaine=9 mois=6 an=7 ans=7 annee=7 annees=7",
    "sekunde=1 sekunden=1 sek=1 s=1 minute=2 minuten=2 min=2 stunde=3 stunden=3 std=3 h=3 tag=4 "
    "tage=4 tagen=4 nacht=4 nachte=4 nachten=4 woche=5 wochen=5 monat=6 monate=6 monaten=6 "
    "jahr=7 jahre=7 jahren=7"};

// Years, months, weeks, days, hours, minutes, seconds.
using Parts = std::array<double, 7>;
constexpr size_t kPartOf[] = {0, 6, 5, 4, 3, 2, 1, 0};

std::string show_duration(const Parts& parts) {
  std::string out = "P";
  constexpr std::string_view kLetters = "YMWDHMS";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i == 4 && (parts[4] > 0 || parts[5] > 0 || parts[6] > 0)) out += 'T';
    if (parts[i] > 0) out += show_amount(parts[i]) + kLetters[i];
  }
  return out;
}

struct Piece {
  size_t next = 0;
  Parts parts{};
  int unit = 0;  // of the last part
};

void add_half(Piece& piece, double share) {
  const size_t part = kPartOf[piece.unit];
  // Half an hour is thirty minutes; half a week, three and a half days; half a year, six months.
  switch (piece.unit) {
    case 7: piece.parts[1] += 12 * share; return;
    case 6: piece.parts[3] += 30 * share; return;
    case 4: piece.parts[4] += 24 * share; return;
    case 3: piece.parts[5] += 60 * share; return;
    case 2: piece.parts[6] += 60 * share; return;
    default: piece.parts[part] += share;
  }
}

// "half an hour", "meia hora", "une demi-heure", "eine halbe Stunde", "a quarter of an hour".
std::optional<Piece> read_half(const Reading& in, size_t i) {
  constexpr std::string_view kHalf[kTongues] = {
      "half an|half a|a half|half", "meia|meio", "media|medio",
      "une demi -|demi -|une demie|un demi -|une demi|demi",
      "eine halbe|einer halben|ein halbes|einem halben|halbe|halbes"};
  constexpr std::string_view kQuarter[kTongues] = {
      "a quarter of an|quarter of an|a quarter", "um quarto de", "un cuarto de",
      "un quart d '|un quart de", "eine viertel|einer viertel|viertel"};
  constexpr std::string_view kThreeQuarters[kTongues] = {"three quarters of an", "tres quartos de",
                                                         "tres cuartos de", "trois quarts d '",
                                                         "eine dreiviertel|dreiviertel"};
  const std::pair<std::string_view, double> kinds[] = {{kThreeQuarters[index_of(in)], 0.75},
                                                       {kQuarter[index_of(in)], 0.25},
                                                       {kHalf[index_of(in)], 0.5}};
  if (in.tongue == Tongue::de) {
    const size_t at = in.any(i, "eine|einer") + i;
    if (in.at(at) == "viertelstunde") return Piece{at + 1, {0, 0, 0, 0, 0, 15, 0}, 3};
    if (in.at(at) == "dreiviertelstunde") return Piece{at + 1, {0, 0, 0, 0, 0, 45, 0}, 3};
    if (in.at(at) == "anderthalb" || in.at(at) == "eineinhalb") {
      const int unit = listed(kUnitWords[4], in.at(at + 1));
      Piece piece{at + 2, {}, unit};
      if (unit == 0) return std::nullopt;
      piece.parts[kPartOf[unit]] = 1;
      add_half(piece, 0.5);
      return piece;
    }
  }
  for (const auto& [phrases, share] : kinds) {
    const size_t length = in.any(i, phrases);
    const int unit = length > 0 ? listed(kUnitWords[index_of(in)], in.at(i + length)) : 0;
    if (unit < 2 || unit > 7 || (share != 0.5 && unit != 3)) continue;
    Piece piece{i + length + 1, {}, unit};
    add_half(piece, share);
    return piece;
  }
  return std::nullopt;
}

std::optional<Piece> read_piece(const Reading& in, size_t i) {
  if (auto half = read_half(in, i)) return half;
  const auto amount = read_amount(in, i, true);
  if (!amount || amount->value <= 0) return std::nullopt;
  size_t next = amount->next;
  double extra = 0;
  // "two and a half hours", "zweieinhalb" is no number of ours.
  constexpr std::string_view kAndHalf[kTongues] = {"and a half", "e meia|e meio", "y media|y medio",
                                                   "et demie|et demi", "und eine halbe"};
  if (const size_t half = in.any(next, kAndHalf[index_of(in)]);
      half > 0 && in.tongue == Tongue::en) {
    extra = 0.5;
    next += half;
  }
  if (in.at(next) == "-" && in.is_glued(next)) ++next;
  const std::string_view word = in.at(next);
  int unit = listed(kUnitWords[index_of(in)], word);
  const bool is_short = word.size() == 1;
  if (unit == 0 || (is_short && !in.is_digits(i)) || (word == "m" && !in.is_glued(next))) {
    return std::nullopt;
  }
  ++next;
  Piece piece{next, {}, unit};
  double count = amount->value;
  if (unit == 8) piece.unit = 5, count *= 2;   // a fortnight
  if (unit == 9) piece.unit = 4, count *= 15;  // a quinzena
  piece.parts[kPartOf[piece.unit]] = count;
  if (extra > 0) add_half(piece, extra);
  // "uma hora e meia", "une heure et demie", "an hour and a half", "a hora y cuarto".
  constexpr std::string_view kAndQuarter[kTongues] = {"and a quarter", "e um quarto", "y cuarto",
                                                      "et quart", "und eine viertel"};
  if (const size_t half = in.any(next, kAndHalf[index_of(in)]); half > 0 && extra == 0) {
    add_half(piece, 0.5);
    piece.next += half;
  } else if (const size_t quarter = in.any(next, kAndQuarter[index_of(in)]);
             quarter > 0 && unit == 3) {
    add_half(piece, 0.25);
    piece.next += quarter;
  }
  // "2h30".
  if (unit == 3 && is_short && in.is_digits(next) && in.is_glued(next) && in.at(next).size() == 2) {
    piece.parts[5] += read_amount(in, next)->value;
    piece.next = next + 1;
    if ((in.at(piece.next) == "min" || in.at(piece.next) == "m") && in.is_glued(piece.next))
      ++piece.next;
    piece.unit = 2;
  }
  return piece;
}

}  // namespace

std::optional<Hit> read_duration(const Reading& in, size_t i) {
  constexpr std::string_view kAnd[kTongues] = {"and|,", "e|,", "y|,", "et|,", "und|,"};
  auto sum = read_piece(in, i);
  if (!sum) return std::nullopt;
  while (true) {
    const size_t joined = in.any(sum->next, kAnd[index_of(in)]);
    const auto more = read_piece(in, sum->next + joined);
    // Parts go on from the larger to the smaller.
    if (!more || more->unit >= sum->unit) break;
    for (size_t p = 0; p < sum->parts.size(); ++p) sum->parts[p] += more->parts[p];
    sum->next = more->next;
    sum->unit = more->unit;
  }
  return Hit{sum->next, EntityKind::duration, show_duration(sum->parts), {}};
}

std::optional<Stretch> read_stretch(const Reading& in, size_t i) {
  const auto piece = read_piece(in, i);
  if (!piece) return std::nullopt;
  const Parts& p = piece->parts;
  if (p[4] > 0 || p[5] > 0 || p[6] > 0) return std::nullopt;
  const double months = p[0] * 12 + p[1], days = p[2] * 7 + p[3];
  if (months > 12'000 || days > 400'000) return std::nullopt;
  return Stretch{piece->next, static_cast<int>(days), static_cast<int>(months)};
}

}  // namespace millrace::nlu
