// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <numeric>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "report/feature_panel.h"

namespace sleeve {
namespace {

// One pixel through OpenCV's conversion.
Colour converted(double first, double second, double third, int code) {
  const auto byte = [](double value) { return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0)); };
  const cv::Mat pixel(1, 1, CV_8UC3, cv::Scalar(byte(first), byte(second), byte(third)));
  cv::Mat bgr;
  cv::cvtColor(pixel, bgr, code);
  const auto& result = bgr.at<cv::Vec3b>(0, 0);
  return {result[2], result[1], result[0]};
}

// The middle of bin `bin` of `bins` over [low, high).
double middle(size_t bin, int bins, double low, double high) {
  return low + (high - low) * (static_cast<double>(bin) + 0.5) / bins;
}

struct Bar {
  double height = 0;
  Colour colour;
};

void draw_row(Drawing& drawing, const Frame& frame, const std::string& title, const std::vector<Bar>& bars) {
  double highest = 1e-12;
  for (const Bar& bar : bars) highest = std::max(highest, bar.height);
  drawing.text({frame.left, frame.top + 11}, title, {11, kFaintInk});
  const double room = frame.height - 20, step = frame.width / static_cast<double>(bars.size());
  for (size_t i = 0; i < bars.size(); ++i) {
    const double left = frame.left + step * static_cast<double>(i), height = room * bars[i].height / highest;
    drawing.rectangle({left + step * 0.06, frame.bottom() - height}, step * 0.88, height, bars[i].colour);
  }
  drawing.line({frame.left, frame.bottom()}, {frame.right(), frame.bottom()}, kAxis);
}

// A cell of a pyramid as stripes of its bins' colours, the largest share first.
void draw_stripes(Drawing& drawing, const Frame& cell, std::span<const float> shares,
                  const std::function<Colour(size_t bin)>& colour_of) {
  std::vector<size_t> order(shares.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](size_t bin) { return shares[bin]; });
  double total = 0;
  for (const float share : shares) total += static_cast<double>(share);
  double top = cell.top;
  for (const size_t bin : order) {
    const double height = cell.height * static_cast<double>(shares[bin]) / total;
    if (height < 0.3) break;  // the rest is too small to be seen
    drawing.rectangle({cell.left, top}, cell.width, height, colour_of(bin));
    top += height;
  }
}

std::string draw_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input, size_t bins,
                         const std::function<Colour(size_t bin)>& colour_of) {
  const int grid = 1 << (input.options["levels"].get<int>() - 1);
  const auto cells = static_cast<size_t>(grid * grid);
  const std::span<const float> finest = input.values.last(cells * bins);
  const double width = frame.width / grid, height = frame.height / grid;
  for (size_t cell = 0; cell < cells; ++cell) {
    const auto row = static_cast<double>(cell / static_cast<size_t>(grid));
    const auto column = static_cast<double>(cell % static_cast<size_t>(grid));
    draw_stripes(drawing,
                 {frame.left + column * width + 1, frame.top + row * height + 1, width - 2, height - 2},
                 finest.subspan(cell * bins, bins), colour_of);
  }
  return fmt::format("shares of {} bins in {} × {} cells", bins, grid, grid);
}

}  // namespace

Result<std::string> draw_hsv(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const int bins = input.options["bins"].get<int>();
  const auto n = static_cast<size_t>(bins);
  std::vector<Bar> hue(n), saturation(n), value(n);
  for (size_t i = 0; i < input.values.size(); ++i) {
    const auto share = static_cast<double>(input.values[i]);
    hue[i / (n * n)].height += share;
    saturation[i / n % n].height += share;
    value[i % n].height += share;
  }
  for (size_t i = 0; i < n; ++i) {
    hue[i].colour = converted(std::min(179.0, middle(i, bins, 0, 256)), 200, 220, cv::COLOR_HSV2BGR);
    saturation[i].colour = converted(110, middle(i, bins, 0, 256), 200, cv::COLOR_HSV2BGR);
    value[i].colour = converted(0, 0, middle(i, bins, 0, 240), cv::COLOR_HSV2BGR);
  }
  const double height = frame.height / 3;
  draw_row(drawing, {frame.left, frame.top, frame.width, height - 8}, "hue", hue);
  draw_row(drawing, {frame.left, frame.top + height, frame.width, height - 8}, "saturation", saturation);
  draw_row(drawing, {frame.left, frame.top + 2 * height, frame.width, height - 8}, "value", value);
  return fmt::format("{} bins of each, summed over the others", bins);
}

Result<std::string> draw_palette(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  double top = frame.top;
  for (size_t k = 0; 4 * k + 3 < input.values.size(); ++k) {
    const auto share = static_cast<double>(input.values[4 * k]);
    const double height = share * frame.height;
    if (height < 0.3) continue;
    const auto lab = [&](size_t c) { return 255.0 * static_cast<double>(input.values[4 * k + c]) + 0.5; };
    drawing.rectangle({frame.left, top}, frame.width, height,
                      converted(lab(1), lab(2), lab(3), cv::COLOR_Lab2BGR));
    if (height > 16) {
      const Colour ink = lab(1) > 140 ? Colour{20, 20, 20} : Colour{240, 240, 240};
      drawing.text({frame.left + 8, top + height / 2 + 4}, fmt::format("{:.0f} %", 100 * share), {12, ink});
    }
    top += height;
  }
  return fmt::format("colours by share; spread {:.0f} of 128",
                     128 * static_cast<double>(input.values.back()));
}

Result<std::string> draw_colour(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  constexpr size_t kShown = 10;  // before the moments
  const double step = frame.height / kShown, middle_line = frame.left + frame.width * 0.62;
  const double room = frame.right() - middle_line - 44;
  for (size_t i = 0; i < kShown; ++i) {
    const auto value = static_cast<double>(input.values[i]);
    const double y = frame.top + step * static_cast<double>(i);
    drawing.text({frame.left, y + step * 0.62}, input.names[i], {12, kInk});
    const double length = room * std::min(1.0, std::abs(value));
    drawing.rectangle({middle_line - frame.width * 0.2, y + step * 0.25}, length + 1, step * 0.5,
                      value < 0 ? kOrange : kBlue);
    drawing.text({frame.right(), y + step * 0.62}, fmt::format("{:.2f}", value), {12, kInk, Anchor::kEnd});
  }
  return fmt::format("and {} moments of lightness and colour", input.values.size() - kShown);
}

Result<std::string> draw_hsv_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const int hues = input.options["hue"].get<int>(), saturations = input.options["saturation"].get<int>(),
            values = input.options["value"].get<int>();
  const auto s = static_cast<size_t>(saturations), v = static_cast<size_t>(values);
  return draw_pyramid(drawing, frame, input, static_cast<size_t>(hues) * s * v, [=](size_t bin) {
    return converted(middle(bin / (s * v), hues, 0, 180), middle(bin / v % s, saturations, 0, 256),
                     middle(bin % v, values, 0, 256), cv::COLOR_HSV2BGR);
  });
}

Result<std::string> draw_lab_pyramid(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const int lightness = input.options["lightness"].get<int>(), colours = input.options["colour"].get<int>();
  const auto c = static_cast<size_t>(colours);
  return draw_pyramid(drawing, frame, input, static_cast<size_t>(lightness) * c * c, [=](size_t bin) {
    return converted(middle(bin / (c * c), lightness, 0, 256), middle(bin / c % c, colours, 64, 192),
                     middle(bin % c, colours, 64, 192), cv::COLOR_Lab2BGR);
  });
}

}  // namespace sleeve
