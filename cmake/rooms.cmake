# A room is a folder of src/ with whatever folders it has: one static library from its *.cpp, its
# *_test.cpp gathered into the one unit-test binary. Folders are globbed, those in them too, so that
# adding a file is adding a file.
#
#   millrace_room(NAME [PUBLIC header...] [DEPS room...] [LIBS library...])
#
# PUBLIC says which headers other rooms may include; the compiler does not need to know, tools/house
# does.

define_property(GLOBAL PROPERTY MILLRACE_TEST_SOURCES BRIEF_DOCS "unit tests of all rooms"
                FULL_DOCS "unit tests of all rooms")
define_property(GLOBAL PROPERTY MILLRACE_ROOMS BRIEF_DOCS "all rooms" FULL_DOCS "all rooms")

# Text files to be carried inside the binary become constants: millrace_embed(target room NAME file)
# gives `extern const std::string_view NAME;` in namespace millrace::<room>.
function(millrace_embed target namespace name file)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded/${target}_${name}.cpp)
  get_filename_component(source ${file} ABSOLUTE)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${source} -DOUT=${out} -DNAMESPACE=${namespace} -DNAME=${name}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${source} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
            ${CMAKE_SOURCE_DIR}/cmake/embed_bytes.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# All files below the folders, with their paths from `root` on, as a table of (path, bytes).
function(millrace_embed_folders target namespace name root)
  set(files "")
  foreach(folder ${ARGN})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${root} ${root}/${folder}/*)
    list(APPEND files ${found})
  endforeach()
  list(FILTER files EXCLUDE REGEX "__pycache__")
  list(SORT files)
  list(TRANSFORM files PREPEND ${root}/ OUTPUT_VARIABLE sources)
  list(JOIN files "|" joined)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded/${target}_${name}.cpp)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${root} "-DFILES=${joined}" -DOUT=${out}
            -DNAMESPACE=${namespace} -DNAME=${name} -P ${CMAKE_SOURCE_DIR}/cmake/embed_folder.cmake
    DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/cmake/embed_folder.cmake
            ${CMAKE_SOURCE_DIR}/cmake/embed_bytes.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# Working on one room: -DMILLRACE_ONLY="base;http" leaves all others out.
set(MILLRACE_ONLY "" CACHE STRING "Build only these rooms; empty means all")

function(millrace_room name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;DEPS;LIBS" ${ARGN})
  if(MILLRACE_ONLY AND NOT name IN_LIST MILLRACE_ONLY)
    set(MILLRACE_LEFT_OUT ${MILLRACE_LEFT_OUT} ${name} PARENT_SCOPE)
    return()
  endif()
  if(MILLRACE_ONLY)
    list(REMOVE_ITEM ARG_DEPS ${MILLRACE_LEFT_OUT})
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  if(sources)
    millrace_join(${name} sources ${sources})
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC ${ARG_DEPS} ${ARG_LIBS})
    millrace_precompiled(${name} precompiled)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} INTERFACE ${ARG_DEPS} ${ARG_LIBS})
  endif()
  set_property(GLOBAL APPEND PROPERTY MILLRACE_TEST_SOURCES ${tests})
  set_property(GLOBAL APPEND PROPERTY MILLRACE_ROOMS ${name})
  if(EXISTS ${CMAKE_SOURCE_DIR}/src/${name}/room.cmake)
    include(${CMAKE_SOURCE_DIR}/src/${name}/room.cmake)
  endif()
endfunction()

function(millrace_app name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;DEPS;LIBS" ${ARGN})
  if(MILLRACE_ONLY)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/app/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  millrace_join(app sources ${sources})
  add_library(app STATIC ${sources})
  target_include_directories(app PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(app PUBLIC ${ARG_DEPS} ${ARG_LIBS})
  millrace_precompiled(app precompiled)
  add_executable(${name} ${CMAKE_SOURCE_DIR}/src/app/main.cpp)
  target_link_libraries(${name} PRIVATE app)
  millrace_precompiled(${name} precompiled)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  set_property(GLOBAL APPEND PROPERTY MILLRACE_TEST_SOURCES ${tests})
  set_property(GLOBAL APPEND PROPERTY MILLRACE_ROOMS app)
  if(EXISTS ${CMAKE_SOURCE_DIR}/src/app/room.cmake)
    include(${CMAKE_SOURCE_DIR}/src/app/room.cmake)
  endif()
endfunction()
