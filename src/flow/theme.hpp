// How a solution's chat page looks: what solution.yaml says under `theme`, and what can be said of
// colours without a page. Pure values; the page's own colours are those of web/chat/chat.css.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace millrace::flow {

// By the names of theme_colours(): "#1d6a66". What is not named is the page's own.
using Colours = std::map<std::string, std::string, std::less<>>;

struct Theme {
  std::string title;              // in the header; "" = the solution's name
  std::string subtitle;           // under it
  std::string logo;               // in the header: https://..., or data:image/...
  std::string avatar;             // beside what the bot says; the same
  std::string header = "plain";   // or "accent": in the colour of the brand
  std::string corners = "round";  // or "soft", "square"
  std::string mode = "auto";      // as the person's device has it, or "light", "dark"
  Colours light;
  Colours dark;
  std::string css;  // goes behind the page's own style sheet
};

struct ThemeColour {
  std::string_view name;
  std::string_view help;
  std::string_view light, dark;  // the page's own
};
std::span<const ThemeColour> theme_colours();

// The colour that stands under that name, in the light or in the dark: the theme's or the page's
// own. Ink on the accent, and the accent in the dark, follow from the accent unless they are said.
std::string colour_of(const Theme& theme, std::string_view name, bool is_dark);

// "#abc" and "#a1b2c3" as "#a1b2c3", in small letters; "" for anything else.
std::string colour_from(std::string_view text);
// How well one is read on the other, from 1 to 21 (WCAG 2.2, 1.4.3).
double contrast_of(std::string_view one, std::string_view other);
inline constexpr double kContrastMin = 4.5;
// That colour, or the nearest one towards black or white that can be read on the ground.
std::string readable_on(std::string_view ground, std::string_view colour);

}  // namespace millrace::flow
