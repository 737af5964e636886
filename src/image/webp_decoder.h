// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_WEBP_DECODER_H_
#define SLEEVE_IMAGE_WEBP_DECODER_H_

#include <sleeve/result.h>

#include "image/byte_view.h"
#include "image/raw_picture.h"

namespace sleeve {

// From the VP8, VP8L or VP8X chunk: for VP8X the canvas. kCorrupt if none of them comes first.
Result<PictureSize> read_webp_size(ByteView webp);

// Lossy, lossless and extended WebP; an animation gives its first frame on an empty canvas.
// kCorrupt if the file ends before its RIFF header says or the data don't decode.
// May throw cv::Exception if there is no memory for the pixels.
Result<RawPicture> decode_webp(ByteView webp);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_WEBP_DECODER_H_
