// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_REPORT_DRAWING_H_
#define SLEEVE_REPORT_DRAWING_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <sleeve/result.h>

#include "base/file.h"

// A small drawing surface: a list of shapes, which two writers turn into SVG or PNG. Lengths are in
// pixels of the SVG (a PNG has several pixels for one), y grows downwards, later shapes lie on top.
namespace sleeve {

struct Colour {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
  double opacity = 1;  // 0 to 1
  friend bool operator==(const Colour&, const Colour&) = default;
};

struct Point {
  double x = 0;
  double y = 0;
};

struct FilledPolygon {
  std::vector<Point> points;
  Colour fill;
};

struct Polyline {
  std::vector<Point> points;
  Colour colour;
  double width = 1;
  bool dashed = false;
};

struct Disc {
  Point centre;
  double radius = 1;
  Colour fill;
};

enum class Anchor { kStart, kMiddle, kEnd };

struct TextStyle {
  double size = 13;  // of the letters' em
  Colour colour{38, 42, 51};
  Anchor anchor = Anchor::kStart;
  bool upwards = false;  // read from bottom to top
};

struct Label {
  Point origin;  // on the baseline
  std::string text;
  TextStyle style;
};

// Pixels row by row, three bytes each: blue, green, red.
struct Bitmap {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> bgr;
};

// Pixels stretched over a rectangle.
struct Image {
  Point corner;
  double width = 0;
  double height = 0;
  std::shared_ptr<const Bitmap> bitmap;
  bool smooth = true;  // false: each pixel a rectangle with sharp borders
};

using Shape = std::variant<FilledPolygon, Polyline, Disc, Label, Image>;

class Drawing {
 public:
  // `title` is what a reader who can't see the picture is told.
  Drawing(double width, double height, std::string title);

  void polygon(std::vector<Point> points, const Colour& fill);
  void rectangle(Point corner, double width, double height, const Colour& fill);
  void line(Point from, Point to, const Colour& colour, double width = 1, bool dashed = false);
  void polyline(std::vector<Point> points, const Colour& colour, double width = 1, bool dashed = false);
  void disc(Point centre, double radius, const Colour& fill);
  void text(Point origin, std::string_view text, const TextStyle& style);  // any bytes, see printable()

  // REQUIRES: a bitmap with at least one pixel, of width × height × 3 bytes.
  void image(Point corner, double width, double height, Bitmap bitmap, bool smooth = true);

  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] const std::vector<Shape>& shapes() const { return shapes_; }

 private:
  double width_;
  double height_;
  std::string title_;
  std::vector<Shape> shapes_;
};

// A whole SVG file: no scripts, no links, nothing fetched; text stays text.
std::string to_svg(const Drawing& drawing);

// Antialiased, `scale` pixels for one of the drawing's, letters from the font that is part of sleeve: the
// same bytes on every machine. kTooLarge if the picture would have more than 200 million pixels.
Result<Bytes> to_png(const Drawing& drawing, double scale = 2);

// kUsage, naming `option`, unless the path ends in .svg or .png (in any case of letters).
Status check_drawing_path(std::string_view option, const std::filesystem::path& path);
// In one step, in the format that the path's ending says. Errors as check_drawing_path(), to_png() and the
// file's.
Status write_drawing(const Drawing& drawing, const std::filesystem::path& path);

}  // namespace sleeve

#endif  // SLEEVE_REPORT_DRAWING_H_
