// Each message of a fixed set as each known channel shows it, against tests/rendering/*.golden.
// `make golden` writes what is shown now.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dialog/render.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;
using dialog::AssetKind;
using dialog::Message;
using dialog::Option;

Message with(AssetKind kind, std::string text, std::vector<Option> options) {
  Message message{.text = std::move(text)};
  message.asset.kind = kind;
  message.asset.options = std::move(options);
  return message;
}

std::vector<Option> labels(std::initializer_list<const char*> names) {
  std::vector<Option> out;
  for (const char* name : names) out.push_back({.label = name});
  return out;
}

std::vector<std::pair<std::string, Message>> messages() {
  std::vector<std::pair<std::string, Message>> all;
  const auto add = [&](std::string name, Message message) {
    all.emplace_back(std::move(name), std::move(message));
  };
  add("plain text", {.text = "Hello!"});
  add("emphasis", {.text = "**Bold**, *italic*, `code` and 2 * 3 * 4."});
  add("a link", {.text = "See [our site](https://example.com/?a=1&b=2)."});
  add("what a consumer typed", {.text = "Hi <b>Ada</b> & \"co\" [x] *"});
  add("escapes", {.text = "\\*not bold\\* and \\[not a link\\](x)"});
  add("long text", {.text = std::string(900, 'a') + ". " + std::string(900, 'b') + "\n\n" +
                            std::string(900, 'c')});
  add("two buttons", with(AssetKind::buttons, "Go on?", labels({"Yes", "No"})));
  add("three buttons", with(AssetKind::buttons, "Which?", labels({"A", "B", "C"})));
  add("four buttons", with(AssetKind::buttons, "Which?", labels({"A", "B", "C", "D"})));
  add("eleven buttons", with(AssetKind::buttons, "Which?",
                             labels({"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"})));
  add("long labels", with(AssetKind::buttons, "When?",
                          labels({"Appointment in the morning", "Appointment next week please"})));
  add("labels alike at the start",
      with(AssetKind::buttons, "When?",
           labels({"Appointment in the morning", "Appointment in the evening"})));
  Message replies = with(AssetKind::quick_reply, "Help?", labels({"Ask"}));
  replies.asset.options.push_back({.label = "Read", .url = "https://example.com/help"});
  add("quick replies with a link", replies);
  Message list = with(AssetKind::list_picker, "Drinks", {});
  list.asset.options = {{.label = "Tea", .description = "hot"},
                        {.label = "Water", .image = "https://example.com/w.png"}};
  add("list picker", list);
  add("image buttons", with(AssetKind::image_buttons, "Pets", labels({"Cat", "Dog"})));
  Message several = with(AssetKind::selection, "Toppings", labels({"Ham", "Olives", "Corn"}));
  several.asset.multiple = true;
  add("several choices", several);
  Message carousel{.text = "Cities"};
  carousel.asset.kind = AssetKind::carousel;
  carousel.asset.cards = {
      {"Porto", "by the river", "https://example.com/p.png", labels({"Visit Porto"})},
      {"Lisbon", "", "", labels({"Visit Lisbon"})}};
  add("carousel", carousel);
  Message page{.text = "Please fill in the form."};
  page.asset.kind = AssetKind::webview;
  page.asset.label = "Open";
  page.asset.url = "https://example.com/form";
  add("page", page);
  Message upload{.text = "Your passport, please."};
  upload.asset.kind = AssetKind::file_upload;
  upload.asset.label = "Send";
  upload.asset.cancel_label = "Later";
  add("upload", upload);
  Message date;
  date.asset.kind = AssetKind::date_picker;
  date.asset.prompt = "When do you arrive?";
  add("date picker", date);
  add("stars", with(AssetKind::star_rating, "How was it?", labels({"1", "2", "3", "4", "5"})));
  return all;
}

std::string shown(const dialog::Rendered& rendered) {
  constexpr const char* kElements[] = {"", "buttons", "list"};
  std::string out;
  std::istringstream text(rendered.text);
  for (std::string line; std::getline(text, line);) {
    out +=
        "  | " +
        (line.size() > 200 ? line.substr(0, 40) + "(" + std::to_string(line.size()) + ")" : line) +
        "\n";
  }
  if (!rendered.image.empty()) out += "  image " + rendered.image + "\n";
  for (const dialog::Choice& choice : rendered.choices) {
    out += std::string("  ") + kElements[static_cast<int>(rendered.element)] + " [" + choice.label +
           "]";
    if (choice.answer != choice.label) out += " = " + choice.answer;
    if (!choice.description.empty()) out += " - " + choice.description;
    out += "\n";
  }
  return out;
}

TEST(DialogRender, GoesAsTheGoldenFilesSay) {
  for (const flow::Capabilities& channel : flow::known_channels()) {
    std::string all;
    for (const auto& [name, message] : messages()) {
      all += "== " + name + "\n";
      bool first = true;
      for (const dialog::Rendered& rendered : dialog::render(message, channel)) {
        if (!std::exchange(first, false)) all += "  --\n";
        all += shown(rendered);
      }
    }
    const fs::path file =
        fs::path(MILLRACE_SOURCE_DIR) / "tests/rendering" / (std::string(channel.name) + ".golden");
    if (std::getenv("MILLRACE_GOLDEN") != nullptr) {
      std::ofstream(file) << all;
      continue;
    }
    std::stringstream written;
    written << std::ifstream(file).rdbuf();
    EXPECT_EQ(all, written.str()) << channel.name << ": run `make golden` and read the diff";
  }
}

TEST(DialogRender, HoldsEveryLimitOfItsChannel) {
  for (const flow::Capabilities& channel : flow::known_channels()) {
    for (const auto& [name, message] : messages()) {
      for (const dialog::Rendered& rendered : dialog::render(message, channel)) {
        using Element = dialog::Rendered::Element;
        const size_t max =
            rendered.element == Element::list ? channel.rows_max : channel.buttons_max;
        EXPECT_LE(rendered.choices.size(), max) << channel.name << ": " << name;
        if (channel.markup == flow::Markup::html) {
          EXPECT_EQ(rendered.text.find("<b>Ada"), std::string::npos) << channel.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace millrace
