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

// A key holds a row's bin and, in its last bits, its place among the rows.
inline constexpr int kPlaceBits = 6;
inline uint8_t bin_of_key(int16_t key) { return static_cast<uint8_t>(key >> kPlaceBits); }

// Ranks the rows of a small node by their bin of a feature, equal ones by their place. False, without ranks,
// if all are in one bin. REQUIRES: 0 < count <= 64, and as rank_keys().
inline bool rank_rows(const uint8_t* const* row_bins, size_t count, uint32_t feature, int16_t* keys,
                      int16_t* ranks) {
  const uint8_t first_bin = row_bins[0][feature];
  unsigned differing = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t bin = row_bins[i][feature];
    differing |= static_cast<unsigned>(bin ^ first_bin);
    keys[i] = static_cast<int16_t>(bin << kPlaceBits | static_cast<int>(i));
  }
  if (differing == 0) return false;
  rank_keys(keys, count, ranks);
  return true;
}

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BIN_ORDER_H_
