// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_TIFF_DECODER_H_
#define SLEEVE_IMAGE_TIFF_DECODER_H_

#include <sleeve/result.h>

#include "image/byte_view.h"
#include "image/raw_picture.h"

namespace sleeve {

// From the first directory. kCorrupt if there is none or it says no size.
Result<PictureSize> read_tiff_size(ByteView tiff);

// The first picture of a TIFF with 1 to 16 bits a sample, in the usual compressions. kUnsupported
// for other ones (floating point, 32 bits, old-style JPEG), kCorrupt if strips or tiles lie outside
// of the file or don't decode. May throw cv::Exception if there is no memory for the pixels.
Result<RawPicture> decode_tiff(ByteView tiff);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_TIFF_DECODER_H_
