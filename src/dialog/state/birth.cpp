// A chat that begins, and a consumer's words as they come in.
#include <algorithm>

#include "base/text.hpp"
#include "dialog/dialog.hpp"

namespace millrace::dialog {
namespace {

// "en-GB" of a browser's "en-GB,en;q=0.9", where the solution speaks plain English.
std::string own_tag(std::string_view requested, const std::string& spoken) {
  constexpr size_t kTagMax = 35;
  for (const std::string_view item : base::split(requested, ',')) {
    std::string tag(base::trim(item.substr(0, item.find(';'))));
    std::ranges::replace(tag, '_', '-');
    const bool is_tag = tag.size() <= kTagMax && std::ranges::all_of(tag, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-';
                        });
    const std::string_view language = std::string_view(tag).substr(0, tag.find('-'));
    if (is_tag && base::equals_ignoring_case(language, spoken.substr(0, spoken.find('-')))) {
      return tag.size() > spoken.size() ? tag : spoken;
    }
  }
  return spoken;
}

}  // namespace

State open_chat(const flow::Program& program, const ChatBirth& birth) {
  State state;
  state.program = program.hash;
  state.chat = birth.chat;
  state.consumer = birth.consumer;
  state.environment = birth.environment;
  state.locale = program.choose_locale(birth.locale);
  state.region = own_tag(birth.locale, program.locales[state.locale]);
  state.user_data = birth.user_data;
  state.created_at = birth.at;
  state.channel = birth.channel;
  state.address = birth.address;
  state.known_as = birth.known_as;
  return state;
}

std::string heard(std::string_view text) {
  return std::string(base::utf8_prefix(base::clean_user_text(text), kMessageLengthMax));
}

}  // namespace millrace::dialog
