// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_RASTER_H_
#define SLEEVE_REPORT_RASTER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "report/drawing.h"

namespace sleeve {

// A picture that polygons are painted on, each pixel by the share of its area that they cover.
class Raster {
 public:
  Raster(int width, int height, const Colour& paper);

  // Paints the union of the outlines (closed, in pixels): by the winding number, where several overlap.
  // Outlines that turn the other way round cut holes into those around them.
  void fill(const std::vector<std::vector<Point>>& outlines, const Colour& colour);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  // Blue, green, red: three bytes a pixel, row by row.
  [[nodiscard]] std::vector<uint8_t>& pixels() { return pixels_; }

 private:
  void blend(int x, int y, const Colour& colour, double coverage);

  int width_;
  int height_;
  std::vector<uint8_t> pixels_;
};

}  // namespace sleeve

#endif  // SLEEVE_REPORT_RASTER_H_
