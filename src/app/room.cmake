target_compile_definitions(app PRIVATE MILLRACE_VERSION="${PROJECT_VERSION}")
target_compile_definitions(millrace PRIVATE MILLRACE_VERSION="${PROJECT_VERSION}")
