#include "channels/page/look.hpp"

#include <algorithm>

#include "base/escape.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/web/web_origin.hpp"
#include "channels/page/files.hpp"
#include "flow/theme.hpp"

namespace millrace::channels {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: "
    "blob: https:; frame-src 'self' https:; base-uri 'none'; form-action 'none'; ";

// "BrazeProfile" is a fine name for a solution; people read two words.
std::string as_words(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    const char last = out.empty() ? ' ' : out.back();
    const bool follows_word = (last >= 'a' && last <= 'z') || (last >= '0' && last <= '9');
    if (letter >= 'A' && letter <= 'Z' && follows_word) out += ' ';
    out += letter == '_' || letter == '-' ? ' ' : letter;
  }
  return out;
}

std::string title_of(const flow::Program& program) {
  const bool is_said = program.theme && !program.theme->title.empty();
  return is_said ? program.theme->title : as_words(program.solution);
}

json::array texts_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

// What the page's scripts are told (web/chat/page.js).
std::string facts_of(const flow::Program& program) {
  json::object facts{{"title", title_of(program)},
                     {"locales", texts_of(program.locales)},
                     {"origins", texts_of(program.origins)}};
  json::object uploads{{"mb", program.uploads.megabytes_max}};
  if (!program.uploads.kinds.empty()) uploads["kinds"] = texts_of(program.uploads.kinds);
  facts["uploads"] = std::move(uploads);
  if (program.theme) {
    const flow::Theme& theme = *program.theme;
    facts["subtitle"] = theme.subtitle;
    facts["logo"] = theme.logo;
    facts["avatar"] = theme.avatar;
  }
  return json::serialize(facts);
}

// Attributes of the root element, for the style sheet.
std::string looks_of(const flow::Program& program) {
  if (!program.theme) return {};
  return " data-header=\"" + program.theme->header + "\" data-corners=\"" + program.theme->corners +
         "\"";
}

// An origin that cannot be part of a policy matches nothing, and would end it.
bool is_plain(std::string_view origin) {
  return origin.find_first_of("\"'<>&;, ") == origin.npos;
}

}  // namespace

std::string style_of(const flow::Theme* theme) {
  if (theme == nullptr) return {};
  std::string rules;
  if (theme->mode != "auto") rules += "color-scheme:" + theme->mode + ";";
  for (const flow::ThemeColour& colour : flow::theme_colours()) {
    const std::string light = flow::colour_of(*theme, colour.name, false);
    const std::string dark = flow::colour_of(*theme, colour.name, true);
    if (light == colour.light && dark == colour.dark) continue;
    std::string name(colour.name);
    std::ranges::replace(name, '_', '-');
    rules += "--" + name + ":light-dark(" + light + "," + dark + ");";
  }
  return (rules.empty() ? "" : ":root{" + rules + "}") + theme->css;
}

std::string page_of(const flow::Program& program, std::string_view files) {
  const auto value_of = [&](std::string_view name) -> std::string {
    if (name == "title") return base::html_escape(title_of(program));
    if (name == "lang") return base::html_escape(program.locales.front());
    if (name == "look") return looks_of(program);
    if (name == "facts") return base::html_escape(facts_of(program));
    if (name == "style") return style_of(program.theme.get());
    MILLRACE_CHECK(name == "files");
    return std::string(files);
  };
  std::string page;
  std::string_view rest = kChatHtml;
  for (auto open = rest.find("{{"); open != rest.npos; open = rest.find("{{")) {
    const auto close = rest.find("}}", open);
    MILLRACE_CHECK(close != rest.npos);
    page += rest.substr(0, open);
    page += value_of(rest.substr(open + 2, close - open - 2));
    rest = rest.substr(close + 2);
  }
  return page += rest;
}

std::string policy_of(const flow::Program& program, std::string_view host) {
  const auto& origins = program.origins;
  std::string framers = " *";
  if (!origins.empty() && std::ranges::find(origins, "*") == origins.end()) {
    framers = " 'self'";
    for (const std::string& origin : origins) {
      if (is_plain(origin)) framers += " " + origin;
    }
    if (web::is_loopback_host(host)) framers += " http://localhost:* http://127.0.0.1:*";
  }
  const std::string hash = base::to_base64url(base::sha256(style_of(program.theme.get()))) + "=";
  return std::string(kPolicy) + "style-src 'self' 'sha256-" + hash + "'; frame-ancestors" + framers;
}

}  // namespace millrace::channels
