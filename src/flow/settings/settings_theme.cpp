#include "flow/settings/settings_theme.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "flow/settings/settings_keys.hpp"
#include "flow/theme.hpp"

namespace millrace::flow {
namespace {

constexpr size_t kTextMax = 120;           // code points
constexpr size_t kImageBytesMax = 64'000;  // an address, or the image itself
constexpr size_t kCssBytesMax = 32'000;

// What is written on what.
struct Written {
  std::string_view ink, ground;
};
constexpr Written kWritten[] = {
    {"on_accent", "accent"}, {"accent", "card"}, {"text", "card"},
    {"text", "bot"},         {"quiet", "card"},
};

std::string tenths(double number) {
  const auto rounded = static_cast<int>(std::floor(number * 10));
  return std::to_string(rounded / 10) + "." + std::to_string(rounded % 10);
}

void read_image(YamlFile& file, const YamlPair& pair, std::string& into) {
  into = file.scalar(pair).value_or("");
  const bool is_image = into.starts_with("https://") || into.starts_with("data:image/");
  if (into.empty() || (is_image && into.size() <= kImageBytesMax &&
                       into.find_first_of(" \"'<>\\\n") == into.npos)) {
    return;
  }
  file.error(
      pair, "bad_image", "'" + pair.key + "' is not an image that the page can show",
      "write an address that begins with https://, or data:image/png;base64,... of at most " +
          std::to_string(kImageBytesMax / 1'000) + " KB");
  into.clear();
}

void read_text(YamlFile& file, const YamlPair& pair, std::string& into) {
  into = std::string(base::trim(file.scalar(pair).value_or("")));
  if (base::utf8_length(into) <= kTextMax) return;
  file.error(pair, "text_too_long",
             "'" + pair.key + "' is longer than " + std::to_string(kTextMax) + " characters",
             "shorten it");
}

void read_word(YamlFile& file, const YamlPair& pair, std::string& into) {
  const auto keys = theme_keys();
  const std::vector<std::string>& words =
      *std::ranges::find(keys, std::string_view(pair.key), &Key::name)->words;
  const std::string given = file.scalar(pair).value_or(into);
  if (std::ranges::find(words, given) != words.end()) {
    into = given;
    return;
  }
  const std::string near = did_you_mean(given, words);
  file.error(pair, "bad_value", "'" + pair.key + "' cannot be '" + given + "'",
             near.empty() ? "it is one of " + list_of(words) : "did you mean '" + near + "'?");
}

void read_css(YamlFile& file, const YamlPair& pair, std::string& into) {
  into = file.scalar(pair).value_or("");
  if (into.contains("</") || into.contains("<!--")) {
    file.error(pair, "bad_css", "css holds what would end the page's style", "leave '</' out");
    into.clear();
  } else if (into.size() > kCssBytesMax) {
    file.error(pair, "text_too_long",
               "css is longer than " + std::to_string(kCssBytesMax / 1'000) + " KB", "shorten it");
    into.clear();
  }
}

void read_colours(YamlFile& file, const YamlPair& section, Colours& into,
                  std::vector<std::pair<std::string, YamlPair>>& said) {
  for (const YamlPair& pair : file.pairs(section.value, section.key)) {
    const auto known = theme_colour_keys();
    if (std::ranges::find(known, std::string_view(pair.key), &Key::name) == known.end()) {
      file.unknown_key(pair, names_of(known));
      continue;
    }
    const std::string given = file.scalar(pair).value_or("");
    const std::string colour = colour_from(given);
    if (colour.empty()) {
      file.error(pair, "bad_colour", "'" + given + "' is not a colour",
                 "write it in quotes like '#1d6a66'");
      continue;
    }
    into[pair.key] = colour;
    said.emplace_back(section.key, pair);
  }
}

// Each pair of which the author has chosen one is looked at, in the light and in the dark, as far
// as the page is ever shown in it.
void judge_contrast(YamlFile& file, const Theme& theme,
                    const std::vector<std::pair<std::string, YamlPair>>& said) {
  for (const bool is_dark : {false, true}) {
    if (theme.mode == (is_dark ? "light" : "dark")) continue;
    const std::string_view own = is_dark ? "dark" : "colours";
    for (const auto& [ink, ground] : kWritten) {
      const auto by = [&](std::string_view section, std::string_view name) {
        return std::ranges::find_if(
            said, [&](const auto& one) { return one.first == section && one.second.key == name; });
      };
      auto found = by(own, ink);
      if (found == said.end()) found = by(own, ground);
      if (found == said.end()) continue;
      const std::string below = colour_of(theme, ground, is_dark);
      const std::string above = colour_of(theme, ink, is_dark);
      const double contrast = contrast_of(above, below);
      if (contrast >= kContrastMin) continue;
      const YamlPair& pair = found->second;
      file.problems().warning(
          {.file = file.name(),
           .line = pair.line,
           .position = pair.position,
           .length = pair.length,
           .column = "theme." + found->first + "." + pair.key,
           .code = "contrast",
           .message = std::string(ink) + " " + above + " on " + std::string(ground) + " " + below +
                      (is_dark ? " in the dark" : "") + " has a contrast of " + tenths(contrast) +
                      ":1, and many cannot read what has less than 4.5:1",
           .remedy = std::string(ink) + " '" + readable_on(below, above) + "' can be read there"});
    }
  }
}

}  // namespace

void read_theme(YamlFile& file, const YamlPair& section, Program& program) {
  auto theme = std::make_shared<Theme>();
  std::vector<std::pair<std::string, YamlPair>> said;
  for (const YamlPair& pair : file.pairs(section.value, "theme")) {
    if (pair.key == "title") {
      read_text(file, pair, theme->title);
    } else if (pair.key == "subtitle") {
      read_text(file, pair, theme->subtitle);
    } else if (pair.key == "logo") {
      read_image(file, pair, theme->logo);
    } else if (pair.key == "avatar") {
      read_image(file, pair, theme->avatar);
    } else if (pair.key == "header") {
      read_word(file, pair, theme->header);
    } else if (pair.key == "corners") {
      read_word(file, pair, theme->corners);
    } else if (pair.key == "mode") {
      read_word(file, pair, theme->mode);
    } else if (pair.key == "colours") {
      read_colours(file, pair, theme->light, said);
    } else if (pair.key == "dark") {
      read_colours(file, pair, theme->dark, said);
    } else if (pair.key == "css") {
      read_css(file, pair, theme->css);
    } else {
      file.unknown_key(pair, names_of(theme_keys()));
    }
  }
  judge_contrast(file, *theme, said);
  program.theme = std::move(theme);
}

}  // namespace millrace::flow
