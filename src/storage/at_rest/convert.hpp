// Data folders encrypted that were kept in the clear, and the other way round: everything is
// written anew in `converting/`, read back, and only then put in the place of what was there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/at_rest/at_rest.hpp"

namespace millrace::storage {

enum class Conversion { encrypt, decrypt };

// Converts databases, record logs and files of calls that were put aside; nobody may use the folder
// meanwhile. Gives their names. Whole or not at all: cut short before all is prepared, it has
// changed nothing; after that the folder is refused until the same is called again. Needs as much
// free room as those files have. Errors: failed_precondition, the folder is so already, a
// conversion the other way was cut short, or files that were put aside as damaged are there;
// data_loss, a file cannot be read whole; unavailable.
base::Result<std::vector<std::string>> convert_folder(const std::filesystem::path& data,
                                                      const DataKey& key, Conversion conversion);

// Removes what a conversion left that was cut short before it had changed anything. The folder must
// be the caller's alone.
base::Result<void> remove_unfinished_conversion(const std::filesystem::path& data);

}  // namespace millrace::storage
