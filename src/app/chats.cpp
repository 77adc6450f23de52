#include "app/chats.hpp"

#include "runtime/record.hpp"
#include "storage/storage.hpp"

namespace millrace::app {

base::Result<void> each_chat(const std::filesystem::path& data, EachChat each) {
  const auto key = storage::read_file(data / "journal.key");
  return storage::each_tail(data / "journal.db",
                            [&](const std::vector<runtime::JournalRecord>& records) {
                              runtime::StateReader reader(key ? *key : std::string());
                              for (const runtime::JournalRecord& record : records) {
                                if (!reader.take(record.body)) return true;
                              }
                              const auto state = reader.state();
                              const auto last = runtime::read_record(records.back().body);
                              if (state && last) each(*state, last->at);
                              return true;
                            });
}

}  // namespace millrace::app
