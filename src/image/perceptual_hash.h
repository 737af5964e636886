// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_PERCEPTUAL_HASH_H_
#define SLEEVE_IMAGE_PERCEPTUAL_HASH_H_

#include <cstdint>
#include <optional>

#include "image/picture.h"

namespace sleeve {

// The DCT hash ("pHash", Zauner 2010): the grey picture averaged over 32 × 32 equal cells, DCT-II,
// the 8 × 8 lowest frequencies without the constant, each compared with their median. Bit
// 8 v + u is set if the coefficient of v waves down and u across is over the median; bit 0 is 0.
// Pictures that are the same but for size, quality or a little brightness differ in a few bits,
// others in about 32. All in whole numbers: the same bits on every machine.
//
// Nothing for a picture too plain to have one: if half of the 63 coefficients are below one grey
// level (orthonormal DCT), noise would decide most bits, and any two such pictures (plain
// black, one gradient) could match.
std::optional<uint64_t> perceptual_hash(const Picture& picture);

// In how many bits two hashes differ, 0 to 64.
int hash_distance(uint64_t a, uint64_t b);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_PERCEPTUAL_HASH_H_
