#include "solutions/models/misunderstood.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "solutions/chats.hpp"

namespace millrace::solutions {
namespace {

std::string locale_of(runtime::Archive& archive, const runtime::ChatEntry& chat,
                      const std::string& seal_key, Versions& versions) {
  const auto state = state_of(archive, chat, seal_key);
  const auto program = versions.program(chat.version);
  if (!state || !program || state->locale >= (*program)->locales.size()) return "";
  return (*program)->locales[state->locale];
}

}  // namespace

base::Result<MisunderstoodPage> misunderstood(runtime::Archive& archive,
                                              const MisunderstoodChoice& choice,
                                              const std::string& seal_key, Versions& versions) {
  const auto chats = archive.live(choice.chats);
  if (!chats) return std::unexpected(chats.error());
  std::map<std::pair<std::string, std::string>, Misunderstood> groups;  // by locale and text
  for (const runtime::ChatEntry& chat : *chats) {
    std::vector<Reviewed> all;
    EachReviewed keep = [&](const Reviewed& one) {
      if (!choice.chats.since || one.at >= *choice.chats.since) all.push_back(one);
    };
    if (auto read = review_chat(archive, chat.chat, keep); !read) {
      return std::unexpected(read.error());
    }
    if (all.empty()) continue;
    const std::string locale = locale_of(archive, chat, seal_key, versions);
    if (!choice.locale.empty() && locale != choice.locale) continue;
    for (Reviewed& one : all) {
      const std::string alike = base::squash(one.text);
      Misunderstood& group = groups[{locale, alike}];
      ++group.count;
      group.alike = alike;
      group.locale = locale;
      if (group.count == 1 || group.last.at < one.at) group.last = std::move(one);
    }
  }
  MisunderstoodPage page;
  for (auto& [key, group] : groups) page.groups.push_back(std::move(group));
  std::ranges::stable_sort(page.groups, [](const Misunderstood& one, const Misunderstood& other) {
    return std::pair(one.count, one.last.at) > std::pair(other.count, other.last.at);
  });
  if (chats->size() == choice.chats.limit) page.next = {chats->back().last_at, chats->back().chat};
  return page;
}

}  // namespace millrace::solutions
