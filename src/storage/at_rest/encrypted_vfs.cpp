#include "storage/at_rest/encrypted_vfs.hpp"

#include <list>
#include <mutex>
#include <string>

#include "storage/at_rest/open_keys.hpp"
#include "storage/at_rest/sealed_file.hpp"

namespace millrace::storage {
namespace {

constexpr int kAsStored = 0x4d525741;  // an operation of xFileControl: which file is below

struct File {
  sqlite3_file base;
  SealedFile* sealed;  // owned
};

// SQLite gives one piece of memory for ours and for the file below.
constexpr size_t kBelowAt = (sizeof(File) + 15) / 16 * 16;

SealedFile& of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file)->sealed;
}
sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kBelowAt);
}

int close(sqlite3_file* file) {
  delete &of(file);
  return below(file)->pMethods->xClose(below(file));
}
int read(sqlite3_file* file, void* out, int bytes, sqlite3_int64 at) {
  return of(file).read(Stored(below(file)), static_cast<char*>(out), bytes, at);
}
int write(sqlite3_file* file, const void* in, int bytes, sqlite3_int64 at) {
  return of(file).write(Stored(below(file)), static_cast<const char*>(in), bytes, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  of(file).cut();
  return below(file)->pMethods->xTruncate(below(file), size);
}
int sync(sqlite3_file* file, int flags) {
  return below(file)->pMethods->xSync(below(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return below(file)->pMethods->xFileSize(below(file), size);
}
int lock(sqlite3_file* file, int level) {
  return below(file)->pMethods->xLock(below(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return below(file)->pMethods->xUnlock(below(file), level);
}
int check_reserved(sqlite3_file* file, int* out) {
  return below(file)->pMethods->xCheckReservedLock(below(file), out);
}
int control(sqlite3_file* file, int operation, void* argument) {
  if (operation != kAsStored) {
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
  }
  *static_cast<sqlite3_file**>(argument) = below(file);
  return SQLITE_OK;
}
int sector_size(sqlite3_file* file) {
  return below(file)->pMethods->xSectorSize(below(file));
}
// That a write spoils nothing beside it (which is so of Unix files) keeps heads and pages in pieces
// of their own.
int characteristics(sqlite3_file* file) {
  return below(file)->pMethods->xDeviceCharacteristics(below(file)) |
         SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  below(file)->pMethods->xShmBarrier(below(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return below(file)->pMethods->xShmUnmap(below(file), remove);
}

// Version 2: nothing is mapped into memory, where it would be as the disk has it.
constexpr sqlite3_io_methods kMethods = {2,
                                         close,
                                         read,
                                         write,
                                         truncate,
                                         sync,
                                         file_size,
                                         lock,
                                         unlock,
                                         check_reserved,
                                         control,
                                         sector_size,
                                         characteristics,
                                         shm_map,
                                         shm_lock,
                                         shm_barrier,
                                         shm_unmap,
                                         nullptr,
                                         nullptr};

// nullptr: the file stays in the clear.
std::unique_ptr<SealedFile> sealed_as(const char* name, int flags) {
  if (name == nullptr) return sealed_temporary();
  const auto key = opened_key(name);
  if (!key) return nullptr;
  if ((flags & SQLITE_OPEN_WAL) != 0) return sealed_log(key->of_file(name));
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return sealed_journal(key->of_file(name));
  return sealed_database(key->of_file(name));
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const default_vfs = static_cast<sqlite3_vfs*>(vfs->pAppData);
  file->pMethods = nullptr;
  auto sealed = sealed_as(name, flags);
  if (!sealed) return default_vfs->xOpen(default_vfs, name, file, flags, out_flags);
  below(file)->pMethods = nullptr;
  const int code = default_vfs->xOpen(default_vfs, name, below(file), flags, out_flags);
  if (code != SQLITE_OK) {
    // SQLite closes one that failed and has methods all the same.
    if (below(file)->pMethods != nullptr) below(file)->pMethods->xClose(below(file));
    return code;
  }
  reinterpret_cast<File*>(file)->sealed = sealed.release();
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

struct Registered {
  std::string name;
  sqlite3_vfs vfs;
};

}  // namespace

const char* encrypted_vfs() {
  static std::mutex mutex;
  static std::list<Registered> registered;  // SQLite keeps pointers into it
  const std::lock_guard lock(mutex);
  sqlite3_vfs* const default_vfs = sqlite3_vfs_find(nullptr);
  const std::string name = std::string("encrypted over ") + default_vfs->zName;
  for (const Registered& known : registered) {
    if (known.name == name) return known.name.c_str();
  }
  Registered& fresh = registered.emplace_back(Registered{name, *default_vfs});
  fresh.vfs.zName = fresh.name.c_str();
  fresh.vfs.pNext = nullptr;
  fresh.vfs.pAppData = default_vfs;
  fresh.vfs.szOsFile = static_cast<int>(kBelowAt) + default_vfs->szOsFile;
  fresh.vfs.xOpen = open;
  sqlite3_vfs_register(&fresh.vfs, 0);
  return fresh.name.c_str();
}

sqlite3_file* as_stored(sqlite3_file* file) {
  sqlite3_file* stored = nullptr;
  const int code = file->pMethods->xFileControl(file, kAsStored, &stored);
  return code == SQLITE_OK && stored != nullptr ? stored : file;
}

}  // namespace millrace::storage
