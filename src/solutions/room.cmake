millrace_embed(solutions millrace::solutions kMakeApiCall
               ${CMAKE_SOURCE_DIR}/src/solutions/library/MakeAPICall.py)
