// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/options.h"
#include "base/try.h"
#include "feature/faces.h"
#include "feature/saliency.h"
#include "feature/text.h"
#include "report/feature_panel.h"

namespace sleeve {
namespace {

std::string counted(size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// Edges in ink and what stands out in orange, over a faded grey copy.
cv::Mat composition_map(const Picture& picture, int threshold) {
  const cv::Mat& grey = picture.planes->grey(128);
  cv::Mat saliency;
  cv::resize(spectral_saliency(picture.planes->grey(64)), saliency, grey.size(), 0, 0, cv::INTER_LINEAR);
  double high = 0;
  cv::minMaxLoc(saliency, nullptr, &high);
  cv::Mat map(grey.size(), CV_8UC3);
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) {
      const double pale = 190 + grey.at<uint8_t>(y, x) / 4.0, heat = saliency.at<double>(y, x) / high;
      const cv::Scalar orange(kOrange.blue, kOrange.green, kOrange.red);
      auto& pixel = map.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uint8_t>(pale * (1 - heat) + orange[c] * heat);
      if (y == 0 || x == 0 || y + 1 == grey.rows || x + 1 == grey.cols) continue;
      const int down = grey.at<uint8_t>(y + 1, x) - grey.at<uint8_t>(y - 1, x);
      const int across = grey.at<uint8_t>(y, x + 1) - grey.at<uint8_t>(y, x - 1);
      if (down * down + across * across >= threshold * threshold) pixel = {kInk.blue, kInk.green, kInk.red};
    }
  }
  return map;
}

}  // namespace

Result<std::string> draw_composition(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const cv::Mat map = composition_map(input.picture, input.options["edge"].get<int>());
  drawing.image({frame.left, frame.top}, frame.width, frame.height, bitmap_of(map));
  for (const double third : {1.0 / 3, 2.0 / 3}) {
    const double x = frame.left + third * frame.width, y = frame.top + third * frame.height;
    drawing.line({x, frame.top}, {x, frame.bottom()}, kBlue, 1, true);
    drawing.line({frame.left, y}, {frame.right(), y}, kBlue, 1, true);
  }
  return fmt::format("edges on {:.0f} %; orange: stands out; thirds",
                     100 * static_cast<double>(input.values[1]));
}

Result<std::string> draw_text(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  SLEEVE_TRY(const TextOptions options, options_from_json<TextOptions>(input.options, "text"));
  const Frame picture = draw_picture(drawing, frame, input.picture, 0.4);
  const std::vector<TextLine> lines = find_text(input.picture, options);
  for (const TextLine& line : lines) {
    const auto share = [](int place) { return static_cast<double>(place) / TextDescriptor::kSide; };
    draw_box(drawing, picture, {share(line.box.x), share(line.box.y)},
             {share(line.box.br().x), share(line.box.br().y)}, kRed);
  }
  return counted(lines.size(), "line of lettering", "lines of lettering");
}

Result<std::string> draw_faces(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  SLEEVE_TRY(const FacesOptions options, options_from_json<FacesOptions>(input.options, "faces"));
  SLEEVE_TRY(const std::unique_ptr<FacesDescriptor> faces,
             FacesDescriptor::load(options, haar_cascade_path()));
  const Frame picture = draw_picture(drawing, frame, input.picture, 0.4);
  const std::vector<cv::Rect> boxes = faces->find(input.picture);
  for (const cv::Rect& box : boxes) {
    const double width = input.picture.width(), height = input.picture.height();
    draw_box(drawing, picture, {box.x / width, box.y / height}, {box.br().x / width, box.br().y / height},
             kRed);
  }
  return counted(boxes.size(), "face", "faces");
}

}  // namespace sleeve
