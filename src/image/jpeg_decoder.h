// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_JPEG_DECODER_H_
#define SLEEVE_IMAGE_JPEG_DECODER_H_

#include <sleeve/result.h>

#include "image/byte_view.h"
#include "image/raw_picture.h"

namespace sleeve {

// From the frame header. kCorrupt if there is none or the picture has no extent, kUnsupported for
// the kinds of JPEG that hardly anything reads (lossless, hierarchical, 12 bits).
Result<PictureSize> read_jpeg_size(ByteView jpeg);

// The pixels are those of OpenCV's imread, bit for bit, for grey and colour JPEGs: accurate DCT,
// smooth upsampling. Data that end early or don't decode are kCorrupt; libjpeg's harmless
// warnings (stray bytes between segments, an odd version number) are not errors.
// May throw cv::Exception if there is no memory for the pixels.
Result<RawPicture> decode_jpeg(ByteView jpeg);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_JPEG_DECODER_H_
