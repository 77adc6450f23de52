#include "app/commands/trace_files.hpp"

#include <algorithm>

#include "posix/files.hpp"
#include "storage/storage.hpp"

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

using Wanted = std::function<bool(std::string_view text)>;
using Each = std::function<void(const calls::CallTrace&)>;

base::Result<void> read(storage::PairReader& pairs, std::string_view prefix, const Wanted& wanted,
                        const Each& each) {
  return pairs.each(prefix, [&](std::string_view, std::string_view text) {
    if (!wanted(text)) return true;
    if (const auto trace = calls::trace_from_json(text)) each(*trace);
    return true;
  });
}

// Nothing is found where no call was ever traced.
base::Result<void> within(const std::filesystem::path& data,
                          const std::function<base::Result<void>(storage::PairReader&)>& read) {
  const auto pairs = storage::open_pairs(trace_file_in(data));
  if (pairs) return read(**pairs);
  if (pairs.error().code == base::Code::not_found) return {};
  return std::unexpected(pairs.error());
}

}  // namespace

std::filesystem::path trace_file_in(const std::filesystem::path& data) {
  return data / "traces.db";
}

base::Result<void> each_trace(const std::filesystem::path& data, std::string_view prefix,
                              const Wanted& wanted, const Each& each) {
  return within(data,
                [&](storage::PairReader& pairs) { return read(pairs, prefix, wanted, each); });
}

base::Result<void> each_trace_beside_unknown(const std::filesystem::path& data,
                                             const Wanted& wanted, const Each& each) {
  return within(data, [&](storage::PairReader& pairs) -> base::Result<void> {
    std::set<std::string> chats;
    auto done = pairs.each(calls::unknown_calls(), [&](std::string_view, std::string_view entry) {
      if (auto chat = calls::traces_beside(entry); !chat.empty()) chats.insert(std::move(chat));
      return true;
    });
    for (const std::string& chat : chats) {
      if (done) done = read(pairs, chat, wanted, each);
    }
    return done;
  });
}

base::Result<void> forget_quarantined(const fs::path& data, const std::set<std::string>& chats) {
  std::error_code error;
  std::vector<fs::path> theirs;
  for (const auto& entry : fs::directory_iterator(data / "quarantine", error)) {
    const auto text = posix::read_file(entry.path());
    if (!text) return std::unexpected(text.error());
    const bool is_theirs =
        std::ranges::any_of(chats, [&](const std::string& chat) { return text->contains(chat); });
    if (is_theirs) theirs.push_back(entry.path());
  }
  for (const fs::path& file : theirs) {
    if (!fs::remove(file, error) && error) {
      return base::fail(base::Code::unavailable, error.message(), file.string());
    }
  }
  return {};
}

}  // namespace millrace::app
