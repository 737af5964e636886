// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_IMAGE_NEAR_PAIRS_H_
#define SLEEVE_IMAGE_NEAR_PAIRS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace sleeve {

// All pairs (i, j), i < j, of 64-bit hashes that differ in at most `max_bits` bits, ascending.
// Exact, yet without comparing all pairs (Norouzi et al. 2012, multi-index hashing): of max_bits + 1 bands at
// least one must be equal; or of max_bits / 2 + 1 bands at least one differs in no more than one bit.
// REQUIRES: 0 <= max_bits <= 15.
std::vector<std::pair<size_t, size_t>> near_pairs(std::span<const uint64_t> hashes, int max_bits);

}  // namespace sleeve

#endif  // SLEEVE_IMAGE_NEAR_PAIRS_H_
