# Writes OUT: a C++ file that defines NAMESPACE::NAME as a std::string_view over the bytes of IN.
file(READ ${IN} hex HEX)
file(SIZE ${IN} size)
string(LENGTH "${hex}" digits)
set(lines "")
set(at 0)
while(at LESS digits)
  string(SUBSTRING "${hex}" ${at} 48 part)
  string(REGEX REPLACE "(..)" "\\\\x\\1" part "${part}")
  string(APPEND lines "    \"${part}\"\n")
  math(EXPR at "${at} + 48")
endwhile()
file(WRITE ${OUT} "#include <string_view>

namespace ${NAMESPACE} {
extern const std::string_view ${NAME};
const std::string_view ${NAME}{
${lines}    \"\", ${size}};
}  // namespace ${NAMESPACE}
")
