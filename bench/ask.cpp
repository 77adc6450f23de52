// How long one answer takes to read, by type: what people type in five languages, right, roundabout
// and beside the point. One thread, no I/O; prints the CPU time of an answer, the best of several
// rounds, and how much of what was said was taken.
#include <algorithm>
#include <cstdio>
#include <map>

#include "ask/ask.hpp"
#include "bench/measure.hpp"

namespace {

using namespace millrace;

struct Said {
  const char* locale;
  const char* text;
};

struct Asked {
  ask::Rules rules;
  std::vector<Said> said;
};

constexpr int kRounds = 7;
constexpr int kTimes = 2'000;

ask::Rules choice_of(const std::vector<std::string>& labels) {
  ask::Rules rules{.type = ask::Type::choice};
  for (const std::string& label : labels) rules.choices.push_back({label, {label}});
  return rules;
}

std::map<std::string, Asked> asked() {
  const ask::Rules cities = choice_of({"Lisbon", "Porto", "Madrid", "Barcelona", "Paris", "Lyon",
                                       "Berlin", "Hamburg", "London", "Manchester"});
  return {
      {"text",
       {{.type = ask::Type::text},
        {{"en", "Ada Lovelace"}, {"pt-BR", "João da Silva"}, {"de", "Straße 12, Köln"}}}},
      {"yes_no",
       {{.type = ask::Type::yes_no},
        {{"en", "yes please"},
         {"en", "I would rather not"},
         {"pt-BR", "claro que sim"},
         {"es", "no, gracias"},
         {"fr", "pas du tout"},
         {"de", "ja gerne"},
         {"en", "maybe later"}}}},
      {"number",
       {{.type = ask::Type::number},
        {{"en", "42"},
         {"en", "twenty five"},
         {"pt-BR", "1.234,50"},
         {"es", "unos 30 minutos"},
         {"fr", "quatre-vingt-dix"},
         {"de", "dreiundzwanzig"},
         {"en", "no idea"}}}},
      {"date",
       {{.type = ask::Type::date},
        {{"en", "10 December 1990"},
         {"en-US", "12/10/90"},
         {"pt-BR", "próxima sexta"},
         {"es", "el 3 de abril"},
         {"fr", "dans deux semaines"},
         {"de", "nächsten Montag"},
         {"en", "whenever you like"}}}},
      {"time",
       {{.type = ask::Type::time},
        {{"en", "half past five"},
         {"en", "5pm"},
         {"pt-BR", "às 17h30"},
         {"es", "las seis y media"},
         {"fr", "midi"},
         {"de", "halb sechs"},
         {"en", "soon"}}}},
      {"phone",
       {{.type = ask::Type::phone},
        {{"pt-PT", "912 345 678"},
         {"en-GB", "+44 20 7946 0958"},
         {"de-DE", "030 1234567"},
         {"en-US", "call me"}}}},
      {"email",
       {{.type = ask::Type::email},
        {{"en", "ada@example.com"},
         {"en", "my address is ada@example.com"},
         {"de", "ada(at)example.com"},
         {"en", "none"}}}},
      {"choice",
       {cities,
        {{"en", "Lisbon"},
         {"en", "the second one"},
         {"en", "barcellona"},
         {"pt-BR", "a última"},
         {"de", "ich nehme Hamburg"},
         {"en", "not Paris"},
         {"en", "somewhere warm"}}}},
      {"regex",
       {{.type = ask::Type::regex, .pattern = "[A-Z]{2}[0-9]{6}"},
        {{"en", "AB123456"}, {"en", "ab 12"}}}},
  };
}

double cpu_us(const Asked& one, size_t& taken) {
  constexpr base::Date kToday{2026, 1, 2};
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    taken = 0;
    const double begin = bench::cpu_seconds();
    for (int i = 0; i < kTimes; ++i) {
      for (const Said& said : one.said) {
        const auto reading = ask::read(one.rules, said.text, said.locale, kToday);
        taken += reading.verdict == ask::Verdict::accepted ? 1 : 0;
      }
    }
    const double all = (bench::cpu_seconds() - begin) * 1e6;
    best = std::min(best, all / (kTimes * static_cast<double>(one.said.size())));
  }
  taken /= kTimes;
  return best;
}

}  // namespace

// With the name of a type: that alone.
int main(int argc, char** argv) {
  std::printf("%-8s %12s %8s\n", "type", "us/answer", "taken");
  for (const auto& [name, one] : asked()) {
    if (argc > 1 && name != argv[1]) continue;
    size_t taken = 0;
    const double us = cpu_us(one, taken);
    std::printf("%-8s %12.3f %5zu/%zu\n", name.c_str(), us, taken, one.said.size());
  }
  return 0;
}
