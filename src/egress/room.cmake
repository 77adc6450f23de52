# What the way out costs: cmake --build build/release --target egress_bench
if(TARGET egress)
  add_executable(egress_bench EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/egress.cpp)
  target_link_libraries(egress_bench PRIVATE egress)
endif()
