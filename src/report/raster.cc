// SPDX-License-Identifier: Apache-2.0
#include "report/raster.h"

#include <algorithm>
#include <cmath>

namespace sleeve {
namespace {

struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;  // right and bottom exclusive
};

Box box_of(const std::vector<std::vector<Point>>& outlines, int width, int height) {
  double left = width, top = height, right = 0, bottom = 0;
  for (const auto& outline : outlines) {
    for (const Point& point : outline) {
      left = std::min(left, point.x);
      right = std::max(right, point.x);
      top = std::min(top, point.y);
      bottom = std::max(bottom, point.y);
    }
  }
  const auto within = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  return {within(std::floor(left), width), within(std::floor(top), height), within(std::ceil(right), width),
          within(std::ceil(bottom), height)};
}

// Signed areas: each edge leaves in every pixel it crosses, and the one to the right, how much of it lies to
// its right. Sums along a row are then the winding numbers, weighted by area (as in font-rs, Levien 2016).
class Coverage {
 public:
  Coverage(int width, int height)
      : width_(width),
        height_(height),
        stride_(static_cast<size_t>(width) + 2),
        cells_(stride_ * static_cast<size_t>(height)) {}

  void add_edge(Point from, Point to) {
    if (from.y == to.y) return;
    const double direction = from.y < to.y ? 1 : -1;
    if (from.y > to.y) std::swap(from, to);
    const double slope = (to.x - from.x) / (to.y - from.y);
    const int first = std::max(0, static_cast<int>(std::floor(from.y)));
    const int last = std::min(height_, static_cast<int>(std::ceil(to.y)));
    for (int y = first; y < last; ++y) {
      const double begin = std::max<double>(y, from.y), end = std::min<double>(y + 1, to.y);
      if (end <= begin) continue;
      const double x0 = from.x + (begin - from.y) * slope, x1 = from.x + (end - from.y) * slope;
      add_span(y, clamped(std::min(x0, x1)), clamped(std::max(x0, x1)), direction * (end - begin));
    }
  }

  [[nodiscard]] double cell(int x, int y) const { return cells_[index(x, y)]; }

 private:
  [[nodiscard]] double clamped(double x) const { return std::clamp(x, 0.0, static_cast<double>(width_)); }
  [[nodiscard]] size_t index(int x, int y) const {
    return static_cast<size_t>(y) * stride_ + static_cast<size_t>(x);
  }

  // An edge that goes from x0 to x1 within one row and covers `height` of it.
  void add_span(int y, double x0, double x1, double height) {
    const int from = static_cast<int>(std::floor(x0));
    double before = 0;  // what the cells so far have got of `height`
    for (int x = from; x <= static_cast<int>(std::floor(x1)); ++x) {
      const double covered = height * share_left_of(x + 1, x0, x1);
      cells_[index(x, y)] += covered - before;
      before = covered;
    }
    cells_[index(static_cast<int>(std::floor(x1)) + 1, y)] += height - before;
  }
  // The mean, over the edge from x0 to x1, of how much of the pixel that ends at `right` lies to its right.
  static double share_left_of(int right, double x0, double x1) {
    const double left = right - 1;
    if (x1 - x0 < 1e-9) return std::clamp(right - x0, 0.0, 1.0);
    const auto integral = [&](double x) {  // of clamp(right - x, 0, 1) from -infinity, up to a constant
      if (x <= left) return x - left;
      if (x >= right) return 0.5;
      const double d = x - left;
      return d - d * d / 2;
    };
    return (integral(x1) - integral(x0)) / (x1 - x0);
  }

  int width_;
  int height_;
  size_t stride_;
  std::vector<double> cells_;
};

}  // namespace

Raster::Raster(int width, int height, const Colour& paper)
    : width_(width), height_(height), pixels_(static_cast<size_t>(width) * static_cast<size_t>(height) * 3) {
  for (size_t i = 0; i < pixels_.size(); i += 3) {
    pixels_[i] = paper.blue;
    pixels_[i + 1] = paper.green;
    pixels_[i + 2] = paper.red;
  }
}

void Raster::fill(const std::vector<std::vector<Point>>& outlines, const Colour& colour) {
  const Box box = box_of(outlines, width_, height_);
  if (box.left >= box.right || box.top >= box.bottom) return;
  Coverage coverage(box.right - box.left, box.bottom - box.top);
  const auto moved = [&](const Point& point) { return Point{point.x - box.left, point.y - box.top}; };
  for (const auto& outline : outlines) {
    for (size_t i = 0; i < outline.size(); ++i) {
      coverage.add_edge(moved(outline[i]), moved(outline[(i + 1) % outline.size()]));
    }
  }
  for (int y = box.top; y < box.bottom; ++y) {
    double winding = 0;
    for (int x = box.left; x < box.right; ++x) {
      winding += coverage.cell(x - box.left, y - box.top);
      blend(x, y, colour, std::min(1.0, std::abs(winding)));
    }
  }
}

void Raster::blend(int x, int y, const Colour& colour, double coverage) {
  const double opacity = colour.opacity * coverage;
  if (opacity <= 1e-6) return;
  uint8_t* pixel =
      &pixels_[(static_cast<size_t>(y) * static_cast<size_t>(width_) + static_cast<size_t>(x)) * 3];
  const uint8_t paint[] = {colour.blue, colour.green, colour.red};
  for (int c = 0; c < 3; ++c) {
    pixel[c] = static_cast<uint8_t>(std::lround(pixel[c] + opacity * (paint[c] - pixel[c])));
  }
}

}  // namespace sleeve
