// What a question offers to choose from, and which of it an answer means. Pure; for the files of
// this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialog/dialog.hpp"

namespace millrace::dialog {

// Choices that an action has returned: a list of texts or of {label, description, image}; as text:
// JSON, or "a|b". At most 100.
std::vector<Option> dynamic_options(const flow::AssetSource& source, const State& state);

// The number that a text is, all of it.
std::optional<size_t> number_in(std::string_view text);

struct Offer {
  size_t index = 0;   // as flow::roads_of counts options
  std::string value;  // the label of the default locale: data does not depend on the language
  std::optional<flow::NodeNumber> target;
};

// The choices of one question; node and state outlive it.
class Choices {
 public:
  Choices(const flow::DialogNode& node, const State& state);
  Choices(const flow::DialogNode& node, State&& state) = delete;

  bool empty() const { return all_.empty(); }
  // By a label in any language, a synonym, or, where a number is no answer of its own, the place in
  // the list. nullptr: it means none.
  const Offer* meant_by(const std::string& text) const;
  // "Windows, Linux", where every part must be one of them.
  std::optional<std::string> several_meant_by(const std::string& text) const;
  // The choice whose value that is; nullptr: none.
  const Offer* with_value(const std::string& value) const;
  // The question's rules, with these choices as those that it may be answered with.
  ask::Rules rules() const;

 private:
  const Offer* picked(const std::string& text) const;
  std::vector<std::string> names_of(const Offer& choice) const;

  const flow::DialogNode& node_;
  const State& state_;
  std::vector<Offer> all_;
};

// Whether the text is how the node's upload is cancelled.
bool cancels_upload(const flow::DialogNode& node, const std::string& text, const State& state);

}  // namespace millrace::dialog
