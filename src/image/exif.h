// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_EXIF_H_
#define SLEEVE_IMAGE_EXIF_H_

#include <opencv2/core/mat.hpp>

#include "image/byte_view.h"

namespace sleeve {

// The orientation (1 to 8) that an EXIF block, without its "Exif\0\0", states; 1, upright, if
// it states none or is damaged: EXIF is a remark, not a reason to refuse a picture.
int exif_orientation(ByteView tiff);

// The picture as it is meant to be seen. REQUIRES: orientation is 1 to 8.
cv::Mat turn_upright(const cv::Mat& pixels, int orientation);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_EXIF_H_
