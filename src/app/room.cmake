target_compile_definitions(millrace PRIVATE MILLRACE_VERSION="${PROJECT_VERSION}")
millrace_embed(app millrace::app kMakeApiCall ${CMAKE_SOURCE_DIR}/src/app/library/MakeAPICall.py)
