# Every library from outside, in one place; docs/dependencies.md says why each.
find_package(PkgConfig REQUIRED)
find_package(OpenCV 4.6 REQUIRED COMPONENTS core imgproc imgcodecs objdetect dnn features2d)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog REQUIRED)
find_package(TBB REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(CURL 7.85 REQUIRED)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
# What OpenCV's imgcodecs itself stands on; used directly where its imdecode would print or guess.
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
find_package(ZLIB REQUIRED)  # the settings that libpng compresses with
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(TAGLIB REQUIRED IMPORTED_TARGET taglib)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
find_package(Freetype REQUIRED)
find_file(SLEEVE_FONT_FILE DejaVuSans.ttf PATHS /usr/share/fonts PATH_SUFFIXES truetype/dejavu dejavu TTF REQUIRED)
mark_as_advanced(SLEEVE_FONT_FILE)

# LIBSVM has neither a CMake package nor a pkg-config file.
find_path(LIBSVM_INCLUDE_DIR libsvm/svm.h REQUIRED)
find_library(LIBSVM_LIBRARY svm REQUIRED)
mark_as_advanced(LIBSVM_INCLUDE_DIR LIBSVM_LIBRARY)
add_library(sleeve_libsvm INTERFACE)
target_include_directories(sleeve_libsvm SYSTEM INTERFACE ${LIBSVM_INCLUDE_DIR})
target_link_libraries(sleeve_libsvm INTERFACE ${LIBSVM_LIBRARY})

# XGBoost's CMake package would print a line and bring headers that are not system headers.
find_path(XGBOOST_INCLUDE_DIR xgboost/c_api.h REQUIRED)
find_library(XGBOOST_LIBRARY xgboost REQUIRED)
mark_as_advanced(XGBOOST_INCLUDE_DIR XGBOOST_LIBRARY)
add_library(sleeve_xgboost INTERFACE)
target_include_directories(sleeve_xgboost SYSTEM INTERFACE ${XGBOOST_INCLUDE_DIR})
target_link_libraries(sleeve_xgboost INTERFACE ${XGBOOST_LIBRARY})

# One name for OpenCV's parts, with its headers as system headers.
foreach(part core imgproc imgcodecs objdetect dnn features2d)
  add_library(sleeve_opencv_${part} INTERFACE)
  target_include_directories(sleeve_opencv_${part} SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
  target_link_libraries(sleeve_opencv_${part} INTERFACE opencv_${part})
endforeach()

# Having the module doesn't mean having SURF: without OPENCV_ENABLE_NONFREE making one throws.
find_package(OpenCV QUIET OPTIONAL_COMPONENTS xfeatures2d)
if(TARGET opencv_xfeatures2d)
  include(CheckCXXSourceRuns)
  set(CMAKE_REQUIRED_LIBRARIES opencv_xfeatures2d)
  set(CMAKE_REQUIRED_INCLUDES ${OpenCV_INCLUDE_DIRS})
  check_cxx_source_runs("#include <opencv2/xfeatures2d/nonfree.hpp>
    int main() { return cv::xfeatures2d::SURF::create(100.0).empty() ? 1 : 0; }" SLEEVE_HAS_SURF)
  unset(CMAKE_REQUIRED_LIBRARIES)
  unset(CMAKE_REQUIRED_INCLUDES)
endif()

if(SLEEVE_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(SLEEVE_BENCH)
  find_package(benchmark REQUIRED)
endif()
