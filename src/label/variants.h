// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_VARIANTS_H_
#define SLEEVE_LABEL_VARIANTS_H_

#include <array>
#include <string_view>

#include "base/rng.h"
#include "image/picture.h"

// Editions of a cover made by rule, to measure how many duplicates are found.
namespace sleeve {

enum class Variant {
  kReencoded,   // JPEG of quality 30 to 90
  kResized,     // 0.5 to 1.5 times as large
  kBordered,    // a border of one colour, 3 to 12 % of the side
  kRecoloured,  // brightness, contrast and saturation changed by up to 20 %
  kStickered,   // a disc or label over 4 to 8 % of the picture, at a corner
};
inline constexpr std::array kVariants = {Variant::kReencoded, Variant::kResized, Variant::kBordered,
                                         Variant::kRecoloured, Variant::kStickered};
std::string_view name_of(Variant variant);

// The picture in another edition; how far it differs is drawn from `rng`.
Picture make_variant(const Picture& picture, Variant variant, Rng& rng);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_VARIANTS_H_
