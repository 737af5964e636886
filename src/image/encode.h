// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_ENCODE_H_
#define SLEEVE_IMAGE_ENCODE_H_

#include <opencv2/core/mat.hpp>

#include <sleeve/result.h>

#include "base/file.h"

// Pictures as files' bytes, the same ones that OpenCV's imencode makes. Its imgcodecs isn't used: Debian's
// brings 77 libraries along, GDAL among them, which makes every start of the program four times as long.
namespace sleeve {

// REQUIRES: a picture of at least one pixel, CV_8UC1 (grey) or CV_8UC3 (blue-green-red); quality 1 to 100.
// Chroma at half the resolution, accurate DCT. kTooLarge over 65,500 pixels a side; kIo if there is no
// memory.
Result<Bytes> encode_jpeg(const cv::Mat& picture, int quality);

// REQUIRES: a picture of at least one pixel, CV_8UC1 or CV_8UC3. Compressed for speed. kIo if libpng refuses
// (a side over 1,000,000 pixels) or there is no memory.
Result<Bytes> encode_png(const cv::Mat& picture);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_ENCODE_H_
