# Schemas of what the API takes and gives: the document's, and what bodies are checked against.
millrace_embed(api millrace::api kComponents ${CMAKE_SOURCE_DIR}/src/api/components.json)
# The page is plain files; each is served as it is.
millrace_embed(api millrace::api kOperatorHtml ${CMAKE_SOURCE_DIR}/web/operator/index.html)
millrace_embed(api millrace::api kOperatorCss ${CMAKE_SOURCE_DIR}/web/operator/operator.css)
millrace_embed(api millrace::api kOperatorJs ${CMAKE_SOURCE_DIR}/web/operator/operator.js)
