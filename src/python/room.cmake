# The workers' own package travels inside the binary, as the constants that sources.hpp lists.
foreach(module __init__ carried common confine names net kept contract preload allowed proof bindings
        bodies proofs serve slots zygote checks describe picture)
  millrace_embed(python millrace::python kWorker_${module}
                 ${CMAKE_SOURCE_DIR}/src/python/worker/millrace_worker/${module}.py)
endforeach()
