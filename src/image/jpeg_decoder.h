// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_JPEG_DECODER_H_
#define SLEEVE_IMAGE_JPEG_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include <opencv2/core/mat.hpp>

#include <sleeve/result.h>

#include "image/byte_view.h"

namespace sleeve {

// What the marker segments before the first scan say.
struct JpegHeader {
  int width = 0;  // pixels
  int height = 0;
  int components = 0;  // 1 grey, 3 colour, 4 CMYK or YCCK
  int precision = 0;   // bits a sample
  ByteView exif;       // the TIFF structure of the first Exif segment; empty if there is none
};

// kCorrupt where no frame header can be found or the picture has no extent, kUnsupported for the
// kinds of JPEG that hardly anything reads (lossless, hierarchical, 12 bits).
Result<JpegHeader> read_jpeg_header(ByteView jpeg);

// CV_8UC3, not yet turned upright. The pixels are those of OpenCV's imread, bit for bit, for grey
// and colour JPEGs: accurate DCT, smooth upsampling. Data that end early or that don't decode
// are kCorrupt; libjpeg's harmless warnings (stray bytes between segments, an odd version
// number) are not errors. REQUIRES: `header` is read_jpeg_header's of the same bytes.
Result<cv::Mat> decode_jpeg(ByteView jpeg, const JpegHeader& header);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_JPEG_DECODER_H_
