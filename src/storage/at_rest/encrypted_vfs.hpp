// SQLite over encrypted files: a VFS that hands each page on encrypted, and gives it back in the
// clear. Databases, their write-ahead logs and rollback journals in folders that were opened with a
// key (open_keys.hpp) are encrypted, temporary files under a key that is kept nowhere; all others
// pass untouched. Pages of such a database have to be made with kReservedBytes reserved.
#pragma once

#include <sqlite3.h>

namespace millrace::storage {

// Its name, for sqlite3_open_v2. It stands over whatever VFS is the default one when it is asked.
const char* encrypted_vfs();

// The file below, as the disk has it; the same file where it is not encrypted.
sqlite3_file* as_stored(sqlite3_file* file);

}  // namespace millrace::storage
