# Writes OUT: a C++ file that defines NAMESPACE::NAME as a std::string_view over the bytes of IN.
include(${CMAKE_CURRENT_LIST_DIR}/embed_bytes.cmake)
bytes_of(${IN} bytes)
# The standard promises no more than 64 KB of a literal; the compilers we build with take any.
file(WRITE ${OUT} "#include <string_view>
#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace ${NAMESPACE} {
extern const std::string_view ${NAME};
const std::string_view ${NAME} = ${bytes};
}  // namespace ${NAMESPACE}
")
