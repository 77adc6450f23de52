// Money, percentages and temperatures.
#include "nlu/entities/reading.hpp"

namespace millrace::nlu {
namespace {

struct Currency {
  std::string_view words;  // phrases between bars
  std::string_view code;
};

constexpr Currency kCurrencies[] = {
    {"€|euro|euros|eur", "EUR"},
    {"us $|usd|us dollar|us dollars|dolares americanos|dollars americains|us dollar", "USD"},
    {"r $|brl|real|reais|reales|reais brasileiros", "BRL"},
    {"£|gbp|pound|pounds|libra|libras|livre|livres|livres sterling|libras esterlinas|pfund|quid",
     "GBP"},
    {"¥|jpy|yen|ienes|iene|yenes", "JPY"},
    {"chf|swiss francs|francos suicos|francos suizos|francs suisses|schweizer franken|franken",
     "CHF"},
    {"mxn|mexican pesos|pesos mexicanos", "MXN"},
    {"$|dollar|dollars|dolar|dolares|bucks", "USD"},
};
constexpr std::string_view kCents = "cent|cents|centimo|centimos|centavo|centavos|centime|centimes";

struct Unit {
  size_t next = 0;
  std::string_view code;
};

std::optional<Unit> read_currency(const Reading& in, size_t i) {
  Unit best;
  for (const Currency& currency : kCurrencies) {
    const size_t length = in.any(i, currency.words);
    if (length > 0 && i + length > best.next) best = {i + length, currency.code};
  }
  return best.next > 0 ? std::optional(best) : std::nullopt;
}

bool is_symbol(const Reading& in, size_t i) {
  return in.any(i, "€|$|£|¥|r $|us $|eur|usd|gbp|brl|chf") > 0;
}

// "and fifty cents", "e 50", behind the whole ones.
Amount with_cents(const Reading& in, Amount whole) {
  constexpr std::string_view kAnd[kTongues] = {"and", "e", "con", "et", "und"};
  size_t next = whole.next;
  const bool has_and = in.at(next) == kAnd[index_of(in)] || in.at(next) == "y";
  if (has_and) ++next;
  const auto cents = read_amount(in, next);
  if (!cents || !cents->is_whole || cents->value >= 100) return whole;
  const size_t unit = in.any(cents->next, kCents);
  if (unit == 0 &&
      !((has_and || in.tongue == Tongue::de) && in.tongue != Tongue::en && cents->is_spelled))
    return whole;
  return {cents->next + unit, whole.value + cents->value / 100, false, whole.is_spelled};
}

std::string show_money(double value, std::string_view code) {
  return show_amount(value) + " " + std::string(code);
}

std::optional<Hit> read_money(const Reading& in, size_t i) {
  if (is_symbol(in, i)) {
    const auto unit = read_currency(in, i);
    const auto amount = unit ? read_amount(in, unit->next) : std::nullopt;
    if (!amount || !in.is_digits(unit->next)) return std::nullopt;
    return Hit{amount->next, EntityKind::money, show_money(amount->value, unit->code), {}};
  }
  const auto amount = read_amount(in, i, true);
  if (!amount) return std::nullopt;
  size_t at = amount->next;
  const bool is_large = amount->value >= 1'000'000;
  if (is_large && (in.at(at) == "de" || in.at(at) == "d")) at += in.at(at + 1) == "'" ? 2 : 1;
  const auto unit = read_currency(in, at);
  if (unit) {
    Amount sum = *amount;
    sum.next = unit->next;
    sum = with_cents(in, sum);
    // "20€50", "20 euros 50".
    if (sum.next == unit->next && in.is_digits(sum.next) && in.at(sum.next).size() == 2 &&
        unit->code == "EUR" && amount->is_whole && in.is_glued(sum.next)) {
      sum.value += read_amount(in, sum.next)->value / 100;
      ++sum.next;
    }
    return Hit{sum.next, EntityKind::money, show_money(sum.value, unit->code), {}};
  }
  const size_t cents = in.any(at, kCents);
  if (cents == 0) return std::nullopt;
  const bool is_euro = in.tongue == Tongue::de || in.tongue == Tongue::fr ||
                       in.tongue == Tongue::es || (in.tongue == Tongue::pt && in.region != "BR");
  const std::string_view code = is_euro ? "EUR" : in.tongue == Tongue::pt ? "BRL" : "USD";
  return Hit{at + cents, EntityKind::money, show_money(amount->value / 100, code), {}};
}

std::optional<Hit> read_percentage(const Reading& in, size_t i) {
  const auto amount = read_amount(in, i, false);
  if (!amount) return std::nullopt;
  const size_t unit =
      in.any(amount->next, "%|percent|per cent|por cento|por ciento|pour cent|prozent");
  if (unit == 0) return std::nullopt;
  return Hit{amount->next + unit, EntityKind::percentage, show_amount(amount->value), {}};
}

std::optional<Hit> read_temperature(const Reading& in, size_t i) {
  const bool is_negative =
      in.any(i, "minus|menos|moins") > 0 || (in.at(i) == "-" && in.is_glued(i + 1));
  const auto amount = read_amount(in, is_negative ? i + 1 : i, false);
  if (!amount) return std::nullopt;
  size_t next = amount->next;
  const size_t degrees =
      in.any(next, "°|º|degree|degrees|grau|graus|grado|grados|degre|degres|grad");
  next += degrees;
  const size_t negative =
      in.any(next, "negativos|below zero|abaixo de zero|bajo cero|en dessous de zero|unter null");
  next += negative;
  const size_t celsius = in.any(next, "celsius|centigrados|centigrade|c");
  const size_t fahrenheit = in.any(next, "fahrenheit|f");
  if (degrees == 0 && in.any(next, "celsius|fahrenheit") == 0 &&
      !((celsius > 0 || fahrenheit > 0) && in.is_glued(next))) {
    return std::nullopt;
  }
  const double value = is_negative || negative > 0 ? -amount->value : amount->value;
  const std::string number = show_amount(value);
  Hit hit{next + celsius + fahrenheit, EntityKind::temperature, number + " C", {}};
  if (fahrenheit > 0) hit.value = number + " F";
  if (celsius + fahrenheit == 0 && in.tongue == Tongue::en) {
    if (in.region == "US") hit.value = number + " F";
    if (in.region.empty()) hit.others = {number + " F"};
  }
  return hit;
}

}  // namespace

std::optional<Hit> read_quantity(const Reading& in, size_t i) {
  if (auto money = read_money(in, i)) return money;
  if (auto percentage = read_percentage(in, i)) return percentage;
  return read_temperature(in, i);
}

}  // namespace millrace::nlu
