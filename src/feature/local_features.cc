// SPDX-License-Identifier: Apache-2.0
#include "feature/local_features.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <tuple>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>
#ifdef SLEEVE_HAS_SURF
#include <opencv2/xfeatures2d/nonfree.hpp>
#endif

#include "base/error.h"
#include "base/try.h"
#include "feature/opencv_threads.h"

namespace sleeve {
namespace {

// Under this OpenCV's detectors refuse some pictures, and there is nothing to be found.
constexpr int kSmallestSide = 16;
constexpr size_t kMaxLocalValues = 4'000'000;

// OpenCV gives no order that can be relied on among equals.
auto order_of(const cv::KeyPoint& keypoint) {
  return std::tuple(-keypoint.response, keypoint.pt.y, keypoint.pt.x, keypoint.size, keypoint.angle,
                    keypoint.octave);
}

uint8_t byte_of(float value, LocalKind kind) {
  const float shifted = kind == LocalKind::kSigned ? 127.0F * value + 128.0F : value;
  return static_cast<uint8_t>(std::lround(std::clamp(shifted, 0.0F, 255.0F)));
}

size_t items_of(const DenseSiftOptions& options) {
  const auto grid = static_cast<size_t>(options.grid);
  return grid * grid * static_cast<size_t>(options.scales);
}

// A row of OpenCV's vectors as bytes.
void bytes_of(const cv::Mat& vectors, int row, LocalKind kind, std::span<uint8_t> bytes) {
  if (vectors.depth() == CV_8U) {
    std::copy_n(vectors.ptr<uint8_t>(row), bytes.size(), bytes.begin());
    return;
  }
  const auto* values = vectors.ptr<float>(row);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte_of(values[i], kind);
}

}  // namespace

LocalFeatures::LocalFeatures(BagLayout layout, size_t items, cv::Ptr<cv::Feature2D> detector)
    : layout_(layout), items_(items), detector_(std::move(detector)), bytes_(layout.bytes) {
  keep_opencv_on_this_thread();
}

std::vector<std::string> LocalFeatures::value_names() const {
  std::vector<std::string> names = {"count"};
  names.reserve(size());
  for (size_t i = 0; i < items_; ++i) {
    for (const char* what : {"x", "y", "scale"}) names.push_back(fmt::format("keypoint {} {}", i, what));
    for (size_t at = 0; at < layout_.packed(); ++at) {
      names.push_back(
          fmt::format("keypoint {} bytes {}-{}", i, 3 * at, std::min(3 * at + 3, layout_.bytes) - 1));
    }
  }
  return names;
}

LocalFeatures::Found LocalFeatures::look(const Picture& picture) {
  Found found;
  if (std::min(picture.width(), picture.height()) < kSmallestSide) return found;
  found.grey = prepared(picture.grey);
  if (std::min(found.grey.cols, found.grey.rows) < kSmallestSide) return found;
  find(found.grey, found.keypoints, found.vectors);
  assert(found.keypoints.size() <= items_ && found.vectors.rows == static_cast<int>(found.keypoints.size()));
  return found;
}

Status LocalFeatures::describe(const Picture& picture, std::span<float> out) {
  assert(out.size() == size());
  std::ranges::fill(out, 0.0F);
  const auto [grey, keypoints, vectors] = look(picture);
  out[0] = static_cast<float>(keypoints.size());
  const auto width = static_cast<float>(grey.cols);
  const auto height = static_cast<float>(grey.rows);
  for (size_t i = 0; i < keypoints.size(); ++i) {
    const cv::KeyPoint& keypoint = keypoints[i];
    // Pixel 0's centre is half a pixel from the border.
    const ItemPlace place{std::clamp((keypoint.pt.x + 0.5F) / width, 0.0F, 1.0F),
                          std::clamp((keypoint.pt.y + 0.5F) / height, 0.0F, 1.0F),
                          keypoint.size / std::max(width, height)};
    bytes_of(vectors, static_cast<int>(i), layout_.kind, bytes_);
    pack_item(layout_, place, bytes_, out.subspan(1 + i * layout_.item(), layout_.item()));
  }
  return {};
}

std::vector<DrawnKeypoint> LocalFeatures::keypoints(const Picture& picture) {
  std::vector<DrawnKeypoint> drawn;
  const auto [grey, found, vectors] = look(picture);
  drawn.reserve(found.size());
  const float across = static_cast<float>(picture.width()) / static_cast<float>(grey.cols);
  const float down = static_cast<float>(picture.height()) / static_cast<float>(grey.rows);
  for (const cv::KeyPoint& keypoint : found) {
    drawn.push_back({{(keypoint.pt.x + 0.5F) * across, (keypoint.pt.y + 0.5F) * down},
                     keypoint.size * std::max(across, down),
                     keypoint.angle});
  }
  return drawn;
}

cv::Mat KeypointFeatures::prepared(const cv::Mat& grey) const {
  const int longer = std::max(grey.cols, grey.rows);
  if (longer <= side_) return grey;
  const auto shrunk = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(length) * side_ / longer)));
  };
  cv::Mat small;
  cv::resize(grey, small, {shrunk(grey.cols), shrunk(grey.rows)}, 0, 0, cv::INTER_AREA);
  return small;
}

void KeypointFeatures::find(const cv::Mat& grey, std::vector<cv::KeyPoint>& keypoints, cv::Mat& vectors) {
  std::vector<cv::KeyPoint> all;
  cv::Mat all_vectors;
  detector().detectAndCompute(grey, cv::noArray(), all, all_vectors);
  std::vector<size_t> order(all.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return order_of(all[i]); });
  order.resize(std::min(order.size(), items()));
  vectors.create(static_cast<int>(order.size()), all_vectors.cols, all_vectors.type());
  for (size_t i = 0; i < order.size(); ++i) {
    keypoints.push_back(all[order[i]]);
    all_vectors.row(static_cast<int>(order[i])).copyTo(vectors.row(static_cast<int>(i)));
  }
}

SiftDescriptor::SiftDescriptor(const SiftOptions& options)
    : KeypointKind(options, cv::SIFT::create(0, 3, options.contrast, options.edge)) {}

KazeDescriptor::KazeDescriptor(const KazeOptions& options)
    : KeypointKind(options, cv::KAZE::create(false, false, static_cast<float>(options.threshold))) {}

AkazeDescriptor::AkazeDescriptor(const AkazeOptions& options)
    : KeypointKind(options, cv::AKAZE::create(cv::AKAZE::DESCRIPTOR_MLDB, 0, 3,
                                              static_cast<float>(options.threshold))) {}

OrbDescriptor::OrbDescriptor(const OrbOptions& options)
    : KeypointKind(options, cv::ORB::create(options.keypoints, 1.2F, 8, 31, 0, 2, cv::ORB::HARRIS_SCORE, 31,
                                            options.fast)) {}

#ifdef SLEEVE_HAS_SURF
SurfDescriptor::SurfDescriptor(const SurfOptions& options)
    : KeypointKind(options, cv::xfeatures2d::SURF::create(options.threshold)) {}
#endif

Status DenseSiftDescriptor::check(const DenseSiftOptions& options) {
  const int largest = 4 * options.cell << (options.scales - 1);
  if (largest > 2 * options.side) {
    return make_error(
        ErrorCode::kUsage,
        "dense_sift: the largest patch has {} px, more than twice side={}; lower cell or scales", largest,
        options.side);
  }
  const size_t values = size_of(options);
  if (values > kMaxLocalValues) {
    return make_error(ErrorCode::kUsage, "dense_sift: {} values, over the limit of {}; lower grid or scales",
                      values, kMaxLocalValues);
  }
  return {};
}

size_t DenseSiftDescriptor::size_of(const DenseSiftOptions& options) {
  return SiftDescriptor::kLayout.columns(items_of(options));
}

Result<std::unique_ptr<Descriptor>> DenseSiftDescriptor::make(const DenseSiftOptions& options) {
  SLEEVE_CHECK(check(options));
  return std::unique_ptr<Descriptor>(std::make_unique<DenseSiftDescriptor>(options));
}

DenseSiftDescriptor::DenseSiftDescriptor(const DenseSiftOptions& options)
    : LocalFeatures(SiftDescriptor::kLayout, items_of(options), cv::SIFT::create()), options_(options) {}

cv::Mat DenseSiftDescriptor::prepared(const cv::Mat& grey) const {
  cv::Mat square;
  const bool smaller = std::max(grey.cols, grey.rows) > options_.side;
  cv::resize(grey, square, {options_.side, options_.side}, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
  return square;
}

void DenseSiftDescriptor::find(const cv::Mat& grey, std::vector<cv::KeyPoint>& keypoints, cv::Mat& vectors) {
  const float step = static_cast<float>(options_.side) / static_cast<float>(options_.grid);
  for (int scale = 0; scale < options_.scales; ++scale) {
    // A keypoint's cells are 1.5 times as wide as its size (OpenCV's SIFT_DESCR_SCL_FCTR, half of 3).
    const float size = static_cast<float>(options_.cell << scale) / 1.5F;
    for (int y = 0; y < options_.grid; ++y) {
      for (int x = 0; x < options_.grid; ++x) {
        const cv::Point2f centre((static_cast<float>(x) + 0.5F) * step - 0.5F,
                                 (static_cast<float>(y) + 0.5F) * step - 0.5F);
        keypoints.emplace_back(centre, size, 0.0F, 0.0F, 0);
      }
    }
  }
  detector().compute(grey, keypoints, vectors);
}

}  // namespace sleeve
