/* Preloaded into a server: while the file $FAILING_DISK_FLAG exists, writes to (or, when the file
   begins with 's', syncs of) files whose path contains $FAILING_DISK_MATCH fail. 'w': EIO on a write;
   'e': ENOSPC on a write; 's': EIO on a sync; 'h': a sync that does not return while the flag is
   there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char failing(int handle) {
  const char *flag = getenv("FAILING_DISK_FLAG");
  const char *match = getenv("FAILING_DISK_MATCH");
  char place[64];
  char path[512];
  char how = 0;
  int file = flag == NULL ? -1 : open(flag, O_RDONLY | O_CLOEXEC);
  ssize_t length;
  if (file < 0) return 0;
  if (read(file, &how, 1) != 1) how = 0;
  close(file);
  snprintf(place, sizeof place, "/proc/self/fd/%d", handle);
  length = readlink(place, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return match != NULL && strstr(path, match) != NULL ? how : 0;
}

static int failed_sync(int handle) {
  char how = failing(handle);
  while (how == 'h') {
    usleep(20 * 1000);
    how = failing(handle);
  }
  if (how != 's') return 0;
  errno = EIO;
  return 1;
}

int fdatasync(int handle) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return failed_sync(handle) ? -1 : real(handle);
}

int fsync(int handle) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return failed_sync(handle) ? -1 : real(handle);
}

ssize_t pwrite64(int handle, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  const char how = failing(handle);
  if (real == NULL) real = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  if (how == 'w' || how == 'e') {
    errno = how == 'w' ? EIO : ENOSPC;
    return -1;
  }
  return real(handle, bytes, count, at);
}

ssize_t pwrite(int handle, const void *bytes, size_t count, off_t at) {
  return pwrite64(handle, bytes, count, at);
}
