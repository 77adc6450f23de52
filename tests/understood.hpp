// A flow that a model is asked about, and what it may have read.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "dialog/understood.hpp"
#include "flow/flow.hpp"

namespace millrace::testing_support {

using dialog::Understood;

inline constexpr base::Timestamp kMorning{1'767'600'000'000};  // 2026-01-05T08:00:00Z

inline constexpr const char* kFlow = R"(nodes:
  menu:
    ask: What can I do?
    buttons: [Book: first]
  first: {ask: First name?, type: text, variable: FIRST, entity: first_name}
  last: {ask: Last name?, type: text, variable: LAST, entity: last_name}
  day: {ask: Which day?, type: date, variable: DAY, entity: date}
  pin: {ask: PIN?, variable: PIN, secure: true, entity: number}
  guests: {ask: How many?, type: number, variable: GUESTS, entity: number}
  quiet: {ask: Anything else?, variable: ELSE, nlu: false}
  end: {say: 'Done {FIRST} {LAST}', end: true}
)";
inline constexpr const char* kQuestions = R"(nodes:
  hours: {intent: hours, say: We open at nine., next: done}
  parking: {intent: parking, say: Behind the house., next: done}
  lost: {intent: out_of_scope, say: I do not know., next: done}
  done: {return: true}
)";
inline constexpr const char* kIntents = R"(intents:
  hours: [when do you open, opening hours]
  parking: [where can I park]
)";

inline Understood sure_of(std::string intent, int permille = 950, int known = 1'000) {
  return {{{std::move(intent), permille}, {"other", 1'000 - permille}}, true, false, known, {}};
}
inline Understood has(std::vector<dialog::Entity> entities) {
  Understood out = sure_of("introduce");
  out.entities = std::move(entities);
  return out;
}

inline std::shared_ptr<const flow::Program> program_of(const std::string& settings,
                                                       const std::string& flow = kFlow,
                                                       const std::string& intents = kIntents) {
  auto compiled = flow::compile({{"flows/main.flow.yaml", flow},
                                 {"flows/questions.flow.yaml", kQuestions},
                                 {"nlu/en.yaml", intents},
                                 {"solution.yaml", settings}},
                                {{"Test"}, {}, {}});
  for (const flow::Problem& problem : compiled.problems) {
    if (problem.severity == flow::Severity::error) ADD_FAILURE() << problem.describe();
  }
  MILLRACE_CHECK(compiled.program.has_value());
  return std::make_shared<const flow::Program>(std::move(*compiled.program));
}

}  // namespace millrace::testing_support
