// YAML flows made at random, the same for the same seed: nodes of every kind that the CSV format
// can say, with labels, roads and texts that its separators would break. All of them are sound.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "flow/flow.hpp"

namespace millrace::testing_support {

class MadeFlow {
 public:
  explicit MadeFlow(uint64_t seed) : random_(seed), nodes_(4 + below(12)) {
    out_ =
        "# A flow made from a number.\nnodes:\n  n0:\n    ask: Who are you?\n    variable: NAME\n";
    for (size_t i = 1; i < nodes_; ++i) add(i);
    out_ += "\n  end:\n    say: Bye {NAME}\n    end: true\n";
  }

  flow::Files files() const { return {{"flows/main.flow.yaml", out_}}; }
  static flow::AppFacts facts() { return {{"Made"}, {{"sandbox", {"url"}}}, {"SendIt"}}; }

 private:
  size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }
  bool one_in(size_t count) { return below(count) == 0; }
  std::string pick(const std::vector<std::string>& all) { return all[below(all.size())]; }

  std::string name(size_t i) const { return i < nodes_ ? "n" + std::to_string(i) : "end"; }
  // What does not wait leads forward, so that nothing goes in circles.
  std::string ahead(size_t i) { return name(i + 1 + below(nodes_ - i)); }
  std::string anywhere() { return name(below(nodes_ + 1)); }

  std::string text() {
    return pick({"Hello", "'{NAME}, please: go on'", "\"two\\nlines\"", "'# no comment'",
                 "'a, b | c ~ d'", "'{\"looks\": \"like JSON\"}'", "'  '", "'<<x>> y'", "100 €",
                 "'true'", "'- dash'"});
  }
  std::string label() {
    return pick({"Yes", "'No, thanks'", "'<<x>> Tea'", "'Tea|Coffee'", "'a~b'", "'{NAME}'", "'1'",
                 "'label'", "'true'", "'x: y'"});
  }

  void line(const std::string& text) { out_ += "    " + text + "\n"; }

  void add(size_t i) {
    out_ += "\n";
    if (one_in(4)) out_ += "  # why " + name(i) + " is here\n";
    out_ += "  " + name(i) + ":\n";
    switch (below(9)) {
      case 0: say(i); break;
      case 1: ask(i); break;
      case 2: buttons(i); break;
      case 3: choose_from_list(i); break;
      case 4: act(i); break;
      case 5: hand_over(i); break;
      case 6: form(i); return;  // which has no other keys
      case 7: check_address(i); break;
      default: show_page(); break;
    }
    if (one_in(4)) line("name: Node " + std::to_string(i));
    if (one_in(5)) line("tags: [one, two words]");
    if (one_in(5)) line("flows: main_entry");
    if (one_in(5)) line("css: wide");
    if (one_in(6)) line("was: main.old" + std::to_string(i));
    if (one_in(6)) line("description: 'a note, with a comma'");
    if (one_in(6)) {
      line("event: {event_name: Seen, additional_properties: {who: '{NAME}', n: 1}}");
    }
  }

  void say(size_t i) {
    line("say: " + text());
    if (one_in(3)) line("next: " + ahead(i));
  }
  void ask(size_t) {
    line("ask: " + text());
    line("variable: V" + std::to_string(below(5)));
    if (one_in(3)) line("next: " + anywhere());
    if (one_in(4)) line("behaviours: [secure]");
    if (one_in(4)) line("nlu: false");
  }
  void buttons(size_t) {
    line("ask: " + text());
    line("buttons:");
    const size_t count = 1 + below(3);
    std::vector<std::string> used;
    for (size_t k = 0; k < count; ++k) {
      const std::string words = label();
      if (std::ranges::find(used, words) != used.end()) continue;
      used.push_back(words);
      if (one_in(3)) {
        line("  - {label: " + words + ", to: " + anywhere() + ", icon: far fa-check}");
      } else {
        line("  - {" + (words == "'label'" ? "Label" : words) + ": " + anywhere() + "}");
      }
    }
    if (one_in(3)) line("behaviours: [disable_input]");
  }
  void choose_from_list(size_t) {
    line("ask: Which?");
    line("asset:");
    line("  kind: " + pick({"listpicker", "imagebutton"}));
    line("  options:");
    line("    - {label: 'One, two', description: " + text() + ", dest: " + anywhere() + "}");
    line("    - {label: '~|~', dest: " + anywhere() + "}");
  }
  void act(size_t i) {
    line("do: SendIt");
    line("with: {name: '{NAME}', list: [1, 'two, three', {deep: true}], text: '1'}");
    if (one_in(2)) line("inputs: {file: n0}");
    line("outputs: [success, other]");
    line("decide: success");
    line("on: {'true': " + ahead(i) + ", 'a~b': " + ahead(i) + ", error: end}");
    if (one_in(3)) line("comment: " + text());
    if (one_in(2)) line("variables: [NAME, V1]");
  }
  void form(size_t i) {
    line("form:");
    const size_t count = 1 + below(3);
    for (size_t k = 0; k < count; ++k) {
      const std::string variable = "F" + std::to_string(i) + "_" + std::to_string(k);
      if (one_in(2)) {
        line("  - " + variable + ": " + text());
      } else {
        line("  - " + variable + ":");
        line("      ask: " + text());
        if (one_in(2)) line("      behaviours: [secure]");
        if (one_in(2)) line("      was: main.former" + std::to_string(i) + std::to_string(k));
      }
    }
    if (one_in(2)) line("next: " + anywhere());
  }
  void check_address(size_t i) {
    line("do: ValidateEmail");
    line("with: {global_vars: NAME}");
    line("outputs: [valid]");
    line("decide: valid");
    line("on: {'true': " + ahead(i) + ", 'false': " + ahead(i) + "}");
  }
  void hand_over(size_t i) {
    line("say: One moment.");
    line("behaviours: [xfer_to_agent]");
    line("skill: sales");
    line("on: {unavailable: " + ahead(i) + ", timeout: end}");
    line("next: " + ahead(i));
  }
  void show_page() {
    line("say: Look");
    line("asset: {kind: webview, label: Open, url: 'https://example.com/?a=1~2&who={NAME}'}");
  }

  std::mt19937_64 random_;
  size_t nodes_;
  std::string out_;
};

}  // namespace millrace::testing_support
