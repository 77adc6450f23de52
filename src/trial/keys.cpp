#include "trial/keys.hpp"

#include "flow/schema.hpp"
#include "trial/trial.hpp"

namespace millrace::trial {
namespace {

using flow::Key;
using flow::Shape;

const Key kExpect[] = {
    {"text", Shape::text, "All of the message"},
    {"contains", Shape::text, "A part of it"},
    {"matches", Shape::text, "A regular expression that finds something in it"},
    {"buttons", Shape::texts, "The labels of what can be chosen, in order"},
};
const Key kSteps[] = {
    {"say", Shape::text, "What the consumer says"},
    {"wait", Shape::duration, "Moves the clock; timers that fall due run"},
    {.name = "expect",
     .shape = Shape::text_or_section,
     .help = "The next message",
     .section = kExpect},
    {"expect_call", Shape::object, "A command, or {Command: what its payload has at least}"},
    {"expect_variables", Shape::assignments, "What variables have become"},
    {"expect_event", Shape::object, "An analytics event, or {Name: what it has at least}"},
    {"expect_end", Shape::text_or_true, "The chat has ended, for that reason if one is named"},
    {"page_event", Shape::object, "What a page tells: a name, or {name: values}"},
    {"agent", Shape::object, "joins, leaves or unavailable, or {says: text}"},
    {"expect_hand_over", Shape::text_or_true,
     "Waits for an agent, with that skill if one is named"},
};
const Key kTest[] = {
    {"name", Shape::text, "What it shows"},
    {"locale", Shape::text, "Of the chat; without it the solution's default"},
    {"at", Shape::text, "When the chat begins, 2026-01-05T09:00:00Z"},
    {"strict", Shape::truth, "false: messages that no step expects are passed over"},
    {"user_data", Shape::map, "What the page hands over"},
    {"variables", Shape::assignments, "Set before the first step"},
    {"actions", Shape::map, "What scripts answer, in order; the last answer repeats"},
    {"steps", Shape::map, "What happens, in order"},
};
const Key kFile[] = {
    {"tests", Shape::map, "Each plays a chat of its own"},
};

}  // namespace

std::span<const Key> file_keys() {
  return kFile;
}
std::span<const Key> test_keys() {
  return kTest;
}
std::span<const Key> step_keys() {
  return kSteps;
}
std::span<const Key> expect_keys() {
  return kExpect;
}

std::string test_schema() {
  json::array steps{json::object{{"const", "start"}}};
  for (const Key& key : step_keys()) {
    json::object step = flow::schema_of(std::span(&key, 1));
    step["required"] = json::array{key.name};
    steps.push_back(std::move(step));
  }
  const auto list_of = [](json::object items, std::string_view help) {
    return json::object{{"type", "array"}, {"items", std::move(items)}, {"description", help}};
  };
  json::object test = flow::schema_of(test_keys());
  test["required"] = json::array{"steps"};
  json::object& members = test["properties"].get_object();
  members["steps"] = list_of({{"oneOf", std::move(steps)}}, test_keys().back().help);
  json::object file = flow::schema_of(file_keys());
  file["properties"].get_object()["tests"] = list_of(std::move(test), file_keys().front().help);
  return flow::schema_file("Tests of a solution (tests/<name>.test.yaml)", std::move(file));
}

}  // namespace millrace::trial
