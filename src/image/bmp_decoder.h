// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_BMP_DECODER_H_
#define SLEEVE_IMAGE_BMP_DECODER_H_

#include <sleeve/result.h>

#include "image/byte_view.h"
#include "image/raw_picture.h"

namespace sleeve {

// From the bitmap header. kCorrupt if it says no extent or something that can't be.
Result<PictureSize> read_bmp_size(ByteView bmp);

// Uncompressed bitmaps; a fourth channel is ignored, as almost every viewer does. kUnsupported for
// run-length coding, kCorrupt if there are fewer bytes than the header says.
// May throw cv::Exception if there is no memory for the pixels. Our own reading: OpenCV's prints
// its assertions to stderr.
Result<RawPicture> decode_bmp(ByteView bmp);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_BMP_DECODER_H_
