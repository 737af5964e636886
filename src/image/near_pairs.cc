// SPDX-License-Identifier: Apache-2.0
#include "image/near_pairs.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "base/sort_unique.h"

namespace sleeve {
namespace {

// A part of each hash as a number, with the hashes of equal parts side by side.
class Band {
 public:
  Band(std::span<const uint64_t> hashes, int first_bit, int end_bit)
      : first_bit_(first_bit), width_(end_bit - first_bit) {
    entries_.reserve(hashes.size());
    for (size_t i = 0; i < hashes.size(); ++i) entries_.push_back({part_of(hashes[i]), i});
    std::ranges::sort(entries_);
  }

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] uint64_t part_of(uint64_t hash) const {
    return width_ == 64 ? hash : hash >> first_bit_ & ((uint64_t{1} << width_) - 1);
  }

  // Calls visit(i) for every hash whose part is `part` and whose number is above `after`.
  template <class Visit>
  void visit_above(uint64_t part, size_t after, Visit visit) const {
    for (auto entry = std::ranges::upper_bound(entries_, Entry{part, after});
         entry != entries_.end() && entry->part == part; ++entry) {
      visit(entry->index);
    }
  }

 private:
  struct Entry {
    uint64_t part;
    size_t index;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  int first_bit_;
  int width_;
  std::vector<Entry> entries_;
};

// Bands for which one differing bit is looked for, too: half as many, and so wider and their buckets smaller.
constexpr int kProbingFrom = 7;  // bits; below, plain bands are faster

}  // namespace

std::vector<std::pair<size_t, size_t>> near_pairs(std::span<const uint64_t> hashes, int max_bits) {
  assert(max_bits >= 0 && max_bits <= 15);
  const bool probing = max_bits >= kProbingFrom;
  const int bands = probing ? max_bits / 2 + 1 : max_bits + 1;
  std::vector<std::pair<size_t, size_t>> pairs;
  for (int b = 0; b < bands; ++b) {
    const Band band(hashes, 64 * b / bands, 64 * (b + 1) / bands);
    for (size_t i = 0; i < hashes.size(); ++i) {
      const auto visit = [&](size_t j) {
        if (std::popcount(hashes[i] ^ hashes[j]) <= max_bits) pairs.emplace_back(i, j);
      };
      const uint64_t part = band.part_of(hashes[i]);
      band.visit_above(part, i, visit);
      for (int bit = 0; probing && bit < band.width(); ++bit)
        band.visit_above(part ^ uint64_t{1} << bit, i, visit);
    }
  }
  sort_unique(pairs);
  return pairs;
}

}  // namespace sleeve
