// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PERCEPTUAL_HASH_H_
#define SLEEVE_IMAGE_PERCEPTUAL_HASH_H_

#include <cstdint>
#include <optional>

#include "image/picture.h"

namespace sleeve {

// The 64-bit DCT hash ("pHash", Zauner 2010): grey picture to 32 × 32, DCT, the 8 × 8 lowest
// frequencies without the constant compared with their median. Pictures that are the same but for
// size, quality or a little brightness differ in a few bits. Nothing for a picture too flat to have
// one (a plain black cover would match every other plain cover).
std::optional<uint64_t> perceptual_hash(const Picture& picture);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PERCEPTUAL_HASH_H_
