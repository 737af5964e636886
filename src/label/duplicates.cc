// SPDX-License-Identifier: Apache-2.0
#include "label/duplicates.h"

#include <algorithm>
#include <utility>

#include "base/parallel.h"
#include "base/sort_unique.h"
#include "image/near_pairs.h"
#include "image/perceptual_hash.h"

namespace sleeve {
namespace {

int closest_bits(const CoverPrint& a, const CoverPrint& b) {
  int bits = 64;
  for (const auto& x : {a.whole, a.inside}) {
    for (const auto& y : {b.whole, b.inside}) {
      if (x && y) bits = std::min(bits, hash_distance(*x, *y));
    }
  }
  return bits;
}

}  // namespace

std::vector<CoverPair> find_duplicates(std::span<const CoverPrint> prints, const DuplicateOptions& options) {
  std::vector<uint64_t> hashes;
  std::vector<size_t> owners;
  for (size_t i = 0; i < prints.size(); ++i) {
    const auto add = [&](const std::optional<uint64_t>& hash) {
      if (!hash) return;
      hashes.push_back(*hash);
      owners.push_back(i);
    };
    add(prints[i].whole);
    if (prints[i].inside != prints[i].whole) add(prints[i].inside);
  }
  std::vector<std::pair<size_t, size_t>> candidates;
  for (const auto& [x, y] : near_pairs(hashes, std::max(options.bits, kLookAlikeBits))) {
    if (owners[x] != owners[y]) candidates.push_back(std::minmax(owners[x], owners[y]));
  }
  sort_unique(candidates);

  std::vector<CoverPair> pairs(candidates.size());
  parallel_for(candidates.size(), [&](size_t i) {
    const auto [a, b] = candidates[i];
    CoverPair& pair = pairs[i];
    pair = {a, b, closest_bits(prints[a], prints[b]), print_distance(prints[a], prints[b]),
            Likeness::kLookAlike};
    if (pair.bits <= options.bits && pair.distance <= options.distance) pair.likeness = Likeness::kSameCover;
  });
  std::erase_if(pairs, [](const CoverPair& pair) {
    return pair.likeness == Likeness::kLookAlike && pair.bits > kLookAlikeBits;
  });
  return pairs;
}

}  // namespace sleeve
