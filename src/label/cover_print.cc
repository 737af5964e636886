// SPDX-License-Identifier: Apache-2.0
#include "label/cover_print.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "image/perceptual_hash.h"

namespace sleeve {
namespace {

constexpr int kBorderFraction = 3;   // a border is narrower than one third of the side
constexpr int kBorderNoise = 24;     // how far a pixel of a border may be from its colour, in grey levels
constexpr int kBorderOutliers = 20;  // one pixel of so many may be farther

// One row or column of grey values: `step` bytes between its pixels.
struct Line {
  const uint8_t* first;
  std::ptrdiff_t step;
  int count;
};

bool is_plain(const Line& line, int level) {
  int outliers = 0;
  for (int i = 0; i < line.count; ++i) {
    if (std::abs(line.first[i * line.step] - level) > kBorderNoise) ++outliers;
  }
  return outliers * kBorderOutliers <= line.count;
}

int mean_level(const Line& line) {
  int64_t sum = 0;
  for (int i = 0; i < line.count; ++i) sum += line.first[i * line.step];
  return static_cast<int>(sum / line.count);
}

// How many lines from the edge on have the edge's colour. One that would be wider than allowed is no border
// but a plain picture.
template <class LineAt>
int border_width(int lines, LineAt line_at) {
  const int level = mean_level(line_at(0));
  int width = 0;
  while (width < lines && is_plain(line_at(width), level)) ++width;
  return width * kBorderFraction >= lines ? 0 : width;
}

void put_hash(const std::optional<uint64_t>& hash, std::string& bytes) {
  bytes.push_back(hash ? '\1' : '\0');
  for (int shift = 0; shift < 64; shift += 8) {
    bytes.push_back(
        static_cast<char>(static_cast<uint8_t>(hash.value_or(0) >> static_cast<unsigned>(shift))));
  }
}

std::optional<uint64_t> take_hash(std::string_view bytes) {
  uint64_t hash = 0;
  for (unsigned i = 0; i < 8; ++i) hash |= uint64_t{static_cast<uint8_t>(bytes[1 + i])} << (8 * i);
  return bytes[0] == '\1' ? std::optional(hash) : std::nullopt;
}

constexpr size_t kHashBytes = 9;

// Mean grey of each cell of a grid; cells are whole pixels, at least one.
void fill_grey(const cv::Mat& grey, CoverPrint& print) {
  const auto edge = [](int cell, int pixels) { return cell * pixels / kPrintSide; };
  for (int v = 0; v < kPrintSide; ++v) {
    for (int u = 0; u < kPrintSide; ++u) {
      const int top = edge(v, grey.rows);
      const int left = edge(u, grey.cols);
      const int bottom = std::max(top + 1, edge(v + 1, grey.rows));
      const int right = std::max(left + 1, edge(u + 1, grey.cols));
      int64_t sum = 0;
      for (int y = top; y < bottom; ++y) {
        const uint8_t* row = grey.ptr(y);
        for (int x = left; x < right; ++x) sum += row[x];
      }
      const int64_t area = int64_t{bottom - top} * (right - left);
      print.grey[static_cast<size_t>(v * kPrintSide + u)] = static_cast<uint8_t>((sum + area / 2) / area);
    }
  }
}

}  // namespace

Border border_of(const Picture& picture) {
  const cv::Mat& grey = picture.grey;
  const auto step = static_cast<std::ptrdiff_t>(grey.step[0]);
  const auto row = [&](int y) { return Line{grey.ptr(y), 1, grey.cols}; };
  const auto column = [&](int x) { return Line{grey.ptr(0) + x, step, grey.rows}; };
  Border border;
  border.top = border_width(grey.rows, row);
  border.bottom = border_width(grey.rows, [&](int y) { return row(grey.rows - 1 - y); });
  border.left = border_width(grey.cols, column);
  border.right = border_width(grey.cols, [&](int x) { return column(grey.cols - 1 - x); });
  return border;
}

CoverPrint cover_print(const Picture& picture) {
  CoverPrint print;
  print.whole = perceptual_hash(picture);
  const Border border = border_of(picture);
  const cv::Rect inside(border.left, border.top, picture.width() - border.left - border.right,
                        picture.height() - border.top - border.bottom);
  print.inside = print.whole;
  if (border != Border()) print.inside = perceptual_hash(picture_from_pixels(picture.bgr(inside).clone()));
  fill_grey(picture.grey(inside), print);
  return print;
}

std::string to_bytes(const CoverPrint& print) {
  std::string bytes;
  put_hash(print.whole, bytes);
  put_hash(print.inside, bytes);
  bytes.append(print.grey.begin(), print.grey.end());
  return bytes;
}

std::optional<CoverPrint> print_from_bytes(std::string_view bytes) {
  CoverPrint print;
  if (bytes.size() != 2 * kHashBytes + print.grey.size()) return std::nullopt;
  print.whole = take_hash(bytes);
  print.inside = take_hash(bytes.substr(kHashBytes));
  std::memcpy(print.grey.data(), bytes.data() + 2 * kHashBytes, print.grey.size());
  return print;
}

double print_distance(const CoverPrint& a, const CoverPrint& b) {
  // Whole numbers: the same on every machine.
  const auto n = static_cast<int64_t>(a.grey.size());
  int64_t sum_a = 0;
  int64_t sum_b = 0;
  int64_t aa = 0;
  int64_t bb = 0;
  int64_t ab = 0;
  for (size_t i = 0; i < a.grey.size(); ++i) {
    const int64_t x = a.grey[i];
    const int64_t y = b.grey[i];
    sum_a += x;
    sum_b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const auto variances =
      static_cast<double>(n * aa - sum_a * sum_a) * static_cast<double>(n * bb - sum_b * sum_b);
  if (variances <= 0) return 1;  // one of them is plain
  const double correlation = static_cast<double>(n * ab - sum_a * sum_b) / std::sqrt(variances);
  return std::clamp(1 - correlation, 0.0, 1.0);
}

}  // namespace sleeve
