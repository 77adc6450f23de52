# Writes OUT: a C++ file that defines NAMESPACE::NAME() as the table of FILES (a list, relative to
# ROOT), for the struct that HEADER declares: each with its path, its bytes, and these as gzip has
# them without their comments. A path below DROP loses that.
function(bytes_of hex out)
  string(LENGTH "${hex}" digits)
  set(lines "")
  set(at 0)
  while(at LESS digits)
    string(SUBSTRING "${hex}" ${at} 4000 part)
    string(REGEX REPLACE "(..)" "\\\\x\\1" part "${part}")
    string(APPEND lines "      \"${part}\"\n")
    math(EXPR at "${at} + 4000")
  endwhile()
  math(EXPR size "${digits} / 2")
  set(${out} "std::string_view(\n${lines}      \"\", ${size})" PARENT_SCOPE)
endfunction()

set(rows "")
foreach(file ${FILES})
  execute_process(COMMAND sed -f ${CMAKE_CURRENT_LIST_DIR}/without_comments.sed ${ROOT}/${file}
                  COMMAND gzip -9nc
                  OUTPUT_FILE ${OUT}.gz COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${ROOT}/${file} content HEX)
  file(READ ${OUT}.gz packed HEX)
  bytes_of("${content}" content)
  bytes_of("${packed}" packed)
  string(REGEX REPLACE "^${DROP}" "" path ${file})
  string(APPEND rows "    {\"${path}\",\n     ${content},\n     ${packed}},\n")
endforeach()
file(WRITE ${OUT} "#include \"${HEADER}\"

namespace ${NAMESPACE} {
std::span<const WebFile> ${NAME}() {
  static const WebFile kFiles[] = {
${rows}  };
  return kFiles;
}
}  // namespace ${NAMESPACE}
")
