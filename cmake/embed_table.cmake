# Writes OUT: a C++ file that defines NAMESPACE::NAME() as the table of FILES (a list, relative to
# ROOT), for the struct that HEADER declares: each with its path, its bytes, and these as gzip has
# them without their comments. A path below DROP loses that.
include(${CMAKE_CURRENT_LIST_DIR}/embed_bytes.cmake)

set(rows "")
foreach(file ${FILES})
  execute_process(COMMAND sed -f ${CMAKE_CURRENT_LIST_DIR}/without_comments.sed ${ROOT}/${file}
                  COMMAND gzip -9nc
                  OUTPUT_FILE ${OUT}.gz COMMAND_ERROR_IS_FATAL ANY)
  bytes_of(${ROOT}/${file} content)
  bytes_of(${OUT}.gz packed)
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
