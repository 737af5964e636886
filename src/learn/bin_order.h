// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BIN_ORDER_H_
#define SLEEVE_LEARN_BIN_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

// Putting the bins of a node's rows in order: what the searches for splits share.
namespace sleeve {

// Bit i of the result: whether byte i is 1. The 64 bytes are 0 or 1, and 0 afterwards.
inline uint64_t take_flags(uint8_t* flags) {
  uint64_t bits = 0;
  for (unsigned byte = 0; byte < 64; byte += 8) {
    uint64_t eight = 0;
    std::memcpy(&eight, flags + byte, sizeof(eight));
    bits |= (eight * 0x0102040810204080ULL >> 56) << byte;
  }
  std::memset(flags, 0, 64);
  return bits;
}

// For each key how many are smaller: all are different, so the ranks are their places when sorted.
// REQUIRES: room for `count` rounded up to a multiple of 16 in both, keys above -1.
void rank_keys(const int16_t* keys, size_t count, int16_t* ranks);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BIN_ORDER_H_
