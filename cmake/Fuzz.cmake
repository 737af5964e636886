# sleeve_fuzz(NAME room …)
#
# fuzz/NAME.cc holds LLVMFuzzerTestOneInput. With SLEEVE_FUZZ it becomes a libFuzzer target; in
# every other build it is linked with a small main that replays fuzz/corpus/NAME as a test, so
# that harness and corpus can't rot.
function(sleeve_fuzz name)
  set(libraries "")
  foreach(room ${ARGN})
    list(APPEND libraries sleeve_${room})
  endforeach()
  if(SLEEVE_FUZZ)
    add_executable(${name} ${name}.cc)
    target_link_libraries(${name} PRIVATE ${libraries} sleeve_flags)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${name}.cc replay_main.cc)
    target_link_libraries(${name} PRIVATE ${libraries} sleeve_flags)
    add_test(NAME fuzz/${name} COMMAND ${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    set_tests_properties(fuzz/${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
