millrace_embed(channels millrace::channels kChatHtml ${CMAKE_SOURCE_DIR}/web/chat/index.html)
millrace_embed(channels millrace::channels kChatCss ${CMAKE_SOURCE_DIR}/web/chat/chat.css)
millrace_embed(channels millrace::channels kChatJs ${CMAKE_SOURCE_DIR}/web/chat/chat.js)
