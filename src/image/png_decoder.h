// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PNG_DECODER_H_
#define SLEEVE_IMAGE_PNG_DECODER_H_

#include <sleeve/result.h>

#include "image/byte_view.h"
#include "image/raw_picture.h"

namespace sleeve {

// From IHDR. kCorrupt if it is missing or says 0 pixels.
Result<PictureSize> read_png_size(ByteView png);

// Every kind of PNG; 16 bits are cut to 8 as OpenCV's imread does, an animation gives its still
// picture. kCorrupt if the file ends before IEND, a checksum is wrong or the data don't inflate.
// May throw cv::Exception if there is no memory for the pixels.
Result<RawPicture> decode_png(ByteView png);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PNG_DECODER_H_
