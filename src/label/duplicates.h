// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LABEL_DUPLICATES_H_
#define SLEEVE_LABEL_DUPLICATES_H_

#include <cstddef>
#include <span>
#include <vector>

#include "label/cover_print.h"

namespace sleeve {

enum class Likeness {
  kSameCover,  // another file, edition, size, border or tint of one cover
  kLookAlike,  // alike in their coarse forms only: not merged
};

struct CoverPair {
  size_t a = 0;  // a < b
  size_t b = 0;
  int bits = 0;         // in which their closest hashes differ
  double distance = 0;  // print_distance()
  Likeness likeness = Likeness::kLookAlike;
};

// docs/labels.md has the measurements behind both numbers.
struct DuplicateOptions {
  int bits = 10;          // 0 to 15: hashes farther apart are not looked at
  double distance = 0.3;  // 0 to 1: up to here it is the same cover
};

// Pairs whose hashes, of the whole or of the inside, differ in few bits (near_pairs: not all pairs are
// compared), confirmed by the prints' distance; ascending. Pairs over the distance are left out unless their
// hashes differ in at most kLookAlikeBits.
std::vector<CoverPair> find_duplicates(std::span<const CoverPrint> prints, const DuplicateOptions& options);
inline constexpr int kLookAlikeBits = 6;

}  // namespace sleeve

#endif  // SLEEVE_LABEL_DUPLICATES_H_
