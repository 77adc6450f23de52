# The page is plain modules; each is served as it is, or packed.
millrace_embed(channels millrace::channels kChatHtml ${CMAKE_SOURCE_DIR}/web/chat/index.html)
millrace_embed_web(channels millrace::channels kChatCss ${CMAKE_SOURCE_DIR}/web/chat/chat.css)
foreach(module Chat Conversation Events Markdown Messages Session Socket Transcript View Words)
  string(TOLOWER ${module} file)
  millrace_embed_web(channels millrace::channels k${module}Js ${CMAKE_SOURCE_DIR}/web/chat/${file}.js)
endforeach()
