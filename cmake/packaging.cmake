# What `make install` puts below PREFIX, and what `make deb` puts into the package. The program
# carries its pages, its Python worker and its templates inside, so it runs from anywhere; what it
# calls (bubblewrap, python3) are programs of the system.
#
#   component `program`   the program, its manual page, completions, examples, samples
#   component `service`   the systemd unit and its files in /etc: in the package alone
if(NOT TARGET millrace)
  return()
endif()
include(GNUInstallDirs)
# Whatever the umask of whoever builds it is.
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})

install(TARGETS millrace RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/millrace COMPONENT program
        PATTERN "__pycache__" EXCLUDE)
install(FILES docs/samples/operating/nginx.conf docs/samples/operating/Caddyfile
              docs/samples/operating/alerts.yml docs/samples/operating/grafana-dashboard.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/millrace/samples COMPONENT program)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/millrace COMPONENT program)

# Made by the program itself when it is installed, so that they name the options that it has.
set(millrace_pages ${CMAKE_CURRENT_BINARY_DIR}/packaging)
file(MAKE_DIRECTORY ${millrace_pages})
install(CODE "
  function(millrace_says file)
    execute_process(COMMAND \"$<TARGET_FILE:millrace>\" \${ARGN}
                    OUTPUT_FILE \"${millrace_pages}/\${file}\" COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  millrace_says(millrace completions bash)
  millrace_says(_millrace completions zsh)
  millrace_says(millrace.fish completions fish)
  millrace_says(millrace.1 man)
  execute_process(COMMAND gzip -9nf \"${millrace_pages}/millrace.1\" COMMAND_ERROR_IS_FATAL ANY)
" COMPONENT program)
foreach(page millrace:bash-completion/completions _millrace:zsh/vendor-completions
             millrace.fish:fish/vendor_completions.d millrace.1.gz:man/man1)
  string(REPLACE ":" ";" page ${page})
  list(GET page 0 file)
  list(GET page 1 folder)
  install(FILES ${millrace_pages}/${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder}
          COMPONENT program)
endforeach()

# The package. Its libraries are what dpkg-shlibdeps finds in the program; the rest is what it runs.
set(debian ${CMAKE_CURRENT_SOURCE_DIR}/packaging/debian)
install(FILES ${debian}/millrace.service DESTINATION lib/systemd/system
        COMPONENT service EXCLUDE_FROM_ALL)
install(PROGRAMS ${debian}/millrace-admin DESTINATION ${CMAKE_INSTALL_SBINDIR}
        COMPONENT service EXCLUDE_FROM_ALL)
install(FILES ${debian}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/millrace
        COMPONENT service EXCLUDE_FROM_ALL)
install(FILES ${debian}/environment ${debian}/millrace.conf DESTINATION /etc/millrace
        COMPONENT service EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME millrace)
set(CPACK_PACKAGE_CONTACT "The authors of Millrace <millrace@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Server for conversations that get work done")
set(CPACK_PACKAGE_DESCRIPTION
    "Millrace is a self-hosted platform for conversations: a brand designs a flow, people talk to it
on a website and in their messaging apps, and action nodes in Python carry what was said into
other systems, Braze first of all. It serves the Engagement API of Pypestream and a REST channel.")
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_CURRENT_BINARY_DIR};millrace;program;/"
                                 "${CMAKE_CURRENT_BINARY_DIR};millrace;service;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME "millrace_${PROJECT_VERSION}_amd64.deb")
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE amd64)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, bubblewrap (>= 0.8), passwd, python3 (>= 3.11)")
string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", python3-requests, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-pil, python3-pip, git")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "nginx | caddy, curl")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm
                                       ${debian}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
