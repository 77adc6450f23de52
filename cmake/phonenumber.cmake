# The target `phonenumber`: libphonenumber as tools/setup-phonenumber.sh laid it out. The folder is
# the same for every build folder. Its headers are another's, so they are SYSTEM.
set(phonenumber_root ${CMAKE_SOURCE_DIR}/build/deps/phonenumber)
if(NOT EXISTS ${phonenumber_root}/.installed)
  message(FATAL_ERROR "libphonenumber is not set up; run tools/setup-phonenumber.sh (or make setup)")
endif()
find_package(Protobuf REQUIRED)
add_library(phonenumber INTERFACE)
target_include_directories(phonenumber SYSTEM INTERFACE ${phonenumber_root}/include)
target_link_libraries(phonenumber INTERFACE ${phonenumber_root}/lib/libphonenumber.so
                                            protobuf::libprotobuf)
