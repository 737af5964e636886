// SPDX-License-Identifier: Apache-2.0
#include "image/exif.h"

#include <opencv2/core.hpp>

#include "image/tiff_directory.h"

namespace sleeve {
namespace {

constexpr uint32_t kOrientationTag = 274;

}  // namespace

int exif_orientation(ByteView tiff) {
  const auto directory = TiffDirectory::first(tiff);
  if (!directory) return 1;
  const uint32_t value = directory->number_or(kOrientationTag, 1);
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

// EXIF names the corner where the stored picture's row 0 and column 0 meet when seen upright.
cv::Mat turn_upright(const cv::Mat& pixels, int orientation) {
  cv::Mat turned;
  switch (orientation) {
    case 2:
      cv::flip(pixels, turned, 1);
      return turned;
    case 3:
      cv::rotate(pixels, turned, cv::ROTATE_180);
      return turned;
    case 4:
      cv::flip(pixels, turned, 0);
      return turned;
    case 5:
      cv::transpose(pixels, turned);
      return turned;
    case 6:
      cv::rotate(pixels, turned, cv::ROTATE_90_CLOCKWISE);
      return turned;
    case 7: {
      cv::Mat transposed;
      cv::transpose(pixels, transposed);
      cv::rotate(transposed, turned, cv::ROTATE_180);
      return turned;
    }
    case 8:
      cv::rotate(pixels, turned, cv::ROTATE_90_COUNTERCLOCKWISE);
      return turned;
    default:
      return pixels;
  }
}

}  // namespace sleeve
