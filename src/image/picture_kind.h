// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PICTURE_KIND_H_
#define SLEEVE_IMAGE_PICTURE_KIND_H_

#include <sleeve/result.h>

#include "image/byte_view.h"
#include "image/picture.h"

namespace sleeve {

// What the bytes are, by their first few, whatever the file is called. kUnsupported, naming the
// format, for pictures that sleeve doesn't read; kCorrupt, saying what they look like, for the
// rest ("is not a picture (looks like HTML)").
Result<PictureFormat> recognise_picture(ByteView bytes);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PICTURE_KIND_H_
