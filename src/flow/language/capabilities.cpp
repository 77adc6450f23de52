#include "flow/capabilities.hpp"

#include <algorithm>

namespace millrace::flow {

const std::vector<Capabilities>& known_channels() {
  static const std::vector<Capabilities> kChannels{
      {"web", Markup::markdown, 0, 100, 0, 100, true, true},
      {"rest", Markup::markdown, 0, 100, 0, 0, false, false, true},
      {"sms", Markup::plain, 1'600, 0, 0, 0, false, false},
      {"whatsapp", Markup::whatsapp, 1'024, 3, 20, 10, true, false},
      {"messenger", Markup::plain, 2'000, 13, 20, 0, false, false},
      {"slack", Markup::slack, 3'000, 25, 75, 0, false, false},
      {"telegram", Markup::html, 4'096, 100, 0, 0, false, false},
      {"email", Markup::html, 0, 0, 0, 0, false, false},
  };
  return kChannels;
}

const Capabilities* find_channel(std::string_view name) {
  const auto& all = known_channels();
  const auto found = std::ranges::find(all, name, &Capabilities::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace millrace::flow
