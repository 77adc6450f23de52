target_compile_definitions(millrace PRIVATE MILLRACE_VERSION="${PROJECT_VERSION}")
