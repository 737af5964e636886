// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_COVER_PRINT_H_
#define SLEEVE_LABEL_COVER_PRINT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "image/picture.h"

namespace sleeve {

inline constexpr int kPrintSide = 24;    // cells a side
inline constexpr int kPrintVersion = 1;  // a change of anything below is a new number

// What a cover is recognised by in another edition: the perceptual hashes of the whole picture and of what is
// inside a border of one colour, and the inside's grey values on a grid of 24 × 24 cells.
struct CoverPrint {
  std::optional<uint64_t> whole;                        // nothing: too plain
  std::optional<uint64_t> inside;                       // the same as `whole` where there is no border
  std::array<uint8_t, kPrintSide * kPrintSide> grey{};  // means, row by row
  friend bool operator==(const CoverPrint&, const CoverPrint&) = default;
};

CoverPrint cover_print(const Picture& picture);

// How the catalogue keeps it; nothing if `bytes` are none.
std::string to_bytes(const CoverPrint& print);
std::optional<CoverPrint> print_from_bytes(std::string_view bytes);

// How unlike two prints are, 0 to 1: 1 minus the correlation (Pearson's) of their grey values, which
// brightness, contrast and slight recolouring change hardly at all, a sticker a little, another picture much.
// 1 where one of them is plain.
double print_distance(const CoverPrint& a, const CoverPrint& b);

// Rows and columns of one colour around the picture, in pixels. No border is wider than a third of its side.
struct Border {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  friend bool operator==(const Border&, const Border&) = default;
};
Border border_of(const Picture& picture);

}  // namespace sleeve

#endif  // SLEEVE_LABEL_COVER_PRINT_H_
