// SPDX-License-Identifier: Apache-2.0
#include "image/near_pairs.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace sleeve {
namespace {

struct BandEntry {
  uint64_t band;
  size_t index;
  friend auto operator<=>(const BandEntry&, const BandEntry&) = default;
};

uint64_t band_mask(int first_bit, int end_bit) {
  const int width = end_bit - first_bit;
  return (width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1) << first_bit;
}

}  // namespace

std::vector<std::pair<size_t, size_t>> near_pairs(std::span<const uint64_t> hashes, int max_bits) {
  assert(max_bits >= 0 && max_bits <= 15);
  const int bands = max_bits + 1;
  std::vector<std::pair<size_t, size_t>> pairs;
  std::vector<BandEntry> entries(hashes.size());
  for (int b = 0; b < bands; ++b) {
    const uint64_t mask = band_mask(64 * b / bands, 64 * (b + 1) / bands);
    for (size_t i = 0; i < hashes.size(); ++i) entries[i] = {hashes[i] & mask, i};
    std::ranges::sort(entries);
    for (size_t first = 0; first < entries.size();) {
      size_t end = first + 1;
      while (end < entries.size() && entries[end].band == entries[first].band) ++end;
      for (size_t i = first; i < end; ++i) {
        for (size_t j = i + 1; j < end; ++j) {
          if (std::popcount(hashes[entries[i].index] ^ hashes[entries[j].index]) <= max_bits) {
            pairs.emplace_back(entries[i].index, entries[j].index);
          }
        }
      }
      first = end;
    }
  }
  std::ranges::sort(pairs);
  const auto rest = std::unique(pairs.begin(), pairs.end());
  pairs.erase(rest, pairs.end());
  return pairs;
}

}  // namespace sleeve
