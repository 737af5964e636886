// SPDX-License-Identifier: Apache-2.0
#include "report/picture_sheet.h"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "image/encode.h"
#include "image/picture.h"

namespace sleeve {
namespace {

// Colours are blue-green-red.
const cv::Scalar kSheetPaper(250, 250, 250);
const cv::Scalar kSheetInk(40, 36, 34);
const cv::Scalar kSheetFaint(130, 124, 120);
const cv::Scalar kRight(76, 142, 46);
const cv::Scalar kWrong(48, 52, 196);
const cv::Scalar kFrame(222, 222, 222);

constexpr int kSheetMargin = 24;
constexpr int kSheetGap = 14;
constexpr int kTextHeight = 50;
constexpr int kTitleHeight = 58;
constexpr int kFooterHeight = 34;

// OpenCV's fonts have ASCII only; any other character becomes one '?'.
std::string ascii(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      result.push_back(c);
    } else if ((byte & 0xC0U) != 0x80U) {
      result.push_back('?');
    }
  }
  return result;
}

int width_of(const std::string& text, double scale) {
  int baseline = 0;
  return cv::getTextSize(text, cv::FONT_HERSHEY_DUPLEX, scale, 1, &baseline).width;
}

// Writes one line, shortened with dots to fit `width` pixels.
void write_line(cv::Mat& sheet, std::string_view text, cv::Point origin, double scale,
                const cv::Scalar& colour, int width) {
  std::string line = ascii(text);
  if (width_of(line, scale) > width) {
    while (!line.empty() && width_of(line + "...", scale) > width) line.pop_back();
    line += "...";
  }
  cv::putText(sheet, line, origin, cv::FONT_HERSHEY_DUPLEX, scale, colour, 1, cv::LINE_AA);
}

// The picture fitted into a square, centred, its proportions kept.
cv::Mat thumbnail(const Picture& picture, int side) {
  const double scale = static_cast<double>(side) / std::max(picture.width(), picture.height());
  const cv::Size size(std::max(1, cvRound(picture.width() * scale)),
                      std::max(1, cvRound(picture.height() * scale)));
  cv::Mat small;
  cv::resize(picture.bgr, small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
  cv::Mat square(side, side, CV_8UC3, kFrame);
  small.copyTo(square(cv::Rect((side - size.width) / 2, (side - size.height) / 2, size.width, size.height)));
  return square;
}

cv::Mat empty_frame(const std::string& reason, int side) {
  cv::Mat square(side, side, CV_8UC3, kFrame);
  write_line(square, "can't be read", {8, side / 2 - 4}, 0.4, kSheetInk, side - 16);
  write_line(square, reason, {8, side / 2 + 14}, 0.32, kSheetFaint, side - 16);
  return square;
}

cv::Mat thumbnail_of(const SheetCell& cell, int side) {
  const auto picture = read_picture(cell.path);
  return picture.ok() ? thumbnail(*picture, side) : empty_frame(picture.error().message, side);
}

void draw_cell(cv::Mat& sheet, const SheetCell& cell, const cv::Mat& cover, cv::Point corner) {
  const int side = cover.cols;
  cover.copyTo(sheet(cv::Rect(corner.x, corner.y, side, side)));
  const bool known = cell.truth.has_value();
  const cv::Scalar colour = !known                                               ? kSheetFaint
                            : cell.right.value_or(*cell.truth == cell.predicted) ? kRight
                                                                                 : kWrong;
  cv::rectangle(sheet, {corner.x, corner.y + side}, {corner.x + side - 1, corner.y + side + 3}, colour,
                cv::FILLED);
  const int line = corner.y + side + 20;
  const std::string percent =
      cell.confidence > 0 ? fmt::format("{:.0f}%", 100 * cell.confidence) : std::string();
  const int percent_width = width_of(percent, 0.42);
  write_line(sheet, cell.predicted, {corner.x, line}, 0.48, colour, side - percent_width - 6);
  write_line(sheet, percent, {corner.x + side - percent_width, line}, 0.42, kSheetFaint, percent_width + 2);
  if (known) write_line(sheet, "true: " + *cell.truth, {corner.x, line + 19}, 0.42, kSheetInk, side);
}

cv::Mat draw_sheet(const std::vector<SheetCell>& cells, const SheetOptions& options) {
  const size_t count = std::min(cells.size(), options.max_cells);
  const int columns = std::max(1, std::min(options.columns, static_cast<int>(count)));
  const int rows = (static_cast<int>(count) + columns - 1) / columns;
  const int side = options.cover_side;
  const int width = std::max(2 * kSheetMargin + columns * (side + kSheetGap) - kSheetGap, 640);
  const int height = kTitleHeight + rows * (side + kTextHeight + kSheetGap) + kFooterHeight;
  cv::Mat sheet(height, width, CV_8UC3, kSheetPaper);
  write_line(sheet, options.title, {kSheetMargin, 38}, 0.7, kSheetInk, width - 2 * kSheetMargin);

  std::vector<cv::Mat> covers(count);
  parallel_for(count, [&](size_t i) { covers[i] = thumbnail_of(cells[i], side); });
  for (size_t i = 0; i < count; ++i) {
    const int column = static_cast<int>(i) % columns;
    const int row = static_cast<int>(i) / columns;
    draw_cell(
        sheet, cells[i], covers[i],
        {kSheetMargin + column * (side + kSheetGap), kTitleHeight + row * (side + kTextHeight + kSheetGap)});
  }
  std::string caption = options.caption;
  if (count < cells.size()) caption = fmt::format("{} of {} covers.  {}", count, cells.size(), caption);
  write_line(sheet, caption, {kSheetMargin, height - 16}, 0.4, kSheetFaint, width - 2 * kSheetMargin);
  return sheet;
}

}  // namespace

Status write_sheet(const std::vector<SheetCell>& cells, const SheetOptions& options,
                   const std::filesystem::path& path) {
  if (cells.empty()) return make_error(ErrorCode::kNoData, "there is no cover to put on the sheet");
  try {
    SLEEVE_TRY(const Bytes png, encode_png(draw_sheet(cells, options)));
    return write_file_atomic(path, png);
  } catch (const cv::Exception& exception) {
    return make_error(ErrorCode::kTooLarge, "the sheet could not be drawn: {}", exception.what());
  }
}

}  // namespace sleeve
