# Sources of one target are compiled together, MILLRACE_JOINED at a time: what a source costs is
# mostly reading headers that its neighbours read as well. tools/join says which go together: never
# two that give different meanings to one name of their own. -DMILLRACE_JOINED=1 compiles each by
# itself, as the preset `fuzz` does, which holds every source to including what it uses. Where a
# source comes to say a name that a joined one says, the compiler names both: configure again.
#
#   millrace_join(TARGET OUT SOURCE...)   OUT: the files to be compiled instead
set(MILLRACE_JOINED 8 CACHE STRING "How many sources are compiled together at most; 1: none")
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(millrace_join target out)
  set(joined "")
  if(MILLRACE_JOINED GREATER 1)
    execute_process(
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/join ${MILLRACE_JOINED} ${ARGN}
      OUTPUT_VARIABLE groups OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    # Quoted, so that the ";" within a line stay what they are.
    string(REPLACE ";" "|" groups "${groups}")
    string(REPLACE "\n" ";" groups "${groups}")
    set(number 0)
    foreach(group IN LISTS groups)
      string(REPLACE "|" ";" group "${group}")
      list(LENGTH group count)
      if(count EQUAL 1)
        list(APPEND joined ${group})
        continue()
      endif()
      set(content "")
      foreach(source IN LISTS group)
        # From there on, so that ccache knows it again in another folder.
        file(RELATIVE_PATH source ${CMAKE_BINARY_DIR}/joined ${source})
        string(APPEND content "#include \"${source}\"\n")
      endforeach()
      set(file ${CMAKE_BINARY_DIR}/joined/${target}_${number}.cpp)
      file(CONFIGURE OUTPUT ${file} CONTENT "${content}" @ONLY)
      list(APPEND joined ${file})
      math(EXPR number "${number} + 1")
    endforeach()
  else()
    set(joined ${ARGN})
  endif()
  set(${out} ${joined} PARENT_SCOPE)
endfunction()
