#include "storage/at_rest/convert.hpp"

#include <algorithm>

#include "posix/files.hpp"
#include "storage/at_rest/open_keys.hpp"
#include "storage/record_log/record_frames.hpp"
#include "storage/upkeep/backup.hpp"
#include "storage/upkeep/verify.hpp"

namespace millrace::storage {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::fail;

constexpr const char* kReady = "ready";
constexpr const char* kRecords = "braze-records";
constexpr const char* kEvents = "events";
constexpr const char* kAside = "quarantine";

std::string name_of(Conversion conversion) {
  return conversion == Conversion::encrypt ? "encrypt" : "decrypt";
}

base::Result<void> remove_tree(const fs::path& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  return failed ? fail(Code::unavailable, failed.message(), folder.string()) : base::Result<void>();
}

bool is_database(const fs::directory_entry& entry) {
  std::error_code failed;
  return entry.is_regular_file(failed) && entry.path().extension() == ".db" &&
         entry.file_size(failed) > 0;
}

// What is to be converted, by name.
base::Result<std::vector<std::string>> parts_of(const fs::path& data) {
  std::vector<std::string> parts;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data, error)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".damaged") != name.npos) {
      return fail(Code::failed_precondition,
                  name +
                      " was put aside as damaged and may hold anybody's words; move it elsewhere, "
                      "then do this again",
                  data.string());
    }
    const bool is_folder =
        entry.is_directory(error) && (name == kRecords || name == kEvents || name == kAside);
    if (is_folder || is_database(entry)) parts.push_back(name);
  }
  if (error) return fail(Code::unavailable, error.message(), data.string());
  std::ranges::sort(parts);
  return parts;
}

base::Result<void> convert_database(const fs::path& from, const fs::path& to) {
  if (auto copied = copy_database(from, to); !copied) return copied;
  Verification found;
  if (auto read = verify_store(to, "it cannot be converted", found); !read) return read;
  if (found.problems.empty()) return {};
  return fail(Code::data_loss,
              found.problems.front().what + "; `millrace verify --repair` may mend it",
              from.string());
}

base::Result<void> convert_files(const fs::path& from, const fs::path& to) {
  auto done = posix::make_private_folder(to);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    if (!done) return done;
    if (!entry.is_regular_file(error)) continue;
    auto content = posix::read_file(entry.path());
    if (content) content = unsealed_from(entry.path(), std::move(*content));
    const fs::path target = to / entry.path().filename();
    if (content) content = sealed_for(target, std::move(*content));
    if (!content) return std::unexpected(content.error());
    done = posix::write_new_file(target, *content);
  }
  if (error) return fail(Code::unavailable, error.message(), from.string());
  return done ? posix::sync_folder(to) : done;
}

base::Result<void> convert_record_log(const fs::path& from, const fs::path& to) {
  const auto old_key = key_of(from);
  if (!old_key) return std::unexpected(old_key.error());
  const auto new_key = key_of(to);
  if (!new_key) return std::unexpected(new_key.error());
  const auto ids = segments_in(from);
  if (!ids) return std::unexpected(ids.error());
  auto made = posix::make_private_folder(to);
  const RecordSeal old_seal(*old_key);
  RecordSeal new_seal(*new_key);
  for (const uint64_t id : *ids) {
    if (!made) return made;
    const fs::path file = from / segment_name(id);
    std::string frames;
    const auto read =
        each_record(file, id, old_seal, [&](uint64_t number, std::string_view record) {
          append_frame(frames, id, number, new_seal.seal(id, number, record));
          return base::Result<void>();
        });
    if (!read) return read;
    made = posix::write_new_file(to / file.filename(), frames);
  }
  return made ? posix::sync_folder(to) : made;
}

base::Result<void> convert_part(const fs::path& from, const fs::path& to) {
  const fs::path name = from.filename();
  if (name == kRecords || name == kEvents) return convert_record_log(from, to);
  return name == kAside ? convert_files(from, to) : convert_database(from, to);
}

base::Result<void> prepare(const fs::path& data, const DataKey& key, Conversion conversion) {
  const bool encrypts = conversion == Conversion::encrypt;
  const fs::path prepared = conversion_in(data);
  const auto parts = parts_of(data);
  if (!parts) return std::unexpected(parts.error());
  if (auto removed = remove_tree(prepared); !removed) return removed;
  if (auto made = posix::make_private_folder(prepared); !made) return made;
  keep_open(data, encrypts ? std::nullopt : std::optional(key));
  keep_open(prepared, encrypts ? std::optional(key) : std::nullopt);
  for (const std::string& part : *parts) {
    auto converted = convert_part(data / part, prepared / part);
    if (!converted) {
      (void)remove_tree(prepared);
      return converted;
    }
  }
  // SQLite leaves these where it has read.
  for (const std::string& part : *parts) {
    for (const char* ending : {"-wal", "-shm"}) {
      if (auto removed = remove_tree(prepared / (part + ending)); !removed) return removed;
    }
  }
  auto ready = posix::sync_folder(prepared);
  if (ready) ready = posix::write_new_file(prepared / kReady, name_of(conversion));
  if (ready) ready = posix::sync_folder(prepared);
  return ready ? posix::sync_folder(data) : ready;
}

base::Result<void> put_in_place(const fs::path& prepared, const fs::path& target) {
  for (const char* ending : {"-wal", "-shm"}) {
    if (auto removed = remove_tree(target.string() + ending); !removed) return removed;
  }
  std::error_code failed;
  if (fs::is_directory(target, failed)) {
    if (auto removed = remove_tree(target); !removed) return removed;
  }
  return posix::rename_file(prepared, target);
}

// May be done again from anywhere.
base::Result<std::vector<std::string>> finish(const fs::path& data, const DataKey& key,
                                              Conversion conversion) {
  const fs::path prepared = conversion_in(data);
  std::vector<std::string> parts;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(prepared, error)) {
    if (entry.path().filename() != kReady) parts.push_back(entry.path().filename().string());
  }
  if (error) return fail(Code::unavailable, error.message(), prepared.string());
  base::Result<void> done;
  for (const std::string& part : parts) {
    if (done) done = put_in_place(prepared / part, data / part);
  }
  if (done) done = posix::sync_folder(data);
  if (done && conversion == Conversion::decrypt) done = remove_tree(marker_in(data));
  if (done && conversion == Conversion::encrypt && !is_folder_encrypted(data)) {
    done = write_marker(data, key);
  }
  if (done) done = posix::sync_folder(data);
  if (done) done = remove_tree(prepared / kReady);
  if (done) done = remove_tree(prepared);
  if (done) done = posix::sync_folder(data);
  keep_open(data, conversion == Conversion::encrypt ? std::optional(key) : std::nullopt);
  if (!done) return std::unexpected(done.error());
  std::ranges::sort(parts);
  return parts;
}

base::Result<void> check_key(const fs::path& data, const DataKey& key) {
  const auto check = read_marker(data);
  if (!check) return std::unexpected(check.error());
  if (!*check || **check == key.check()) return {};
  return fail(Code::failed_precondition,
              "this is not the key under which this data folder is encrypted", data.string());
}

}  // namespace

base::Result<std::vector<std::string>> convert_folder(const fs::path& data, const DataKey& key,
                                                      Conversion conversion) {
  if (auto good = check_key(data, key); !good) return std::unexpected(good.error());
  if (is_conversion_cut_short(data)) {
    const auto begun = posix::read_file(conversion_in(data) / kReady);
    if (!begun) return std::unexpected(begun.error());
    if (*begun != name_of(conversion)) {
      return fail(Code::failed_precondition,
                  "`millrace " + *begun + "` was cut short here; run that first, which ends it",
                  data.string());
    }
    return finish(data, key, conversion);
  }
  const bool is_encrypted = is_folder_encrypted(data);
  if (is_encrypted == (conversion == Conversion::encrypt)) {
    return fail(Code::failed_precondition,
                is_encrypted ? "this data folder is encrypted already"
                             : "this data folder is not encrypted",
                data.string());
  }
  if (auto ready = prepare(data, key, conversion); !ready) return std::unexpected(ready.error());
  return finish(data, key, conversion);
}

base::Result<void> remove_unfinished_conversion(const fs::path& data) {
  return is_conversion_cut_short(data) ? base::Result<void>() : remove_tree(conversion_in(data));
}

}  // namespace millrace::storage
