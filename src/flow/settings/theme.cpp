#include "flow/theme.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace millrace::flow {
namespace {

using Channels = std::array<int, 3>;

constexpr ThemeColour kColours[] = {
    {"accent", "Of the consumer's words, links and buttons", "#1d6a66", "#6cc3b7"},
    {"on_accent", "Of what is written on the accent", "#fdfffd", "#0c2422"},
    {"page", "Behind everything", "#f4ede3", "#181613"},
    {"card", "Behind the conversation", "#fffdf9", "#211e1b"},
    {"text", "Of what is written", "#2b2622", "#f2ece4"},
    {"quiet", "Of what is said by the way", "#6c6259", "#b0a69b"},
    {"line", "Between things", "#eae0d3", "#37322c"},
    {"bot", "Behind what the bot says", "#f1e8db", "#322d28"},
};

Channels channels_of(std::string_view colour) {
  Channels out{};
  for (size_t i = 0; i < out.size() && colour.size() == 7; ++i) {
    std::from_chars(colour.data() + 1 + 2 * i, colour.data() + 3 + 2 * i, out[i], 16);
  }
  return out;
}

std::string text_of(const Channels& channels) {
  std::string bytes;
  for (const int channel : channels) bytes += static_cast<char>(channel);
  return "#" + base::to_hex(bytes);
}

double luminance_of(std::string_view colour) {
  constexpr std::array kWeights{0.2126, 0.7152, 0.0722};
  const Channels channels = channels_of(colour);
  double sum = 0;
  for (size_t i = 0; i < channels.size(); ++i) {
    const double part = channels[i] / 255.0;
    sum += kWeights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

// So many hundredths of the way from one colour to the other.
std::string between(std::string_view from, std::string_view to, int hundredths) {
  const Channels begin = channels_of(from), end = channels_of(to);
  Channels out{};
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = begin[i] + (end[i] - begin[i]) * hundredths / 100;
  }
  return text_of(out);
}

}  // namespace

std::span<const ThemeColour> theme_colours() {
  return kColours;
}

std::string colour_of(const Theme& theme, std::string_view name, bool is_dark) {
  const Colours& said = is_dark ? theme.dark : theme.light;
  if (const auto found = said.find(name); found != said.end()) return found->second;
  const auto brand = theme.light.find(name);
  const bool follows = is_dark && brand != theme.light.end();
  if (name == "accent" && follows) {
    return readable_on(colour_of(theme, "card", true), brand->second);
  }
  if (name == "on_accent" && (theme.light.contains("accent") || theme.dark.contains("accent"))) {
    const std::string accent = colour_of(theme, "accent", is_dark);
    return contrast_of("#ffffff", accent) >= contrast_of("#111111", accent) ? "#ffffff" : "#111111";
  }
  const auto own = std::ranges::find(kColours, name, &ThemeColour::name);
  if (own == std::ranges::end(kColours)) return {};
  return std::string(is_dark ? own->dark : own->light);
}

std::string colour_from(std::string_view text) {
  const bool is_short = text.size() == 4;
  if (!text.starts_with('#') || (!is_short && text.size() != 7)) return {};
  std::string out = "#";
  for (const char given : text.substr(1)) {
    const char digit = given >= 'A' && given <= 'F' ? static_cast<char>(given + 32) : given;
    if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'))) return {};
    out.append(is_short ? 2 : 1, digit);
  }
  return out;
}

double contrast_of(std::string_view one, std::string_view other) {
  const auto [darker, lighter] = std::minmax({luminance_of(one), luminance_of(other)});
  return (lighter + 0.05) / (darker + 0.05);
}

std::string readable_on(std::string_view ground, std::string_view colour) {
  const bool to_white = contrast_of(ground, "#ffffff") > contrast_of(ground, "#000000");
  for (int hundredths = 0; hundredths <= 100; ++hundredths) {
    std::string tried = between(colour, to_white ? "#ffffff" : "#000000", hundredths);
    if (contrast_of(tried, ground) >= kContrastMin) return tried;
  }
  return to_white ? "#ffffff" : "#000000";
}

}  // namespace millrace::flow
