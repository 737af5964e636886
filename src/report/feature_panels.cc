// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/text.h"
#include "report/feature_panel.h"

namespace sleeve {
namespace {

struct PanelEntry {
  std::string_view descriptor;
  DrawPanel draw;
};

// One line per descriptor with a panel of its own.
constexpr std::array kPanels = {
    PanelEntry{"hog", draw_hog},
    PanelEntry{"hsv", draw_hsv},
    PanelEntry{"lbp", draw_lbp},
    PanelEntry{"faces", draw_faces},
    PanelEntry{"palette", draw_palette},
    PanelEntry{"colour", draw_colour},
    PanelEntry{"hsv_pyramid", draw_hsv_pyramid},
    PanelEntry{"lab_pyramid", draw_lab_pyramid},
    PanelEntry{"composition", draw_composition},
    PanelEntry{"text", draw_text},
    PanelEntry{"advisory", draw_advisory},
    PanelEntry{"hog_pyramid", draw_hog_pyramid},
    PanelEntry{"lbp_multi", draw_lbp_multi},
    PanelEntry{"gist", draw_gist},
    PanelEntry{"wavelets", draw_wavelets},
    PanelEntry{"region_covariance", draw_region_covariance},
    PanelEntry{"faces_yunet", draw_faces_yunet},
    PanelEntry{"embedding", draw_embedding},
    PanelEntry{"sift", draw_keypoints},
    PanelEntry{"dense_sift", draw_keypoints},
    PanelEntry{"kaze", draw_keypoints},
    PanelEntry{"akaze", draw_keypoints},
    PanelEntry{"orb", draw_keypoints},
    PanelEntry{"surf", draw_keypoints},
};

constexpr int kLargestCopy = 480;  // px: no more of the cover is put into a drawing
constexpr size_t kMostBars = 120;

}  // namespace

DrawPanel find_panel(std::string_view descriptor) {
  const auto found = std::ranges::find(kPanels, descriptor, &PanelEntry::descriptor);
  return found == kPanels.end() ? draw_bars : found->draw;
}

Bitmap bitmap_of(const cv::Mat& pixels) {
  cv::Mat bgr;
  if (pixels.channels() == 1) {
    cv::cvtColor(pixels, bgr, cv::COLOR_GRAY2BGR);
  } else {
    bgr = pixels;
  }
  Bitmap bitmap{bgr.cols, bgr.rows, {}};
  bitmap.bgr.reserve(3 * bgr.total());
  for (int y = 0; y < bgr.rows; ++y) {
    const auto* row = bgr.ptr<uint8_t>(y);
    bitmap.bgr.insert(bitmap.bgr.end(), row, row + static_cast<std::ptrdiff_t>(bgr.cols) * 3);
  }
  return bitmap;
}

Frame place_in(const Frame& frame, double width, double height) {
  const double scale = std::min(frame.width / width, frame.height / height);
  width *= scale;
  height *= scale;
  return {frame.left + (frame.width - width) / 2, frame.top + (frame.height - height) / 2, width, height};
}

Frame draw_picture(Drawing& drawing, const Frame& frame, const Picture& picture, double fade) {
  const Frame place = place_in(frame, picture.width(), picture.height());
  const double side = std::max(picture.width(), picture.height());
  cv::Mat pixels = picture.bgr;
  if (side > kLargestCopy) {
    const double scale = kLargestCopy / side;
    const cv::Size size(std::max(1, static_cast<int>(picture.width() * scale)),
                        std::max(1, static_cast<int>(picture.height() * scale)));
    cv::resize(picture.bgr, pixels, size, 0, 0, cv::INTER_AREA);
  }
  if (fade > 0) pixels = pixels * (1 - fade) + cv::Scalar::all(255 * fade);
  drawing.image({place.left, place.top}, place.width, place.height, bitmap_of(pixels));
  return place;
}

void draw_box(Drawing& drawing, const Frame& picture, Point corner, Point opposite, const Colour& colour) {
  const auto at = [&](double x, double y) {
    return Point{picture.left + x * picture.width, picture.top + y * picture.height};
  };
  const std::vector<Point> outline = {at(corner.x, corner.y), at(opposite.x, corner.y),
                                      at(opposite.x, opposite.y), at(corner.x, opposite.y),
                                      at(corner.x, corner.y)};
  drawing.polyline(outline, {255, 255, 255, 0.8}, 4);
  drawing.polyline(outline, colour, 2);
}

Result<std::string> draw_bars(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const size_t bars = std::min(input.values.size(), kMostBars);
  std::vector<double> heights;
  for (size_t i = 0; i < bars; ++i) {
    const size_t begin = i * input.values.size() / bars, end = (i + 1) * input.values.size() / bars;
    double largest = 0;
    for (size_t k = begin; k < end; ++k) {
      const auto value = static_cast<double>(input.values[k]);
      if (std::abs(value) > std::abs(largest)) largest = value;
    }
    heights.push_back(largest);
  }
  const double low = std::min(0.0, *std::ranges::min_element(heights));
  const double high = std::max({0.0, *std::ranges::max_element(heights), low + 1e-12});
  const Scale scale{low, high, frame.bottom() - 8, frame.top + 8};
  const double step = frame.width / static_cast<double>(bars);
  for (size_t i = 0; i < bars; ++i) {
    const double top = scale(std::max(heights[i], 0.0)), bottom = scale(std::min(heights[i], 0.0));
    if (bottom - top < 0.05) continue;
    drawing.rectangle({frame.left + step * (static_cast<double>(i) + 0.1), top}, step * 0.8, bottom - top,
                      kBlue);
  }
  drawing.line({frame.left, scale(0)}, {frame.right(), scale(0)}, kAxis);
  const auto [smallest, largest] = std::ranges::minmax_element(input.values);
  return fmt::format("{} values from {:.3g} to {:.3g}",
                     with_thousands(static_cast<long long>(input.values.size())),
                     static_cast<double>(*smallest), static_cast<double>(*largest));
}

}  // namespace sleeve
