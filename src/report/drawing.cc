// SPDX-License-Identifier: Apache-2.0
#include "report/drawing.h"

#include <cassert>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {

Drawing::Drawing(double width, double height, std::string title)
    : width_(width), height_(height), title_(printable(std::string_view(title))) {}

void Drawing::polygon(std::vector<Point> points, const Colour& fill) {
  shapes_.emplace_back(FilledPolygon{std::move(points), fill});
}

void Drawing::rectangle(Point corner, double width, double height, const Colour& fill) {
  polygon({corner,
           {corner.x + width, corner.y},
           {corner.x + width, corner.y + height},
           {corner.x, corner.y + height}},
          fill);
}

void Drawing::line(Point from, Point to, const Colour& colour, double width, bool dashed) {
  polyline({from, to}, colour, width, dashed);
}

void Drawing::polyline(std::vector<Point> points, const Colour& colour, double width, bool dashed) {
  if (points.size() > 1) shapes_.emplace_back(Polyline{std::move(points), colour, width, dashed});
}

void Drawing::disc(Point centre, double radius, const Colour& fill) {
  shapes_.emplace_back(Disc{centre, radius, fill});
}

void Drawing::text(Point origin, std::string_view text, const TextStyle& style) {
  shapes_.emplace_back(Label{origin, printable(text), style});
}

void Drawing::image(Point corner, double width, double height, Bitmap bitmap, bool smooth) {
  assert(bitmap.width > 0 && bitmap.height > 0 &&
         bitmap.bgr.size() == 3 * static_cast<size_t>(bitmap.width) * static_cast<size_t>(bitmap.height));
  shapes_.emplace_back(
      Image{corner, width, height, std::make_shared<const Bitmap>(std::move(bitmap)), smooth});
}

Status check_drawing_path(std::string_view option, const std::filesystem::path& path) {
  const std::string ending = ascii_lower(path.extension().native());
  if (ending == ".svg" || ending == ".png") return {};
  return make_error(ErrorCode::kUsage, "{}: {} must end in .svg or .png", option, printable(path));
}

Status write_drawing(const Drawing& drawing, const std::filesystem::path& path) {
  SLEEVE_CHECK(check_drawing_path("figure", path));
  if (ascii_lower(path.extension().native()) == ".svg") return write_file_atomic(path, to_svg(drawing));
  SLEEVE_TRY(const Bytes png, to_png(drawing));
  return write_file_atomic(path, png);
}

}  // namespace sleeve
