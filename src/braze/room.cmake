millrace_embed(braze millrace::braze kInspectorHtml ${CMAKE_SOURCE_DIR}/web/inspector/index.html)
millrace_embed(braze millrace::braze kInspectorCss ${CMAKE_SOURCE_DIR}/web/inspector/inspector.css)
millrace_embed(braze millrace::braze kInspectorJs ${CMAKE_SOURCE_DIR}/web/inspector/inspector.js)
millrace_embed(braze millrace::braze kRequestsJs ${CMAKE_SOURCE_DIR}/web/inspector/requests.js)

# The top-level domains that ICANN has, one a line: the last labels of the ICANN half of the public
# suffix list. `onion` stands there and is none of them.
find_file(PUBLIC_SUFFIX_LIST public_suffix_list.dat
          PATHS /usr/share/publicsuffix /usr/local/share/publicsuffix)
if(NOT PUBLIC_SUFFIX_LIST)
  message(FATAL_ERROR "The public suffix list is not there; install Debian's package publicsuffix "
                      "(or make setup)")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PUBLIC_SUFFIX_LIST})
file(READ ${PUBLIC_SUFFIX_LIST} suffixes)
string(FIND "${suffixes}" "===END ICANN DOMAINS===" icann_end)
string(SUBSTRING "${suffixes}" 0 ${icann_end} suffixes)
string(REGEX REPLACE "//[^\n]*" "" suffixes "${suffixes}")
string(REGEX REPLACE "[ \t\r\n]+" ";" suffixes "${suffixes}")
list(TRANSFORM suffixes REPLACE "^.*\\." "")
list(REMOVE_DUPLICATES suffixes)
list(REMOVE_ITEM suffixes "" onion)
list(SORT suffixes)
list(JOIN suffixes "\n" suffixes)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/top_level_domains.txt CONTENT "${suffixes}" @ONLY)
millrace_embed(braze millrace::braze kTopLevelDomains
               ${CMAKE_CURRENT_BINARY_DIR}/top_level_domains.txt)
