// SQLite's files over the faulty disk: a VFS that asks the disk before it lets the default one act.
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "tests/faults/disk.hpp"

namespace millrace::faults {
namespace {

sqlite3_vfs* system_vfs = nullptr;

struct File {
  sqlite3_file base;
  const std::string* path;  // owned; nullptr for temporary files
  int64_t failures_told;    // failed syncs of this file, by any handle, that this one knows of
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return of(file)->real();
}

Verdict ask(Op op, sqlite3_file* file, size_t bytes = 0) {
  const auto* path = of(file)->path;
  return path == nullptr ? Verdict() : Disk::get().ask(op, *path, bytes);
}

int code_of(const Verdict& verdict, int code) {
  return verdict.error == ENOSPC ? SQLITE_FULL : code;
}

int close(sqlite3_file* file) {
  const int code =
      real(file)->pMethods == nullptr ? SQLITE_OK : real(file)->pMethods->xClose(real(file));
  delete of(file)->path;
  of(file)->path = nullptr;
  return code;
}

int read(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  if (ask(Op::read, file, static_cast<size_t>(amount)).error != 0) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), out, amount, offset);
}

int write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  const Verdict verdict = ask(Op::write, file, static_cast<size_t>(amount));
  const int done = verdict.error == 0 ? amount : static_cast<int>(verdict.bytes_done);
  int code = SQLITE_OK;
  if (done > 0) code = real(file)->pMethods->xWrite(real(file), bytes, done, offset);
  if (code == SQLITE_OK && done > 0 && of(file)->path != nullptr) {
    Disk::get().wrote(*of(file)->path, static_cast<size_t>(offset),
                      {static_cast<const char*>(bytes), static_cast<size_t>(done)});
  }
  return verdict.error == 0 ? code : code_of(verdict, SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const Verdict verdict = ask(Op::truncate, file); verdict.error != 0) {
    return code_of(verdict, SQLITE_IOERR_TRUNCATE);
  }
  const int code = real(file)->pMethods->xTruncate(real(file), size);
  if (code == SQLITE_OK && of(file)->path != nullptr) {
    Disk::get().truncated(*of(file)->path, static_cast<size_t>(size));
  }
  return code;
}

int sync(sqlite3_file* file, int) {
  // The tests' own folder need not survive anything: nothing is really synced.
  const Verdict verdict = ask(Op::sync, file);
  if (of(file)->path == nullptr) return verdict.error == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
  Disk::get().synced(*of(file)->path, verdict.error == 0);
  const int64_t failures = Disk::get().failed_syncs(*of(file)->path);
  const bool is_told = std::exchange(of(file)->failures_told, failures) != failures;
  return verdict.error == 0 && !is_told ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (ask(Op::size, file).error != 0) return SQLITE_IOERR_FSTAT;
  return real(file)->pMethods->xFileSize(real(file), size);
}

int lock(sqlite3_file* file, int level) {
  if (ask(Op::lock, file).error != 0) return SQLITE_IOERR_LOCK;
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}
int control(sqlite3_file* file, int op, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), op, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  if (const Verdict verdict = ask(Op::map, file); verdict.error != 0) {
    return code_of(verdict, SQLITE_IOERR_SHMMAP);
  }
  return real(file)->pMethods->xShmMap(real(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  // Giving a lock back cannot fail.
  if ((flags & SQLITE_SHM_LOCK) != 0 && ask(Op::lock, file).error != 0) return SQLITE_IOERR_SHMLOCK;
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods kMethods = {2,
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

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  std::memset(file, 0, sizeof(File));
  const std::string path = name == nullptr ? "" : name;
  if (Disk::get().ask(Op::open, path, 0).error != 0) return SQLITE_CANTOPEN;
  const int code = system_vfs->xOpen(system_vfs, name, real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  of(file)->path = name == nullptr ? nullptr : new std::string(path);
  of(file)->failures_told = Disk::get().failed_syncs(path);
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (Disk::get().ask(Op::remove, name, 0).error != 0) return SQLITE_IOERR_DELETE;
  const int code = system_vfs->xDelete(system_vfs, name, sync_folder);
  if (code == SQLITE_OK) Disk::get().removed(name);
  return code;
}

}  // namespace

void register_vfs() {
  if (system_vfs != nullptr) return;
  system_vfs = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs ours = *system_vfs;
  ours.zName = "faulty";
  ours.pNext = nullptr;
  ours.szOsFile = static_cast<int>(sizeof(File)) + system_vfs->szOsFile;
  ours.xOpen = open;
  ours.xDelete = remove;
  sqlite3_vfs_register(&ours, 1);
}

}  // namespace millrace::faults
