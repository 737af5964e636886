// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "image/encode.h"
#include "report/drawing.h"
#include "report/font.h"
#include "report/raster.h"

namespace sleeve {
namespace {

using Outlines = std::vector<std::vector<Point>>;

constexpr double kMaxPixels = 200e6;
constexpr Colour kPaper{255, 255, 255};

double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

// All turn the same way round, so that overlapping ones never cut holes into each other.
std::vector<Point> circle(Point centre, double radius) {
  const int corners = std::clamp(static_cast<int>(radius * 4), 12, 90);
  std::vector<Point> points;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * std::numbers::pi * i / corners;
    points.push_back({centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
  }
  return points;
}

std::vector<Point> bar(Point from, Point to, double width) {
  const double length = distance(from, to);
  const double nx = -(to.y - from.y) / length * width / 2, ny = (to.x - from.x) / length * width / 2;
  return {
      {from.x - nx, from.y - ny}, {to.x - nx, to.y - ny}, {to.x + nx, to.y + ny}, {from.x + nx, from.y + ny}};
}

// The line's pieces between gaps, as SVG's stroke-dasharray: `on` drawn, `off` left out, round corners too.
std::vector<std::vector<Point>> dashes(const std::vector<Point>& points, double on, double off) {
  std::vector<std::vector<Point>> pieces;
  double left = on;
  bool drawing = true;
  std::vector<Point> piece = {points[0]};
  for (size_t i = 1; i < points.size(); ++i) {
    Point at = points[i - 1];
    for (double rest = distance(at, points[i]); rest > left; rest = distance(at, points[i])) {
      at = {at.x + (points[i].x - at.x) * left / rest, at.y + (points[i].y - at.y) * left / rest};
      if (drawing) {
        piece.push_back(at);
        pieces.push_back(std::exchange(piece, {}));
      } else {
        piece = {at};
      }
      drawing = !drawing;
      left = drawing ? on : off;
    }
    left -= distance(at, points[i]);
    if (drawing) piece.push_back(points[i]);
  }
  if (piece.size() > 1) pieces.push_back(std::move(piece));
  return pieces;
}

Outlines stroke(const std::vector<Point>& points, double width) {
  Outlines outlines;
  for (size_t i = 1; i < points.size(); ++i) {
    if (distance(points[i - 1], points[i]) > 0) outlines.push_back(bar(points[i - 1], points[i], width));
    if (i + 1 < points.size()) outlines.push_back(circle(points[i], width / 2));
  }
  return outlines;
}

struct Painter {
  Raster& raster;
  double scale;

  [[nodiscard]] Point scaled(Point point) const { return {point.x * scale, point.y * scale}; }
  [[nodiscard]] std::vector<Point> scaled(const std::vector<Point>& points) const {
    std::vector<Point> result;
    for (const Point& point : points) result.push_back(scaled(point));
    return result;
  }

  void operator()(const FilledPolygon& polygon) const { raster.fill({scaled(polygon.points)}, polygon.fill); }
  void operator()(const Polyline& line) const {
    const double width = line.width * scale;
    const std::vector<Point> points = scaled(line.points);
    if (!line.dashed) return raster.fill(stroke(points, width), line.colour);
    for (const auto& piece : dashes(points, 6 * scale, 4 * scale))
      raster.fill(stroke(piece, width), line.colour);
  }
  void operator()(const Disc& disc) const {
    raster.fill({circle(scaled(disc.centre), disc.radius * scale)}, disc.fill);
  }
  void operator()(const Image& image) const {
    const Point corner = scaled(image.corner);
    const cv::Rect place(
        cv::Point(static_cast<int>(std::lround(corner.x)), static_cast<int>(std::lround(corner.y))),
        cv::Point(static_cast<int>(std::lround(corner.x + image.width * scale)),
                  static_cast<int>(std::lround(corner.y + image.height * scale))));
    cv::Mat sheet(raster.height(), raster.width(), CV_8UC3, raster.pixels().data());
    const cv::Rect seen = place & cv::Rect(0, 0, sheet.cols, sheet.rows);
    if (seen.empty()) return;
    const Bitmap& bitmap = *image.bitmap;
    const cv::Mat pixels(bitmap.height, bitmap.width, CV_8UC3, const_cast<uint8_t*>(bitmap.bgr.data()));
    const bool shrinks = place.width < bitmap.width;
    cv::Mat fitted;
    cv::resize(pixels, fitted, place.size(), 0, 0,
               shrinks        ? cv::INTER_AREA
               : image.smooth ? cv::INTER_LINEAR
                              : cv::INTER_NEAREST);
    fitted(seen - place.tl()).copyTo(sheet(seen));
  }
  void operator()(const Label& label) const {
    const double size = label.style.size * scale;
    const Point origin = scaled(label.origin);
    const double width = text_width(label.text, size);
    const double before = label.style.anchor == Anchor::kStart ? 0
                          : label.style.anchor == Anchor::kEnd ? width
                                                               : width / 2;
    Outlines outlines = text_outlines(label.text, size);
    for (auto& outline : outlines) {
      for (Point& point : outline) {
        point.x -= before;
        point = label.style.upwards ? Point{origin.x + point.y, origin.y - point.x}
                                    : Point{origin.x + point.x, origin.y + point.y};
      }
    }
    raster.fill(outlines, label.style.colour);
  }
};

}  // namespace

Result<Bytes> to_png(const Drawing& drawing, double scale) {
  const double width = std::ceil(drawing.width() * scale), height = std::ceil(drawing.height() * scale);
  if (width * height > kMaxPixels) {
    return make_error(ErrorCode::kTooLarge, "the figure would have {:.0f} × {:.0f} pixels; draw it as SVG",
                      width, height);
  }
  Raster raster(static_cast<int>(width), static_cast<int>(height), kPaper);
  for (const Shape& shape : drawing.shapes()) std::visit(Painter{raster, scale}, shape);
  try {
    const cv::Mat picture(raster.height(), raster.width(), CV_8UC3, raster.pixels().data());
    return encode_png(picture);
  } catch (const cv::Exception& exception) {
    return make_error(ErrorCode::kTooLarge, "the figure could not be drawn: {}", exception.what());
  }
}

}  // namespace sleeve
