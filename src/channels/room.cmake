# The page and the SDK are plain modules; each is served as it is, or packed without its comments.
set(embedded ${CMAKE_CURRENT_BINARY_DIR}/embedded)
file(GLOB web_files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/web
     ${CMAKE_SOURCE_DIR}/web/chat/*.js ${CMAKE_SOURCE_DIR}/web/chat/*.css
     ${CMAKE_SOURCE_DIR}/web/chat/*/*.js ${CMAKE_SOURCE_DIR}/web/sdk/*.js
     ${CMAKE_SOURCE_DIR}/web/preview/*.js ${CMAKE_SOURCE_DIR}/web/preview/*.css)
list(TRANSFORM web_files PREPEND ${CMAKE_SOURCE_DIR}/web/ OUTPUT_VARIABLE web_sources)
add_custom_command(
  OUTPUT ${embedded}/channels_web_files.cpp
  COMMAND ${CMAKE_COMMAND} -E make_directory ${embedded}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${web_files}" -DROOT=${CMAKE_SOURCE_DIR}/web -DDROP=chat/
          -DOUT=${embedded}/channels_web_files.cpp -DHEADER=channels/page/files.hpp
          -DNAMESPACE=millrace::channels -DNAME=web_files
          -P ${CMAKE_SOURCE_DIR}/cmake/embed_table.cmake
  DEPENDS ${web_sources} ${CMAKE_SOURCE_DIR}/cmake/embed_table.cmake
          ${CMAKE_SOURCE_DIR}/cmake/embed_bytes.cmake
          ${CMAKE_SOURCE_DIR}/cmake/without_comments.sed
  VERBATIM)
target_sources(channels PRIVATE ${embedded}/channels_web_files.cpp)

# index.html is filled in for each solution, and therefore not packed: it goes without its margins.
add_custom_command(
  OUTPUT ${embedded}/index.html
  COMMAND ${CMAKE_COMMAND} -E make_directory ${embedded}
  COMMAND sed "s/^ *//" ${CMAKE_SOURCE_DIR}/web/chat/index.html > ${embedded}/index.html
  DEPENDS ${CMAKE_SOURCE_DIR}/web/chat/index.html
  VERBATIM)
millrace_embed(channels millrace::channels kChatHtml ${embedded}/index.html)
millrace_embed(channels millrace::channels kPreviewHtml ${CMAKE_SOURCE_DIR}/web/preview/index.html)

# The page tag is one script: it is there after one request, before the page is gone again.
set(tag_modules parts kept queue lock sender consent identity context watching tag main)
list(TRANSFORM tag_modules REPLACE "(.+)" "${CMAKE_SOURCE_DIR}/web/tag/\\1.js")
file(GLOB pack_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/pack/*.py)
add_custom_command(
  OUTPUT ${embedded}/millrace-tag.js ${embedded}/millrace-tag.js.gz
  COMMAND ${CMAKE_COMMAND} -E make_directory ${embedded}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/pack ${embedded}/millrace-tag.js
          ${tag_modules}
  COMMAND gzip -9nkf ${embedded}/millrace-tag.js
  DEPENDS ${tag_modules} ${pack_sources}
  VERBATIM)
millrace_embed(channels millrace::channels kTagScript ${embedded}/millrace-tag.js)
millrace_embed(channels millrace::channels kTagPacked ${embedded}/millrace-tag.js.gz)
