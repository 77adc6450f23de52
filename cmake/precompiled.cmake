# Headers that most files include are compiled once for each build folder, and millrace_precompiled
# has a target take them from there. Nothing depends on it: with -DMILLRACE_PRECOMPILED=OFF, as in
# the preset `fuzz`, every file is compiled by itself, and so has to include what it uses.
#
#   millrace_precompile(NAME HEADER LIBRARY...)   compiles it, with what the libraries bring
#   millrace_precompiled(TARGET NAME)             the target's sources begin with it
#
# What is compiled names its own folder, so that ccache would not know a file again in another one.
# It looks at a sum of what the headers say instead (`.sum`), and is not asked to keep the compiled
# headers themselves; the presets set CCACHE_PCH_EXTSUM and the sloppiness that ccache asks for.
option(MILLRACE_PRECOMPILED "Compile the headers that most files include once" ON)

function(millrace_precompile name header)
  if(NOT MILLRACE_PRECOMPILED)
    return()
  endif()
  set(empty ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${empty} CONTENT "")
  add_library(${name} STATIC ${empty})
  target_link_libraries(${name} PRIVATE ${ARGN})
  target_precompile_headers(${name} PRIVATE ${header})
  target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  set_target_properties(${name} PROPERTIES CXX_COMPILER_LAUNCHER "")
  set(compiled ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx.pch)
  set(said ${CMAKE_CURRENT_BINARY_DIR}/${name}.ii)
  add_custom_command(
    OUTPUT ${compiled}.sum
    COMMAND ${CMAKE_CXX_COMPILER} -std=c++23 -E -dD -P -MD -MF ${said}.d -MT ${compiled}.sum
            -o ${said} ${header}
    COMMAND sha256sum < ${said} > ${compiled}.sum
    COMMAND ${CMAKE_COMMAND} -E rm ${said}
    DEPENDS ${header}
    DEPFILE ${said}.d
    COMMENT "Summing up ${name}"
    VERBATIM)
  add_custom_target(${name}_sum DEPENDS ${compiled}.sum)
  add_dependencies(${name} ${name}_sum)
  set(MILLRACE_COMPILED_${name} ${compiled} PARENT_SCOPE)
endfunction()

# Not by REUSE_FROM, which has the compiler read the header by its whole path beside what is
# compiled, for ccache to stumble over.
function(millrace_precompiled target name)
  if(NOT MILLRACE_PRECOMPILED)
    return()
  endif()
  add_dependencies(${target} ${name})
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources EXCLUDE REGEX "/embedded/")
  set(compiled ${MILLRACE_COMPILED_${name}})
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${compiled})
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS -Winvalid-pch -include-pch
                                                                  ${compiled})
endfunction()
