millrace_embed(braze millrace::braze kInspectorHtml ${CMAKE_SOURCE_DIR}/web/inspector/index.html)
millrace_embed(braze millrace::braze kInspectorCss ${CMAKE_SOURCE_DIR}/web/inspector/inspector.css)
millrace_embed(braze millrace::braze kInspectorJs ${CMAKE_SOURCE_DIR}/web/inspector/inspector.js)
millrace_embed(braze millrace::braze kRequestsJs ${CMAKE_SOURCE_DIR}/web/inspector/requests.js)
