# Every machine has to make the same model: no fused multiply-add.
if(TARGET nlu)
  target_compile_options(nlu PRIVATE -ffp-contract=off)
endif()
