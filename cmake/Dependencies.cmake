# Every library from outside, in one place; docs/dependencies.md says why each.
find_package(PkgConfig REQUIRED)
find_package(OpenCV 4.6 REQUIRED COMPONENTS core imgproc imgcodecs objdetect)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog REQUIRED)
find_package(TBB REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
# What OpenCV's imgcodecs itself stands on; used directly where its imdecode would print or guess.
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# LIBSVM has neither a CMake package nor a pkg-config file.
find_path(LIBSVM_INCLUDE_DIR libsvm/svm.h REQUIRED)
find_library(LIBSVM_LIBRARY svm REQUIRED)
mark_as_advanced(LIBSVM_INCLUDE_DIR LIBSVM_LIBRARY)
add_library(sleeve_libsvm INTERFACE)
target_include_directories(sleeve_libsvm SYSTEM INTERFACE ${LIBSVM_INCLUDE_DIR})
target_link_libraries(sleeve_libsvm INTERFACE ${LIBSVM_LIBRARY})

# One name for OpenCV's parts, with its headers as system headers.
foreach(part core imgproc imgcodecs objdetect)
  add_library(sleeve_opencv_${part} INTERFACE)
  target_include_directories(sleeve_opencv_${part} SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
  target_link_libraries(sleeve_opencv_${part} INTERFACE opencv_${part})
endforeach()

if(SLEEVE_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(SLEEVE_BENCH)
  find_package(benchmark REQUIRED)
endif()
