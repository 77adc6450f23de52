# Writes OUT: a C++ file that defines NAMESPACE::NAME as the files below FOLDER (FILES, separated by
# '|'), each with its path and its bytes, in the order of their paths.
include(${CMAKE_CURRENT_LIST_DIR}/embed_bytes.cmake)
string(REPLACE "|" ";" files "${FILES}")
set(lines "")
foreach(file ${files})
  bytes_of(${FOLDER}/${file} bytes)
  string(APPEND lines "    {\"${file}\", ${bytes}},\n")
endforeach()
file(WRITE ${OUT} "#include <span>
#include <string_view>
#include <utility>

namespace ${NAMESPACE} {
namespace {
constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
${lines}};
}  // namespace
extern const std::span<const std::pair<std::string_view, std::string_view>> ${NAME};
const std::span<const std::pair<std::string_view, std::string_view>> ${NAME}{kFiles};
}  // namespace ${NAMESPACE}
")
