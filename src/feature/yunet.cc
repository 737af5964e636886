// SPDX-License-Identifier: Apache-2.0
#include "feature/yunet.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

#include "base/error.h"

namespace sleeve {
namespace {

constexpr std::array<int, 3> kStrides = {8, 16, 32};
constexpr size_t kBoxValues = 4;
constexpr size_t kLandmarkValues = 10;
// As FaceDetectorYN's top_k: more candidates than this are no picture of faces.
constexpr size_t kMostCandidates = 5000;
// No face is e^10 strides wide; without the bound a strange network's box could be infinite.
constexpr float kLargestLogSide = 10.0F;

// The outputs of one stride, cell by cell.
struct Grid {
  std::span<const float> cls, obj, box, landmarks;
};

std::span<const float> values_of(const cv::Mat& output) {
  if (output.type() != CV_32F || !output.isContinuous()) return {};
  return {output.ptr<float>(), output.total()};
}

float probability(float value) { return std::isfinite(value) ? std::clamp(value, 0.0F, 1.0F) : 0.0F; }

DetectedFace face_at(const Grid& grid, size_t cell, int column, int row, int stride, float score) {
  const auto size = static_cast<float>(stride);
  const auto x = static_cast<float>(column);
  const auto y = static_cast<float>(row);
  const auto box = grid.box.subspan(cell * kBoxValues, kBoxValues);
  const float width = std::exp(std::min(box[2], kLargestLogSide)) * size;
  const float height = std::exp(std::min(box[3], kLargestLogSide)) * size;
  DetectedFace face;
  face.score = score;
  face.box = {(x + box[0]) * size - width / 2, (y + box[1]) * size - height / 2, width, height};
  const auto points = grid.landmarks.subspan(cell * kLandmarkValues, kLandmarkValues);
  for (size_t i = 0; i < face.landmarks.size(); ++i) {
    face.landmarks[i] = {(points[2 * i] + x) * size, (points[2 * i + 1] + y) * size};
  }
  return face;
}

bool is_finite(const cv::Rect2f& box) {
  return std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.width) &&
         std::isfinite(box.height);
}

// Intersection over union.
double overlap_of(const cv::Rect2f& a, const cv::Rect2f& b) {
  const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const double shared = width * height;
  return shared / (static_cast<double>(a.area()) + static_cast<double>(b.area()) - shared);
}

// Best first; of equal scores the one that stood first.
std::vector<DetectedFace> without_overlaps(std::vector<DetectedFace> faces, double overlap) {
  std::ranges::stable_sort(faces, std::greater<>(), &DetectedFace::score);
  if (faces.size() > kMostCandidates) faces.resize(kMostCandidates);
  std::vector<DetectedFace> kept;
  for (const DetectedFace& face : faces) {
    const bool covered = std::ranges::any_of(
        kept, [&](const DetectedFace& better) { return overlap_of(better.box, face.box) > overlap; });
    if (!covered) kept.push_back(face);
  }
  return kept;
}

}  // namespace

const std::vector<std::string>& yunet_outputs() {
  static const std::vector<std::string> kNames = {"cls_8",   "cls_16", "cls_32", "obj_8",
                                                  "obj_16",  "obj_32", "bbox_8", "bbox_16",
                                                  "bbox_32", "kps_8",  "kps_16", "kps_32"};
  return kNames;
}

Result<std::vector<DetectedFace>> decode_yunet(std::span<const cv::Mat> outputs, int width, int height,
                                               double score, double overlap) {
  assert(outputs.size() == yunet_outputs().size());
  std::vector<DetectedFace> faces;
  for (size_t s = 0; s < kStrides.size(); ++s) {
    const int columns = width / kStrides[s];
    const size_t cells = static_cast<size_t>(columns) * static_cast<size_t>(height / kStrides[s]);
    const Grid grid{values_of(outputs[s]), values_of(outputs[3 + s]), values_of(outputs[6 + s]),
                    values_of(outputs[9 + s])};
    if (grid.cls.size() != cells || grid.obj.size() != cells || grid.box.size() != cells * kBoxValues ||
        grid.landmarks.size() != cells * kLandmarkValues) {
      return make_error(ErrorCode::kUnsupported, "the network does not put out what YuNet does");
    }
    for (size_t cell = 0; cell < cells; ++cell) {
      const float sure = std::sqrt(probability(grid.cls[cell]) * probability(grid.obj[cell]));
      if (!(static_cast<double>(sure) >= score)) continue;
      const int row = static_cast<int>(cell) / columns;
      const DetectedFace face = face_at(grid, cell, static_cast<int>(cell) % columns, row, kStrides[s], sure);
      if (is_finite(face.box)) faces.push_back(face);
    }
  }
  return without_overlaps(std::move(faces), overlap);
}

}  // namespace sleeve
