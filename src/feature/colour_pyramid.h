// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_FEATURE_COLOUR_PYRAMID_H_
#define SLEEVE_FEATURE_COLOUR_PYRAMID_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace sleeve {

// Joint colour histograms on a spatial pyramid (Lazebnik, Schmid & Ponce 2006): level l has 2^l × 2^l cells,
// each with a histogram that sums to its level's weight: 1/2 for the finest, half as much for each one above,
// the two coarsest alike. `tables` say for each channel what a value adds to the bin's number. What
// hsv_pyramid and lab_pyramid have in common.
class ColourPyramid {
 public:
  using Table = std::vector<uint16_t>;  // 256 values

  ColourPyramid(int levels, std::vector<Table> tables, size_t bins)
      : levels_(levels), tables_(std::move(tables)), bins_(bins) {}

  // Cells of all levels.
  static size_t cells(int levels);
  // `picture` is CV_8UC3 with sides that 2^(levels - 1) divides; `out` has cells × bins places, the coarsest
  // level first, cells row by row.
  void describe(const cv::Mat& picture, std::span<float> out);
  // "cell 0,1 of 2 × 2": one name per cell.
  static std::vector<std::string> cell_names(int levels);

 private:
  int levels_;
  std::vector<Table> tables_;
  size_t bins_;
  std::vector<uint32_t> counts_;  // of the finest level
};

// `bins` equal parts of [0, top), each adding `stride` times its number; values from `top` on are in the
// last.
ColourPyramid::Table equal_parts(int bins, int top, size_t stride);

}  // namespace sleeve

#endif  // SLEEVE_FEATURE_COLOUR_PYRAMID_H_
