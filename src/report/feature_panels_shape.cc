// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/options.h"
#include "base/try.h"
#include "feature/lbp.h"
#include "feature/lbp_multi.h"
#include "report/feature_panel.h"

namespace sleeve {
namespace {

size_t option(const PanelInput& input, const char* name) { return input.options[name].get<size_t>(); }

// Square cells of a panel.
struct Cells {
  Frame frame;
  size_t grid;
  [[nodiscard]] double side() const { return frame.width / static_cast<double>(grid); }
  [[nodiscard]] Point centre(size_t cell) const {
    const size_t row = cell / grid, column = cell % grid;
    return {frame.left + side() * (static_cast<double>(column) + 0.5),
            frame.top + side() * (static_cast<double>(row) + 0.5)};
  }
};

// In every cell a line for each direction of edges (across the gradient's), darker and longer the stronger.
// `strengths`: cell, orientation.
void draw_glyphs(Drawing& drawing, const Cells& cells, const std::vector<double>& strengths) {
  const size_t bins = strengths.size() / (cells.grid * cells.grid);
  const double strongest = std::max(1e-12, *std::ranges::max_element(strengths));
  for (size_t i = 0; i < strengths.size(); ++i) {
    const double strength = strengths[i] / strongest;
    if (strength < 0.04) continue;
    const double gradient =
        std::numbers::pi * (static_cast<double>(i % bins) + 0.5) / static_cast<double>(bins);
    const double reach = cells.side() * (0.2 + 0.28 * strength);
    const double x = -std::sin(gradient) * reach, y = std::cos(gradient) * reach;
    const Point centre = cells.centre(i / bins);
    drawing.line({centre.x - x, centre.y - y}, {centre.x + x, centre.y + y}, faded(kInk, strength), 1.6);
  }
}

// In every cell a rosette: a dot for each direction and scale, fine scales outside.
// `energies`: scale, direction, cell.
void draw_rosettes(Drawing& drawing, const Cells& cells, std::span<const float> energies, size_t scales,
                   size_t directions) {
  const size_t count = cells.grid * cells.grid;
  for (size_t s = 0; s < scales; ++s) {
    const std::span<const float> scale = energies.subspan(s * directions * count, directions * count);
    const double strongest = std::max(1e-12, static_cast<double>(*std::ranges::max_element(scale)));
    const double radius =
        cells.side() * 0.42 * (1 - static_cast<double>(s) / (static_cast<double>(scales) + 0.5));
    for (size_t i = 0; i < scale.size(); ++i) {
      const double strength = static_cast<double>(scale[i]) / strongest;
      // A filter turned by +θ looks along -θ, and y grows downwards.
      const size_t direction = i / count;
      const double angle =
          -std::numbers::pi * static_cast<double>(direction) / static_cast<double>(directions);
      const Point centre = cells.centre(i % count);
      for (const double side : {-1.0, 1.0}) {
        drawing.disc({centre.x + side * radius * std::cos(angle), centre.y + side * radius * std::sin(angle)},
                     std::max(0.4, cells.side() * 0.075 * strength), faded(kBlue, 0.15 + 0.85 * strength));
      }
    }
  }
}

}  // namespace

Result<std::string> draw_hog(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const size_t bins = option(input, "orientations"), block = option(input, "block");
  const size_t grid = option(input, "side") / option(input, "cell"), blocks = grid - block + 1;
  // A cell stands in several blocks, normalised in each: their mean.
  std::vector<double> sums(grid * grid * bins), times(grid * grid);
  const float* value = input.values.data();
  for (size_t b = 0; b < blocks * blocks; ++b) {
    for (size_t j = 0; j < block * block; ++j) {
      const size_t cell = (b / blocks + j / block) * grid + b % blocks + j % block;
      times[cell] += 1;
      for (size_t o = 0; o < bins; ++o) sums[cell * bins + o] += static_cast<double>(*value++);
    }
  }
  for (size_t cell = 0; cell < times.size(); ++cell) {
    for (size_t o = 0; o < bins; ++o) sums[cell * bins + o] /= times[cell];
  }
  draw_glyphs(drawing, {frame, grid}, sums);
  return fmt::format("edges in {} × {} cells", grid, grid);
}

Result<std::string> draw_hog_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const size_t grid = option(input, "cells"), levels = option(input, "levels");
  const size_t size = input.values.size() / levels;
  const double half = frame.width / 2;
  for (size_t level = 0; level < levels; ++level) {
    const Frame place{frame.left + (level % 2 == 0 ? 0 : half), frame.top + (level < 2 ? 0 : half), half - 4,
                      half - 4};
    const std::span<const float> values = input.values.subspan(level * size, size);
    draw_glyphs(drawing, {place, grid}, std::vector<double>(values.begin(), values.end()));
  }
  return fmt::format("edges at {} sizes of the picture, {} × {} cells", levels, grid, grid);
}

Result<std::string> draw_lbp(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  SLEEVE_TRY(const LbpOptions options, options_from_json<LbpOptions>(input.options, "lbp"));
  const cv::Mat codes = LbpDescriptor(options).codes(input.picture);
  cv::Mat map(codes.size(), CV_8UC3);
  for (int y = 0; y < codes.rows; ++y) {
    for (int x = 0; x < codes.cols; ++x) {
      const int code = codes.at<uint8_t>(y, x);
      const auto shade = static_cast<uint8_t>(255 * std::min(code, options.points) / options.points);
      map.at<cv::Vec3b>(y, x) =
          code > options.points ? cv::Vec3b(kRed.blue, kRed.green, kRed.red) : cv::Vec3b(shade, shade, shade);
    }
  }
  const Frame place = place_in(frame, map.cols, map.rows);
  drawing.image({place.left, place.top}, place.width, place.height, bitmap_of(map));
  return fmt::format("light: brighter around; red ({:.0f} %): mixed",
                     100 * static_cast<double>(input.values.back()));
}

Result<std::string> draw_lbp_multi(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const size_t grid = option(input, "grid"), radii = option(input, "radii");
  const size_t size = LbpMultiDescriptor::kCodes;
  const double width = frame.width / static_cast<double>(grid),
               height = frame.height / static_cast<double>(grid);
  const Colour colours[] = {kBlue, kOrange, kGreen, kRed};
  for (size_t cell = 0; cell < grid * grid; ++cell) {
    const size_t down = cell / grid, across = cell % grid;
    const Frame place{frame.left + width * static_cast<double>(across),
                      frame.top + height * static_cast<double>(down), width - 6, height - 6};
    const double row = place.height / static_cast<double>(radii);
    for (size_t r = 0; r < radii; ++r) {
      const std::span<const float> values = input.values.subspan((r * grid * grid + cell) * size, size);
      const double highest =
          std::max(1e-12, std::sqrt(static_cast<double>(*std::ranges::max_element(values))));
      const double bottom = place.top + row * static_cast<double>(r + 1), step = place.width / size;
      for (size_t k = 0; k < size; ++k) {
        const double length = (row - 2) * std::sqrt(static_cast<double>(values[k])) / highest;
        if (length > 0.05) {
          drawing.rectangle({place.left + step * static_cast<double>(k), bottom - length}, step * 0.9, length,
                            colours[r]);
        }
      }
    }
  }
  return fmt::format("patterns in {} × {} cells, a row each radius", grid, grid);
}

Result<std::string> draw_gist(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const size_t grid = option(input, "grid");
  draw_rosettes(drawing, {frame, grid}, input.values, option(input, "scales"), option(input, "orientations"));
  return fmt::format("waves in {} × {} cells, fine ones outside", grid, grid);
}

Result<std::string> draw_wavelets(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  constexpr size_t kScales = 4;
  const size_t grid = option(input, "grid"), directions = option(input, "orientations");
  draw_rosettes(drawing, {frame, grid}, input.values.first(kScales * directions * grid * grid), kScales,
                directions);
  return fmt::format("first order in {0} × {0} cells, fine outside", grid);
}

Result<std::string> draw_region_covariance(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  // n (n + 1) / 2 values: a triangle, row by row.
  const auto maps = static_cast<int>(std::sqrt(2.0 * static_cast<double>(input.values.size())));
  cv::Mat together(maps, maps, CV_32F);
  float strongest = 1e-6F;  // of two different maps
  size_t place = 0;
  for (int row = 0; row < maps; ++row) {
    for (int column = row; column < maps; ++column) {
      const float value = input.values[place++];
      together.at<float>(row, column) = together.at<float>(column, row) = value;
      if (row != column) strongest = std::max(strongest, std::abs(value));
    }
  }
  cv::Mat colours(maps, maps, CV_8UC3);
  for (int row = 0; row < maps; ++row) {
    for (int column = 0; column < maps; ++column) {
      const float share = std::clamp(together.at<float>(row, column) / strongest, -1.0F, 1.0F);
      const auto pale = [&](uint8_t full) {
        return cv::saturate_cast<uint8_t>(255.0F - std::abs(share) * static_cast<float>(255 - full));
      };
      const Colour& colour = share < 0 ? kRed : kBlue;
      colours.at<cv::Vec3b>(row, column) = {pale(colour.blue), pale(colour.green), pale(colour.red)};
    }
  }
  drawing.image({frame.left, frame.top}, frame.width, frame.height, bitmap_of(colours), false);
  return fmt::format("{} maps: blue go together, red exclude", maps);
}

}  // namespace sleeve
