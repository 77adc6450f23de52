# The workers' own source travels inside the binary, as the constants that sources.hpp declares.
# Done while configuring, with short literals that the compiler joins; a change of a script
# configures anew.
set(bytes_16 "")
string(REPEAT "[0-9a-f][0-9a-f]" 16 bytes_16)
foreach(part Common Serve Checks Describe)
  string(TOLOWER ${part} lower)
  set(script ${CMAKE_SOURCE_DIR}/src/python/worker_${lower}.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
  file(READ ${script} hex HEX)
  file(SIZE ${script} size)
  string(REGEX REPLACE "(${bytes_16})" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
  string(REGEX REPLACE "([^\n]+)\n?" "    \"\\1\"\n" literals "${escaped}")
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/embedded/python_${lower}.cpp @ONLY CONTENT
"#include \"python/sources.hpp\"

namespace millrace::python {
const std::string_view kWorker@part@{
@literals@    , @size@};
}  // namespace millrace::python
")
  target_sources(python PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded/python_${lower}.cpp)
endforeach()
