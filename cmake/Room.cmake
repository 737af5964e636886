# sleeve_room(NAME SOURCES a.cc … USES room … LIBRARIES lib … PUBLIC_LIBRARIES lib … TESTS a_test.cc …)
#
# One room of the house: a static library sleeve_NAME whose USES list is its place in the
# architecture. What a room may include is the closure of USES; tools/check_layers.cmake
# holds every #include against it. LIBRARIES are used by the room's .cc files only;
# PUBLIC_LIBRARIES also by its headers.
function(sleeve_room)
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;USES;LIBRARIES;PUBLIC_LIBRARIES;TESTS;TEST_LIBRARIES" ${ARGN})
  if(ROOM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "sleeve_room: unknown arguments ${ROOM_UNPARSED_ARGUMENTS}")
  endif()
  set(target sleeve_${ROOM_NAME})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include
                                              ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(${target} PRIVATE sleeve_flags ${ROOM_LIBRARIES} PUBLIC ${ROOM_PUBLIC_LIBRARIES})
  foreach(used ${ROOM_USES})
    if(NOT TARGET sleeve_${used})
      message(FATAL_ERROR "room '${ROOM_NAME}' uses '${used}', which is not below it in CMakeLists.txt")
    endif()
    target_link_libraries(${target} PUBLIC sleeve_${used})
  endforeach()
  string(REPLACE ";" " " uses "${ROOM_USES}")
  set_property(GLOBAL APPEND PROPERTY SLEEVE_LAYERS "${ROOM_NAME}: ${uses}")

  if(SLEEVE_TESTS AND ROOM_TESTS)
    add_executable(${ROOM_NAME}_test ${ROOM_TESTS})
    target_link_libraries(${ROOM_NAME}_test PRIVATE ${target} sleeve_flags GTest::gtest_main GTest::gmock
                                                    ${ROOM_TEST_LIBRARIES})
    target_compile_definitions(${ROOM_NAME}_test PRIVATE SLEEVE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # One entry per room: loading OpenCV costs a tenth of a second, for each test it would be a minute.
    add_test(NAME unit/${ROOM_NAME} COMMAND ${ROOM_NAME}_test --gtest_brief=1)
    set_tests_properties(unit/${ROOM_NAME} PROPERTIES LABELS unit TIMEOUT 1800)
  endif()
endfunction()

# sleeve_inner_loops(a.cc … OPTIONS flag …)
#
# Sources whose loops are to be vectorised, which -O2 does only in part; with OPTIONS of their own. Sanitizers look at
# the same loops without it: they need not be fast, and are long in the compiler as it is.
function(sleeve_inner_loops)
  cmake_parse_arguments(LOOPS "" "" "OPTIONS" ${ARGN})
  set(options ${LOOPS_OPTIONS})
  if(CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT SLEEVE_SANITIZE)
    list(APPEND options -O3)
  endif()
  if(options)
    set_source_files_properties(${LOOPS_UNPARSED_ARGUMENTS} PROPERTIES COMPILE_OPTIONS "${options}")
  endif()
endfunction()

# Writes the rooms and what each uses to layers.txt, for the layer check and the docs.
function(sleeve_write_layers)
  get_property(layers GLOBAL PROPERTY SLEEVE_LAYERS)
  string(REPLACE ";" "\n" text "${layers}")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/layers.txt CONTENT "${text}\n")
endfunction()
