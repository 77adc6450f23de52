#include "tests/support/ask.hpp"

namespace millrace::ask {
namespace {

TEST(AskTime, ReadsClocksOfManyCountries) {
  expect_all(
      {.type = Type::time},
      {{"en", "17:30", "17:30"},      {"en", "5pm", "17:00"},       {"en", "5 pm", "17:00"},
       {"en", "5:30 p.m.", "17:30"},  {"en", "12 am", "00:00"},     {"en", "12 pm", "12:00"},
       {"en", "at 9", "09:00|21:00"}, {"fr", "17h30", "17:30"},     {"fr", "à 17 h", "17:00"},
       {"pt", "às 17h", "17:00"},     {"pt", "17h05", "17:05"},     {"es", "a las 5 pm", "17:00"},
       {"de", "17 Uhr", "17:00"},     {"de", "17 Uhr 30", "17:30"}, {"de", "17.30 Uhr", "17:30"},
       {"de", "um 8", "08:00"},       {"en", "noon", "12:00"},      {"fr", "minuit", "00:00"},
       {"en", "25:00", "?"},          {"en", "17:60", "?"},         {"en", "13 pm", "?"},
       {"en", "later", "?"},          {"en", "5 apples", "?"}});
}

TEST(AskTime, AsksBackWhatReadsTwoWays) {
  expect_all({.type = Type::time}, {{"en", "5", "05:00|17:00"},
                                    {"en", "5:30", "05:30|17:30"},
                                    {"en", "12", "00:00|12:00"},
                                    {"en", "5 o'clock", "05:00|17:00"},
                                    {"en", "five", "05:00|17:00"},
                                    {"en", "half past five", "05:30|17:30"},
                                    {"en", "quarter to six", "05:45|17:45"},
                                    {"en", "quarter past 6", "06:15|18:15"},
                                    {"en", "half past five in the evening", "17:30"},
                                    {"en", "5 in the morning", "05:00"},
                                    {"en", "at 9 tonight", "21:00"},
                                    {"en", "05:30", "05:30"},
                                    {"en", "13", "13:00"},
                                    {"en", "0:15", "00:15"},
                                    {"en", "24:00", "00:00"},
                                    {"en", "24:01", "?"},
                                    {"de", "5", "05:00"},
                                    {"de", "halb sechs", "05:30|17:30"},
                                    {"de", "halb sechs abends", "17:30"},
                                    {"de", "Viertel nach acht", "08:15|20:15"},
                                    {"de", "8 Uhr abends", "20:00"},
                                    {"de", "um 8 Uhr morgens", "08:00"},
                                    {"de", "acht Uhr", "08:00"},
                                    {"fr", "5 heures du soir", "17:00"},
                                    {"fr", "cinq heures et demie", "05:30|17:30"},
                                    {"fr", "8h du matin", "08:00"},
                                    {"fr", "à 17h30", "17:30"},
                                    {"fr", "17 heures 30", "17:30"},
                                    {"es", "a las cinco y media", "05:30|17:30"},
                                    {"es", "las 5 de la tarde", "17:00"},
                                    {"es", "a las ocho de la mañana", "08:00"},
                                    {"es", "mediodía", "12:00"},
                                    {"es", "17:30 horas", "17:30"},
                                    {"pt-BR", "cinco e meia", "05:30|17:30"},
                                    {"pt-BR", "às 5 da tarde", "17:00"},
                                    {"pt-BR", "8 da manhã", "08:00"},
                                    {"pt-BR", "meio-dia", "12:00"},
                                    {"pt-BR", "meia-noite", "00:00"},
                                    {"pt-BR", "17 horas", "17:00"},
                                    {"en", "１７:３０", "17:30"},
                                    {"en", "5 or 6", "?"},
                                    {"en", "half", "?"}});
  const Reading reading = read({.type = Type::time}, "5", "en", kToday);
  ASSERT_EQ(reading.readings.size(), 2U);
  EXPECT_EQ(reading.readings[0].label, "5:00 am");
  EXPECT_EQ(reading.readings[1].label, "5:00 pm");
  for (const Candidate& candidate : reading.readings) {
    EXPECT_EQ(told({.type = Type::time}, candidate.label, "en"), candidate.value);
  }
}

TEST(AskTime, CountsMinutesInWordsFromTheHour) {
  expect_all({.type = Type::time}, {
                                       {"en", "ten thirty am", "10:30"},
                                       {"en", "five past ten am", "10:05"},
                                       {"en", "ten to six pm", "17:50"},
                                       {"en", "five to twelve", "11:55|23:55"},
                                       {"en", "twenty past 8 in the evening", "20:20"},
                                       {"pt-BR", "meio-dia e meia", "12:30"},
                                       {"pt-BR", "dez para as oito da noite", "19:50"},
                                       {"pt-BR", "cinco e quinze da tarde", "17:15"},
                                       {"pt-BR", "oito menos dez da manhã", "07:50"},
                                       {"es", "mediodía y media", "12:30"},
                                       {"es", "las ocho menos diez de la mañana", "07:50"},
                                       {"es", "las cinco y diez de la tarde", "17:10"},
                                       {"es", "diez para las ocho de la noche", "19:50"},
                                       {"fr", "midi et demi", "12:30"},
                                       {"fr", "dix-sept heures trente", "17:30"},
                                       {"fr", "minuit et quart", "00:15"},
                                       {"fr", "huit heures moins dix du soir", "19:50"},
                                       {"fr", "vingt heures cinq", "20:05"},
                                       {"de", "fünf vor zwölf", "11:55|23:55"},
                                       {"de", "zehn nach acht abends", "20:10"},
                                       {"de", "viertel nach acht morgens", "08:15"},
                                       {"de", "zwanzig Uhr dreißig", "20:30"},
                                       {"en", "9ish", "?"},
                                       {"en", "between 5 and 6", "?"},
                                       {"en", "ten to", "?"},
                                       {"en", "9 to 5", "?"},
                                       {"en", "9 to 5 pm", "?"},
                                       {"en", "17 to 19", "?"},
                                       {"en", "8 to 20", "?"},
                                       {"en", "12 to 14", "?"},
                                       {"en", "9 till 17", "?"},
                                       {"en", "90 to 5", "?"},
                                       {"en", "nine to five", "?"},
                                       {"en", "five to twenty", "?"},
                                       {"en", "10 minutes to 5 pm", "16:50"},
                                       {"en", "10 past 5 pm", "17:10"},
                                       {"de", "5 vor 12", "11:55|23:55"},
                                       {"pt-BR", "10 para as 8 da noite", "19:50"},
                                   });
}

}  // namespace
}  // namespace millrace::ask
