// What the API's tests work on instead of solutions: it says what it is told to say, and counts.
#pragma once

#include <atomic>
#include <functional>

#include "api/studio.hpp"

namespace millrace::api {

class FakeStudio final : public Studio {
 public:
  using Text = std::string_view;
  using Json = const json::object&;
  Array workspaces(Text) override { return json::array(); }
  Object add_workspace(Text, Json) override { return json::object(); }
  Done remove_workspace(const Place&) override { return {}; }
  Array files(const Place&) override { return json::array(); }
  base::Result<Looked> look(const Place& place) override {
    ++looks;
    if (on_look) on_look();
    if (place.workspace != "main") return base::fail(base::Code::not_found, "none");
    return looked;
  }
  Object file(const Place&, Text) override { return json::object{{"hash", "h"}}; }
  Object save(const Place&, Json) override {
    ++saves;
    return saves == conflicts_at
               ? json::object{{"conflicts", json::array{json::object{{"path", "a"}}}}}
               : json::object{{"files", json::array()}};
  }
  Object format(Json) override { return json::object(); }
  Object refactor(const Place&, Json) override { return json::object(); }
  Object check(const Place&, Json) override { return json::object(); }
  Object diff(const Place&, Json) override { return json::object(); }
  Object schema(Text) override { return json::object(); }
  Object git(const Place&) override { return json::object(); }
  Array git_log(const Place&, const LogChoice&) override { return json::array(); }
  Object git_diff(const Place&, Text, Text, Text) override { return json::object(); }
  Object git_commit(const Place&, Json, const Person& person) override {
    committed_as = person.name;
    return json::object{{"hash", "h"}};
  }
  Object git_switch(const Place&, Json) override { return json::object(); }
  Object git_pull(const Place&) override { return json::object(); }
  Object git_push(const Place&) override { return json::object(); }
  // Each solution has one, "of-One" and "of-Two", whoever asks.
  Object begin_try(Json, const Person&) override { return json::object{{"try", "t"}}; }
  base::Result<std::string> solution_of_try(Text id, const Person&) override {
    if (id == "of-One") return "One";
    if (id == "of-Two") return "Two";
    return base::fail(base::Code::not_found, "none");
  }
  Object in_try(Text, Text, Json, const Person&) override { return json::object(); }
  Done end_try(Text, const Person&) override { return {}; }
  Object train_model(const Place&, Json) override { return json::object{{"run", "r"}}; }
  Object parse_texts(const Place&, Json) override { return json::object(); }
  Object evaluate_model(const Place&, Json) override { return json::object{{"run", "r"}}; }
  Object run_tests(const Place&, Json) override { return json::object{{"run", "r"}}; }
  Object run(Text id) override {
    if (id == "of-One") return json::object{{"solution", "One"}};
    if (id == "of-Two") return json::object{{"solution", "Two"}, {"run", "of-Two"}};
    return base::fail(base::Code::not_found, "none");
  }
  Object inspect_action(const Place&, Text, Json) override { return json::object(); }
  Object run_action(const Place&, Text, Json) override {
    ++actions;
    return json::object();
  }
  Array secrets() override { return json::array(); }
  Object set_secret(Text name, Text) override {
    secret = name;
    return json::object{{"name", name}};
  }
  Done remove_secret(Text) override { return {}; }
  bool is_authors_file(Text path) const override { return path.starts_with("flows/"); }

  Looked looked;
  std::function<void()> on_look;  // before anything is seen
  std::atomic<int> looks = 0;
  int saves = 0;
  int conflicts_at = 0;  // which save has conflicts
  int actions = 0;
  std::string committed_as;
  std::string secret;
};

}  // namespace millrace::api
