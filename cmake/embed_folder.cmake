# Writes OUT: a C++ file that defines NAMESPACE::NAME as the files below FOLDER (FILES, separated by
# '|'), each with its path and its bytes, in the order of their paths.
string(REPLACE "|" ";" files "${FILES}")
set(lines "")
foreach(file ${files})
  file(READ ${FOLDER}/${file} hex HEX)
  file(SIZE ${FOLDER}/${file} size)
  string(REGEX REPLACE "(................................................)" "\\1;" parts "${hex}")
  string(APPEND lines "    {\"${file}\", std::string_view(\n")
  foreach(part ${parts})
    string(REGEX REPLACE "(..)" "\\\\x\\1" part "${part}")
    string(APPEND lines "        \"${part}\"\n")
  endforeach()
  string(APPEND lines "        \"\", ${size})},\n")
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
