# The workers' own source travels inside the binary, as the constants that sources.hpp declares.
foreach(part Common Confine Names Net Kept Contract Preload Allowed Proof Bindings Bodies Proofs Serve Slots Zygote Checks Describe)
  string(TOLOWER ${part} lower)
  millrace_embed(python millrace::python kWorker${part}
                 ${CMAKE_SOURCE_DIR}/src/python/worker_${lower}.py)
endforeach()
