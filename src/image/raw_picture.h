// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_RAW_PICTURE_H_
#define SLEEVE_IMAGE_RAW_PICTURE_H_

#include <opencv2/core/mat.hpp>

#include "image/picture.h"

namespace sleeve {

struct PictureSize {
  int width = 0;   // pixels, as stored
  int height = 0;  // pixels
};

// What a format's decoder hands on.
struct RawPicture {
  cv::Mat pixels;       // CV_8UC3 (BGR) or CV_8UC4 (BGR and straight alpha), as stored
  int orientation = 1;  // 1 to 8, as EXIF numbers them
  Oddities oddities;
};

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_RAW_PICTURE_H_
