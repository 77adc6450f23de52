# What the published contract and its additions look like, for whoever asks (contract.hpp).
foreach(part openapi asyncapi schemas)
  string(SUBSTRING ${part} 0 1 first)
  string(TOUPPER ${first} first)
  string(SUBSTRING ${part} 1 -1 rest)
  millrace_embed(engage millrace::engage k${first}${rest}Json
                 ${CMAKE_SOURCE_DIR}/src/engage/contract/${part}.json)
endforeach()
