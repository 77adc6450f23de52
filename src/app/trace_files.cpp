#include "app/trace_files.hpp"

#include "storage/storage.hpp"

namespace millrace::app {

std::filesystem::path trace_file_in(const std::filesystem::path& data) {
  return data / "traces.db";
}

base::Result<void> each_trace(const std::filesystem::path& data, std::string_view prefix,
                              const std::function<bool(std::string_view text)>& wanted,
                              const std::function<void(const calls::CallTrace&)>& each) {
  auto read =
      storage::each_pair(trace_file_in(data), prefix, [&](std::string_view, std::string_view text) {
        if (!wanted(text)) return true;
        if (const auto trace = calls::trace_from_json(text)) each(*trace);
        return true;
      });
  if (!read && read.error().code == base::Code::not_found) return {};
  return read;
}

}  // namespace millrace::app
