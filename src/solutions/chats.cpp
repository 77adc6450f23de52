#include "solutions/chats.hpp"

#include <map>

#include "runtime/records/record.hpp"

namespace millrace::solutions {

base::Result<void> each_chat(runtime::Archive& archive, runtime::ChatFilter filter, EachChat each) {
  constexpr size_t kPage = 1'000;
  filter.limit = kPage;
  for (;;) {
    const auto page = archive.live(filter);
    if (!page) return std::unexpected(page.error());
    for (const runtime::ChatEntry& chat : *page) {
      if (auto done = each(chat); !done) return done;
    }
    if (page->size() < kPage) return {};
    filter.after = {page->back().last_at, page->back().chat};
  }
}

base::Result<dialog::State> state_of(runtime::Archive& archive, const runtime::ChatEntry& chat,
                                     const std::string& seal_key) {
  const auto tail = archive.tail(chat.consumer, chat.last);
  if (!tail) return std::unexpected(tail.error());
  return runtime::state_after(*tail, seal_key);
}

std::vector<std::string> versions_of(const Deployments& deployments, std::string_view solution) {
  std::vector<std::string> versions;
  for (const Deployment& deployment : deployments.all()) {
    if (deployment.solution == solution) versions.push_back(deployment.hash);
  }
  return versions;
}

base::Result<std::vector<ListedVersion>> list_versions(const Deployments& deployments,
                                                       runtime::Archive* archive) {
  std::map<std::string, size_t> live;
  if (archive != nullptr) {
    const auto read = each_chat(*archive, {.live = true},
                                [&](const runtime::ChatEntry& chat) -> base::Result<void> {
                                  ++live[chat.version];
                                  return {};
                                });
    if (!read) return std::unexpected(read.error());
  }
  std::vector<ListedVersion> out;
  for (const Deployment& deployment : deployments.all()) {
    const bool is_current = deployments.current(deployment.solution) == &deployment;
    out.push_back({deployment, is_current, live[deployment.hash]});
  }
  return out;
}

}  // namespace millrace::solutions
