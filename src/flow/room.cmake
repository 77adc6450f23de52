millrace_embed(flow millrace::flow kFlowSchema ${CMAKE_SOURCE_DIR}/schemas/flow.schema.json)
millrace_embed(flow millrace::flow kSolutionSchema ${CMAKE_SOURCE_DIR}/schemas/solution.schema.json)
millrace_embed(flow millrace::flow kMessagesSchema ${CMAKE_SOURCE_DIR}/schemas/messages.schema.json)
millrace_embed(flow millrace::flow kNluSchema ${CMAKE_SOURCE_DIR}/schemas/nlu.schema.json)
