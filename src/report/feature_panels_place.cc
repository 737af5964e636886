// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "base/options.h"
#include "base/try.h"
#include "feature/advisory.h"
#include "feature/embedding.h"
#include "feature/faces.h"
#include "feature/faces_yunet.h"
#include "feature/local_features.h"
#include "feature/saliency.h"
#include "feature/text.h"
#include "report/feature_panel.h"
#include "report/font.h"

namespace sleeve {
namespace {

std::string counted(size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// A faded grey copy, the more orange the nearer `heat` (CV_64F, of any size) is to its largest value.
cv::Mat heat_over(const cv::Mat& grey, const cv::Mat& heat) {
  cv::Mat scaled;
  cv::resize(heat, scaled, grey.size(), 0, 0, cv::INTER_LINEAR);
  double high = 0;
  cv::minMaxLoc(scaled, nullptr, &high);
  const cv::Scalar orange(kOrange.blue, kOrange.green, kOrange.red);
  cv::Mat map(grey.size(), CV_8UC3);
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) {
      const double pale = 190 + grey.at<uint8_t>(y, x) / 4.0;
      const double share = high > 0 ? scaled.at<double>(y, x) / high : 0;
      auto& pixel = map.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c)
        pixel[c] = cv::saturate_cast<uint8_t>(pale * (1 - share) + orange[c] * share);
    }
  }
  return map;
}

// Edges in ink and what stands out in orange.
cv::Mat composition_map(const Picture& picture, int threshold) {
  const cv::Mat& grey = picture.planes->grey(128);
  cv::Mat map = heat_over(grey, spectral_saliency(picture.planes->grey(64)));
  for (int y = 1; y + 1 < grey.rows; ++y) {
    for (int x = 1; x + 1 < grey.cols; ++x) {
      const int down = grey.at<uint8_t>(y + 1, x) - grey.at<uint8_t>(y - 1, x);
      const int across = grey.at<uint8_t>(y, x + 1) - grey.at<uint8_t>(y, x - 1);
      if (down * down + across * across >= threshold * threshold) {
        map.at<cv::Vec3b>(y, x) = {kInk.blue, kInk.green, kInk.red};
      }
    }
  }
  return map;
}

// `box` in pixels of the picture; what is outside it isn't drawn.
void draw_found(Drawing& drawing, const Frame& place, const Picture& picture, const cv::Rect2d& box) {
  const double width = picture.width(), height = picture.height();
  const cv::Rect2d inside = box & cv::Rect2d(0, 0, width, height);
  draw_box(drawing, place, {inside.x / width, inside.y / height},
           {inside.br().x / width, inside.br().y / height}, kRed);
}

// A circle as large as what is looked at, and a line where its zero degrees are turned to.
void draw_keypoint(Drawing& drawing, Point centre, double radius, double degrees) {
  constexpr int kCorners = 16;
  const Colour colour = faded(kRed, 0.4);  // hundreds may lie on one another
  const auto on_circle = [&](double angle) {
    return Point{centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)};
  };
  std::vector<Point> circle;
  for (int i = 0; i <= kCorners; ++i) circle.push_back(on_circle(2 * std::numbers::pi * i / kCorners));
  drawing.polyline(std::move(circle), colour, 1);
  if (degrees >= 0) drawing.line(centre, on_circle(degrees * std::numbers::pi / 180), colour, 1);
  drawing.disc(centre, 1.2, kRed);
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

Result<std::string> draw_advisory(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const AdvisoryMatch match = find_advisory(input.picture);
  const Frame place = draw_picture(drawing, frame, input.picture, 0.4);
  const bool found = input.values[0] >= 0.5F;
  if (found) draw_found(drawing, place, input.picture, match.box);
  return fmt::format("{} (likeness of its letters {:.2f})", found ? "label" : "no label", match.lettering);
}

Result<std::string> draw_faces(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const auto boxes = dynamic_cast<FacesDescriptor&>(input.descriptor).find(input.picture);
  const Frame place = draw_picture(drawing, frame, input.picture, 0.4);
  for (const cv::Rect& box : boxes) draw_found(drawing, place, input.picture, box);
  return counted(boxes.size(), "face", "faces");
}

Result<std::string> draw_faces_yunet(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  SLEEVE_TRY(const auto faces, dynamic_cast<FacesYunetDescriptor&>(input.descriptor).find(input.picture.bgr));
  const Frame place = draw_picture(drawing, frame, input.picture, 0.4);
  for (const DetectedFace& face : faces) draw_found(drawing, place, input.picture, face.box);
  return counted(faces.size(), "face", "faces");
}

Result<std::string> draw_keypoints(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  const auto keypoints = dynamic_cast<LocalFeatures&>(input.descriptor).keypoints(input.picture);
  const Frame place = draw_picture(drawing, frame, input.picture, 0.4);
  const double scale = place.width / input.picture.width();
  for (const DrawnKeypoint& keypoint : keypoints) {
    const Point centre{place.left + scale * static_cast<double>(keypoint.centre.x),
                       place.top + scale * static_cast<double>(keypoint.centre.y)};
    draw_keypoint(drawing, centre, scale * static_cast<double>(keypoint.diameter) / 2,
                  static_cast<double>(keypoint.angle));
  }
  return counted(keypoints.size(), "keypoint", "keypoints");
}

Result<std::string> draw_embedding(Drawing& drawing, const Frame& frame, const PanelInput& input) {
  SLEEVE_TRY(const std::vector<LayerResponse> layers,
             dynamic_cast<EmbeddingDescriptor&>(input.descriptor).responses(input.picture));
  const auto count = static_cast<double>(layers.size());
  const double columns = std::ceil(std::sqrt(count)), rows = std::ceil(count / columns);
  constexpr double kTitle = 13, kGap = 5;
  const double width = frame.width / columns, height = frame.height / rows;
  for (size_t i = 0; i < layers.size(); ++i) {
    const double row = std::floor(static_cast<double>(i) / columns);
    const Frame tile{frame.left + width * (static_cast<double>(i) - row * columns),
                     frame.top + height * row + kTitle, width - kGap, height - kTitle - kGap};
    drawing.text({tile.left, tile.top - 3}, fitted(layers[i].layer, 10, tile.width), {10, kFaintInk});
    const cv::Mat& values = layers[i].values;
    if (layers[i].spatial) {
      const Frame place = place_in(tile, input.picture.width(), input.picture.height());
      double low = 0;
      cv::minMaxLoc(values, &low);
      cv::Mat heat;
      values.convertTo(heat, CV_64F, 1, -low);
      drawing.image({place.left, place.top}, place.width, place.height,
                    bitmap_of(heat_over(input.picture.planes->grey(128), heat)));
    } else {
      PanelInput part = input;
      part.values = std::span(values.ptr<float>(), values.total());
      SLEEVE_CHECK(draw_bars(drawing, tile, part));
    }
  }
  return std::string("orange: unlike the rest of the picture");
}

}  // namespace sleeve
