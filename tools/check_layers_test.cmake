# cmake -DCHECK=check_layers.cmake -DWORK=DIR -P check_layers_test.cmake
# The layer check must fail where an include points up, pass where none does, and not pass for
# lack of anything to check.
function(expect outcome name)
  execute_process(COMMAND ${CMAKE_COMMAND} -DSOURCE=${WORK}/src -DLAYERS=${WORK}/layers.txt -P ${CHECK}
                  RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE error)
  if((outcome STREQUAL "pass") AND NOT (result EQUAL 0))
    message(FATAL_ERROR "${name}: should pass, but: ${error}")
  elseif((outcome STREQUAL "fail") AND (result EQUAL 0))
    message(FATAL_ERROR "${name}: should fail, but passes")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(WRITE ${WORK}/layers.txt "base: \nimage: base\nstage: image\n")
expect(fail "nothing to check")
file(WRITE ${WORK}/src/stage/a.cc "#include \"image/b.h\"\n#include \"base/c.h\"\n")
expect(pass "downwards, directly and through another room")
file(WRITE ${WORK}/src/image/b.cc "#include <vector>\n#include \"stage/a.h\"\n")
expect(fail "upwards")
file(WRITE ${WORK}/layers.txt "image: base\nbase: \n")
expect(fail "a room that uses one above it")
