// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BINNING_H_
#define SLEEVE_LEARN_BINNING_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "learn/matrix.h"

namespace sleeve {

inline constexpr size_t kMaxBins = 256;
inline constexpr size_t kCacheLine = 64;  // bytes, hence bins

// A matrix with every feature quantised to at most 256 bins, one byte a value: a tree then splits
// between bins instead of sorting floats at every node. A feature with at most 256 distinct values
// loses nothing; others are cut where bins hold about equally many rows, a value that stands in
// many rows (the zeros of a histogram) having a bin of its own. -0 and 0 are the same value.
class BinnedMatrix {
 public:
  // REQUIRES: finite values. Takes 2 bytes a value.
  explicit BinnedMatrix(const Matrix& x);

  [[nodiscard]] size_t rows() const { return rows_; }
  [[nodiscard]] size_t columns() const { return columns_; }
  // The bins of a feature, by row: for nodes with many rows.
  [[nodiscard]] const uint8_t* column(size_t feature) const { return by_column_.data() + feature * rows_; }
  // The bins of a row, by feature: for nodes with few rows, which stay in the nearest cache.
  [[nodiscard]] const uint8_t* row(size_t row) const { return by_row_.data() + row * columns_; }
  [[nodiscard]] size_t bins(size_t feature) const { return begins_[feature + 1] - begins_[feature]; }
  // Where to cut between two bins: midway between the largest value of the lower and the smallest of
  // the upper, as scikit-learn does; never the latter itself, so `value <= threshold` parts the
  // training rows as their bins do.
  [[nodiscard]] float threshold(size_t feature, size_t lower_bin, size_t upper_bin) const;

 private:
  // The training rows' values in a bin.
  struct Range {
    float lowest;
    float highest;
  };

  void bin_column(size_t feature, const std::vector<uint64_t>& sorted, std::vector<Range>& ranges);
  void bin_block(const Matrix& x, size_t first_column, std::span<std::vector<Range>> ranges);
  void keep_ranges(const std::vector<std::vector<Range>>& ranges);
  void fill_rows();

  size_t rows_;
  size_t columns_;
  std::vector<uint8_t> by_column_;
  std::vector<uint8_t> by_row_;
  std::vector<uint32_t> begins_;  // in ranges_, of each feature, and the end
  std::vector<Range> ranges_;     // per feature and bin, of the training rows
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BINNING_H_
