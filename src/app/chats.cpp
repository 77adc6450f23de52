#include "app/chats.hpp"

#include "app/deployments.hpp"
#include "runtime/record.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

base::Result<std::unique_ptr<runtime::Archive>> archive_of(const std::filesystem::path& data) {
  return storage::open_archive(data / "journal.db");
}

std::vector<std::string> versions_of(const std::filesystem::path& data,
                                     const std::string& solution) {
  std::vector<std::string> versions;
  const auto deployments = Deployments::open(data);
  if (!deployments) return versions;
  for (const Deployment& deployment : deployments->all()) {
    if (deployment.solution == solution) versions.push_back(deployment.hash);
  }
  return versions;
}

std::map<std::string, std::string> solutions_by_version(const std::filesystem::path& data) {
  std::map<std::string, std::string> names;
  const auto deployments = Deployments::open(data);
  if (!deployments) return names;
  for (const Deployment& deployment : deployments->all()) {
    names[deployment.hash] = deployment.solution;
  }
  return names;
}

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

}  // namespace millrace::app
