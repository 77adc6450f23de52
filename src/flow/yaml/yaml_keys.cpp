#include "flow/yaml/yaml_keys.hpp"

namespace millrace::flow {
namespace {

constexpr Key kChoiceKeys[] = {
    {"label", Shape::text, "What is shown"},
    {"to", Shape::node, "Where it leads"},
    {"icon", Shape::text, "FontAwesome classes"},
    {"url", Shape::text, "A page that opens instead"},
    {"image", Shape::text, "The address of a picture"},
    {"description", Shape::text, "A second line, where the kind has one"},
    {"synonyms", Shape::texts, "What else may be said for it"},
};
constexpr Key kCaseKeys[] = {
    {"when", Shape::text, "An expression"},
    {"to", Shape::node, "Where it leads when that holds"},
    {"else", Shape::node, "Where it leads when no case holds"},
};
constexpr Key kReminderKeys[] = {
    {"after", Shape::duration, "Such as 90s, 5m, 2h, 1d"},
    {"say", Shape::text, "What is said; without it the stock text"},
};
constexpr Key kFormKeys[] = {
    {"form", Shape::form, "Asks in a row, each into its variable"},
    {"next", Shape::node, "What follows the last ask"},
};
constexpr Key kFlowKeys[] = {
    {"nodes", Shape::object, "Each node under its name; the order is the default next"},
    {"description", Shape::text, "A note for authors"},
    {"csv_columns", Shape::list, "Header of the CSV file this flow came from"},
};
constexpr Key kAssetKeys[] = {
    {"kind", Shape::text, "Which rich asset it is"},
    {"content", Shape::text, "Rich Asset Content, as a cell has it"},
};
constexpr ShowWord kShowWords[] = {{"buttons", "button"},
                                   {"list", "listpicker"},
                                   {"quick_replies", "quick_reply"},
                                   {"images", "imagebutton"},
                                   {"none", ""}};

}  // namespace

std::span<const Key> choice_keys() {
  return kChoiceKeys;
}
std::span<const Key> case_keys() {
  return kCaseKeys;
}
std::span<const Key> reminder_keys() {
  return kReminderKeys;
}
std::span<const Key> form_keys() {
  return kFormKeys;
}
std::span<const Key> flow_keys() {
  return kFlowKeys;
}
std::span<const Key> asset_keys() {
  return kAssetKeys;
}
std::span<const ShowWord> show_words() {
  return kShowWords;
}

std::vector<std::string> names_of(std::span<const Key> keys) {
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.name);
  return names;
}

const std::vector<std::string>& answer_types() {
  static const std::vector<std::string> kTypes{"text",    "email", "phone",  "number",
                                               "date",    "time",  "choice", "yes_no",
                                               "address", "regex", "file"};
  return kTypes;
}

const std::vector<std::string>& behaviour_names() {
  static const std::vector<std::string> kNames{"disable_input", "inline", "xfer_to_agent",
                                               "multiple_choice", "secure"};
  return kNames;
}

}  // namespace millrace::flow
