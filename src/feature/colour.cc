// SPDX-License-Identifier: Apache-2.0
#include "feature/colour.h"

#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <fmt/format.h>

#include "feature/portable_math.h"

namespace sleeve {
namespace {

constexpr int kColourSide = 128;
constexpr size_t kMoments = 9;  // of a region
constexpr size_t kHues = 180;   // OpenCV's 8-bit hues
constexpr size_t kHueBins = 36;

constexpr std::array kNames = {"colourfulness", "brightness", "contrast",    "sharpness",  "black",
                               "white",         "grey",       "hue entropy", "hue cosine", "hue sine"};

// Pixels under this value are black (of 255); of the others those under this saturation are grey, and white
// from the higher value on.
constexpr int kBlackValue = 51, kGreySaturation = 38, kWhiteValue = 204;

size_t regions(const ColourOptions& options) {
  return options.grid == 1 ? 1 : 1 + static_cast<size_t>(options.grid) * static_cast<size_t>(options.grid);
}

// Of each channel of a region: the sums of its values, their squares and cubes.
struct Sums {
  int64_t pixels = 0;
  std::array<std::array<int64_t, 3>, 3> powers{};

  Sums& operator+=(const Sums& other) {
    pixels += other.pixels;
    for (size_t c = 0; c < 3; ++c) {
      for (size_t power = 0; power < 3; ++power) powers[c][power] += other.powers[c][power];
    }
    return *this;
  }
};

Sums sums_of(const cv::Mat& lab, cv::Rect region) {
  Sums sums;
  sums.pixels = region.area();
  for (int y = region.y; y < region.y + region.height; ++y) {
    const auto* row = lab.ptr<uint8_t>(y) + static_cast<std::ptrdiff_t>(3) * region.x;
    for (size_t c = 0; c < 3; ++c) {
      uint32_t first = 0, second = 0, third = 0;  // of no more than 128 pixels: they fit
      for (int x = 0; x < region.width; ++x) {
        const uint32_t value = row[static_cast<size_t>(3 * x) + c], square = value * value;
        first += value;
        second += square;
        third += square * value;
      }
      sums.powers[c][0] += first;
      sums.powers[c][1] += second;
      sums.powers[c][2] += third;
    }
  }
  return sums;
}

// Mean, deviation and cube root of the third central moment of each channel, divided by 255. From whole sums,
// so exact but for the last steps.
void write_moments(const Sums& sums, std::span<float> out) {
  __extension__ using Wide = __int128;  // so that n³ times a moment is exact, and 0 for equal pixels
  const Wide n = sums.pixels;
  const auto pixels = static_cast<double>(sums.pixels);
  for (size_t c = 0; c < 3; ++c) {
    const Wide first = sums.powers[c][0], second = sums.powers[c][1], third = sums.powers[c][2];
    const double mean = static_cast<double>(first) / pixels;
    const double variance = static_cast<double>(n * second - first * first) / (pixels * pixels);
    const double skew =
        static_cast<double>(n * n * third - 3 * n * first * second + 2 * first * first * first) /
        (pixels * pixels * pixels);
    out[3 * c] = static_cast<float>(mean / 255.0);
    out[3 * c + 1] = static_cast<float>(std::sqrt(variance) / 255.0);
    out[3 * c + 2] = static_cast<float>(portable_cbrt(skew) / 255.0);
  }
}

// The sums from which mean and variance of a whole-numbered signal follow.
struct Spread {
  int64_t count = 0, sum = 0, squares = 0;
  // value(i) for i from 0 to n - 1, whose squares together fit into 31 bits.
  template <class Value>
  void add_row(int n, const Value& value) {
    int32_t row_sum = 0, row_squares = 0;
    for (int i = 0; i < n; ++i) {
      const int32_t v = value(i);
      row_sum += v;
      row_squares += v * v;
    }
    count += n;
    sum += row_sum;
    squares += row_squares;
  }
  [[nodiscard]] double mean() const { return static_cast<double>(sum) / static_cast<double>(count); }
  [[nodiscard]] double variance() const {
    const auto n = static_cast<double>(count);
    return static_cast<double>(count * squares - sum * sum) /
           (n * n);  // exact until here: no more than 2^16 values
  }
};

// Hasler & Süsstrunk's M3, divided by 100: 0 grey, 0.33 moderately, 1.09 extremely colourful.
double colourfulness(const cv::Mat& bgr) {
  Spread red_green, yellow_blue;  // the latter twice
  for (int y = 0; y < bgr.rows; ++y) {
    const auto* row = bgr.ptr<uint8_t>(y);
    red_green.add_row(bgr.cols, [&](int x) { return row[3 * x + 2] - row[3 * x + 1]; });
    yellow_blue.add_row(bgr.cols, [&](int x) { return row[3 * x + 2] + row[3 * x + 1] - 2 * row[3 * x]; });
  }
  const double rg = red_green.mean(), yb = yellow_blue.mean() / 2.0;
  return (std::sqrt(red_green.variance() + yellow_blue.variance() / 4.0) +
          0.3 * std::sqrt(rg * rg + yb * yb)) /
         100.0;
}

double sharpness(const cv::Mat& grey) {
  Spread laplacian;
  for (int y = 1; y + 1 < grey.rows; ++y) {
    const auto *above = grey.ptr<uint8_t>(y - 1), *here = grey.ptr<uint8_t>(y),
               *below = grey.ptr<uint8_t>(y + 1);
    laplacian.add_row(grey.cols - 2, [&](int x) {
      return above[x + 1] + below[x + 1] + here[x] + here[x + 2] - 4 * here[x + 1];
    });
  }
  return std::sqrt(laplacian.variance());
}

// A cosine of whole degrees that is the same everywhere: rounded where libraries don't differ.
double rounded(double value) { return std::nearbyint(value * 1e15) / 1e15; }

struct HueTable {
  std::array<double, kHues> cosine{}, sine{};
  HueTable() {
    for (size_t h = 0; h < kHues; ++h) {
      const double angle = std::numbers::pi * static_cast<double>(h) / 90.0;
      cosine[h] = rounded(std::cos(angle));
      sine[h] = rounded(std::sin(angle));
    }
  }
};

// Shares of black, white and grey; entropy, cosine and sine of the hues.
void write_hues(const cv::Mat& hsv, std::span<float> out) {
  static const HueTable kTable;
  std::array<int, 3> shares{};
  std::array<int64_t, kHues> weights{};
  for (int y = 0; y < hsv.rows; ++y) {
    const auto* pixel = hsv.ptr<uint8_t>(y);
    for (int x = 0; x < hsv.cols; ++x, pixel += 3) {
      weights[pixel[0]] += pixel[1] * pixel[2];
      if (pixel[2] < kBlackValue) {
        ++shares[0];
      } else if (pixel[1] < kGreySaturation) {
        ++shares[pixel[2] >= kWhiteValue ? 1 : 2];
      }
    }
  }
  const auto pixels = static_cast<double>(hsv.total());
  for (size_t i = 0; i < 3; ++i) out[i] = static_cast<float>(shares[i] / pixels);
  double total = 0.0, cosine = 0.0, sine = 0.0;
  std::array<double, kHueBins> bins{};
  for (size_t h = 0; h < kHues; ++h) {
    const auto weight = static_cast<double>(weights[h]);
    bins[h * kHueBins / kHues] += weight;
    total += weight;
    cosine += weight * kTable.cosine[h];
    sine += weight * kTable.sine[h];
  }
  double entropy = 0.0;
  for (const double bin : bins) {
    if (bin > 0.0) entropy -= bin / total * portable_log(bin / total);
  }
  const double scale = 255.0 * 255.0 * pixels;  // fully coloured pixels of one hue give length 1
  out[3] = static_cast<float>(entropy / portable_log(static_cast<double>(kHueBins)));
  out[4] = static_cast<float>(cosine / scale);
  out[5] = static_cast<float>(sine / scale);
}

}  // namespace

Result<std::unique_ptr<Descriptor>> ColourDescriptor::make(const ColourOptions& options) {
  return std::unique_ptr<Descriptor>(std::make_unique<ColourDescriptor>(options));
}

size_t ColourDescriptor::size_of(const ColourOptions& options) {
  return kNames.size() + kMoments * regions(options);
}

std::vector<std::string> ColourDescriptor::value_names() const {
  std::vector<std::string> names(kNames.begin(), kNames.end());
  for (size_t region = 0; region < regions(options_); ++region) {
    const auto grid = static_cast<size_t>(options_.grid);
    const std::string where =
        region == 0 ? "whole" : fmt::format("cell {},{}", (region - 1) / grid, (region - 1) % grid);
    for (const char* channel : {"lightness", "green-red", "blue-yellow"}) {
      for (const char* moment : {"mean", "deviation", "skew"}) {
        names.push_back(fmt::format("{} {} {}", where, channel, moment));
      }
    }
  }
  return names;
}

Status ColourDescriptor::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  const Planes& planes = *picture.planes;
  Spread grey;
  const cv::Mat& pixels = planes.grey(kColourSide);
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* row = pixels.ptr<uint8_t>(y);
    grey.add_row(pixels.cols, [&](int x) { return row[x]; });
  }
  out[0] = static_cast<float>(colourfulness(planes.bgr(kColourSide)));
  out[1] = static_cast<float>(grey.mean() / 255.0);
  out[2] = static_cast<float>(std::sqrt(grey.variance()) / 127.5);
  out[3] = static_cast<float>(sharpness(planes.grey(2 * kColourSide)) / 255.0);
  write_hues(planes.hsv(kColourSide), out.subspan(4, 6));
  const cv::Mat& lab = planes.lab(kColourSide);
  const std::span<float> moments = out.subspan(kNames.size());
  Sums whole;
  const auto border = [&](int cell) { return cell * kColourSide / options_.grid; };
  for (int cell = 0; cell < options_.grid * options_.grid; ++cell) {
    const int row = cell / options_.grid, column = cell % options_.grid;
    const Sums sums = sums_of(
        lab, {cv::Point(border(column), border(row)), cv::Point(border(column + 1), border(row + 1))});
    if (options_.grid > 1)
      write_moments(sums, moments.subspan(kMoments * static_cast<size_t>(cell + 1), kMoments));
    whole += sums;
  }
  write_moments(whole, moments.first(kMoments));
  return {};
}

}  // namespace sleeve
