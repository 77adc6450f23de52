millrace_embed(solutions millrace::solutions kMakeApiCall
               ${CMAKE_SOURCE_DIR}/src/solutions/library/MakeAPICall.py)
millrace_embed_folders(solutions millrace::solutions kTemplateFiles ${CMAKE_SOURCE_DIR}/examples
                       blank braze-profile hotel loyalty signup)
