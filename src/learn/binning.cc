// SPDX-License-Identifier: Apache-2.0
#include "learn/binning.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/parallel.h"

namespace sleeve {
namespace {

// Columns read together: one cache line of floats.
constexpr size_t kBinningBlock = 16;

// An unsigned number that orders as the float does.
uint32_t order_key(float value) {
  const auto bits = std::bit_cast<uint32_t>(value + 0.0F);  // -0 becomes 0
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

float value_of_key(uint64_t entry) {
  const auto key = static_cast<uint32_t>(entry >> 32);
  return std::bit_cast<float>((key & 0x80000000U) != 0 ? key & 0x7fffffffU : ~key);
}

// Sorts entries (key << 32 | row) by their key: three passes of 11 bits, stable.
void radix_sort(std::vector<uint64_t>& entries, std::vector<uint64_t>& scratch) {
  constexpr size_t kBits = 11;
  constexpr size_t kBuckets = size_t{1} << kBits;
  scratch.resize(entries.size());
  for (size_t shift = 32; shift < 64; shift += kBits) {
    std::array<uint32_t, kBuckets> starts{};
    for (const uint64_t entry : entries) ++starts[(entry >> shift) & (kBuckets - 1)];
    uint32_t sum = 0;
    for (uint32_t& start : starts) {
      const uint32_t count = start;
      start = sum;
      sum += count;
    }
    for (const uint64_t entry : entries) scratch[starts[(entry >> shift) & (kBuckets - 1)]++] = entry;
    std::swap(entries, scratch);
  }
}

struct Run {
  size_t begin;  // in the sorted entries
  size_t end;
};

std::vector<Run> distinct_values(const std::vector<uint64_t>& sorted) {
  std::vector<Run> runs;
  for (size_t i = 0; i < sorted.size();) {
    size_t end = i + 1;
    while (end < sorted.size() && sorted[end] >> 32 == sorted[i] >> 32) ++end;
    runs.push_back({i, end});
    i = end;
  }
  return runs;
}

// Joins neighbouring values until at most kMaxBins are left, each with about equally many rows.
std::vector<Run> join_values(const std::vector<Run>& values, size_t rows) {
  if (values.size() <= kMaxBins) return values;
  std::vector<Run> bins;
  size_t target = rows / kMaxBins + 1;
  Run current{0, 0};
  const auto close = [&] {
    bins.push_back(current);
    current.begin = current.end;
    if (bins.size() < kMaxBins) target = (rows - current.end) / (kMaxBins - bins.size()) + 1;
  };
  for (const Run& value : values) {
    const bool last_bin = bins.size() + 1 == kMaxBins;
    const bool heavy = value.end - value.begin >= target;
    if (heavy && !last_bin && current.end > current.begin) close();
    current.end = value.end;
    if (bins.size() + 1 < kMaxBins && current.end - current.begin >= target) close();
  }
  if (current.end > current.begin) bins.push_back(current);
  return bins;
}

}  // namespace

BinnedMatrix::BinnedMatrix(const Matrix& x)
    : rows_(x.rows()), columns_(x.columns()), by_column_(rows_ * columns_), by_row_(rows_ * columns_) {
  std::vector<std::vector<Range>> ranges(columns_);
  parallel_for((columns_ + kBinningBlock - 1) / kBinningBlock, [&](size_t block) {
    const size_t first = block * kBinningBlock;
    bin_block(x, first, std::span(ranges).subspan(first, std::min(kBinningBlock, columns_ - first)));
  });
  keep_ranges(ranges);
  fill_rows();
}

// All in one piece: a tree asks for those of any feature at any time.
void BinnedMatrix::keep_ranges(const std::vector<std::vector<Range>>& ranges) {
  begins_.assign(1, 0);
  for (const auto& of_feature : ranges) {
    ranges_.insert(ranges_.end(), of_feature.begin(), of_feature.end());
    begins_.push_back(static_cast<uint32_t>(ranges_.size()));
  }
}

void BinnedMatrix::bin_block(const Matrix& x, size_t first_column, std::span<std::vector<Range>> ranges) {
  const size_t end_column = first_column + ranges.size();
  std::array<std::vector<uint64_t>, kBinningBlock> entries;
  for (auto& column : entries) column.resize(rows_);
  for (size_t row = 0; row < rows_; ++row) {
    const float* values = x.row(row).data();
    for (size_t j = first_column; j < end_column; ++j) {
      entries[j - first_column][row] = uint64_t{order_key(values[j])} << 32 | row;
    }
  }
  std::vector<uint64_t> scratch;
  for (size_t j = first_column; j < end_column; ++j) {
    std::vector<uint64_t>& column = entries[j - first_column];
    if (rows_ < 256) {
      std::ranges::sort(column);
    } else {
      radix_sort(column, scratch);
    }
    bin_column(j, column, ranges[j - first_column]);
  }
}

void BinnedMatrix::bin_column(size_t feature, const std::vector<uint64_t>& sorted,
                              std::vector<Range>& ranges) {
  const std::vector<Run> bins = join_values(distinct_values(sorted), rows_);
  uint8_t* column = by_column_.data() + feature * rows_;
  for (size_t bin = 0; bin < bins.size(); ++bin) {
    ranges.push_back({value_of_key(sorted[bins[bin].begin]), value_of_key(sorted[bins[bin].end - 1])});
    for (size_t i = bins[bin].begin; i < bins[bin].end; ++i) {
      column[static_cast<uint32_t>(sorted[i])] = static_cast<uint8_t>(bin);
    }
  }
}

void BinnedMatrix::fill_rows() {
  constexpr size_t kRows = 64;  // a tile of rows and columns at a time stays in the cache
  parallel_for((rows_ + kRows - 1) / kRows, [&](size_t block) {
    const size_t end = std::min(rows_, (block + 1) * kRows);
    for (size_t first = 0; first < columns_; first += kRows) {
      const size_t last = std::min(columns_, first + kRows);
      for (size_t row = block * kRows; row < end; ++row) {
        for (size_t j = first; j < last; ++j) by_row_[row * columns_ + j] = by_column_[j * rows_ + row];
      }
    }
  });
}

float BinnedMatrix::threshold(size_t feature, size_t lower_bin, size_t upper_bin) const {
  const Range* const ranges = ranges_.data() + begins_[feature];
  const float below = ranges[lower_bin].highest;
  const float above = ranges[upper_bin].lowest;
  const float middle = below / 2 + above / 2;
  // Rounding may reach either end (or underflow below the lower one).
  return middle >= below && middle < above ? middle : below;
}

}  // namespace sleeve
