// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PLANES_H_
#define SLEEVE_IMAGE_PLANES_H_

#include <array>
#include <mutex>

#include <opencv2/core/mat.hpp>

namespace sleeve {

// The exact mean of the pixels under each pixel of a side × side copy (parts of pixels count by their area),
// rounded half up; whole numbers throughout, so the same on every machine. Pictures are stretched to the
// square, smaller ones enlarged without smoothing. REQUIRES: CV_8UC3, not empty; side from 1 to 1,024.
cv::Mat shrink_to_square(const cv::Mat& bgr, int side);
// Each pixel the mean of 2 × 2, rounded half up. REQUIRES: CV_8UC3 with even sides.
cv::Mat halve(const cv::Mat& bgr);

// Square copies of a picture in other sizes and colour spaces, which several descriptors look at: each is
// made once, when it is first asked for. Safe to use from several threads.
class Planes {
 public:
  static constexpr int kLargest = 256;
  static constexpr int kSmallest = 32;

  explicit Planes(cv::Mat bgr) : full_(std::move(bgr)) {}
  Planes(const Planes&) = delete;
  Planes& operator=(const Planes&) = delete;

  // `side` is 256, 128, 64 or 32: shrink_to_square(256), then halved again and again.
  [[nodiscard]] const cv::Mat& bgr(int side) const;
  // Of bgr(side), as OpenCV converts 8-bit pictures: BGR2GRAY, BGR2HSV (hue 0-179), BGR2Lab (L × 255/100,
  // a + 128, b + 128).
  [[nodiscard]] const cv::Mat& grey(int side) const;
  [[nodiscard]] const cv::Mat& hsv(int side) const;
  [[nodiscard]] const cv::Mat& lab(int side) const;

 private:
  static constexpr size_t kSizes = 4;
  struct Copy {
    cv::Mat pixels;
    std::once_flag made;
  };
  using Copies = std::array<Copy, kSizes>;
  const cv::Mat& converted(Copies& copies, int side, int code) const;

  cv::Mat full_;
  mutable Copies bgr_, grey_, hsv_, lab_;
};

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PLANES_H_
