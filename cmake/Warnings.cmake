# Flags that every room is built with. Warnings are errors; foreign headers are SYSTEM.
add_library(sleeve_flags INTERFACE)
target_compile_options(sleeve_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Woverloaded-virtual -Wextra-semi -Wnull-dereference -Wimplicit-fallthrough
  # The same bits on every machine: no fused multiply-add that one CPU has and another lacks.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sleeve_flags INTERFACE -Wduplicated-cond -Wlogical-op
    # Both are false alarms inside std::string and std::vector of GCC 12 at -O2.
    -Wno-null-dereference -Wno-restrict)
endif()

if(SLEEVE_SANITIZE)
  target_compile_options(sleeve_flags INTERFACE -fsanitize=${SLEEVE_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all)
  target_link_options(sleeve_flags INTERFACE -fsanitize=${SLEEVE_SANITIZE})
  target_compile_definitions(sleeve_flags INTERFACE SLEEVE_SANITIZED=1)
endif()
if(SLEEVE_FUZZ)
  target_compile_options(sleeve_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
