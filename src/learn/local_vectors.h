// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_LOCAL_VECTORS_H_
#define SLEEVE_LEARN_LOCAL_VECTORS_H_

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <sleeve/result.h>

#include "base/bag.h"
#include "base/byte_stream.h"
#include "learn/blockwise.h"
#include "learn/kmeans.h"
#include "learn/matrix.h"

// A bag's rows as vectors that can be compared with words. For this room's .cc files only; learn/words.h says
// what the options mean.
namespace sleeve {

struct LocalOptions {
  size_t reduce = 0;
  double place = 0.0;
  bool root = true;
};

class LocalVectors {
 public:
  LocalVectors(LocalOptions options, const BagLayout& layout) : options_(options), layout_(layout) {}

  // Learns principal components, if asked for, of at most `wanted` local vectors of the training rows, each
  // as likely to be drawn as any other. Returns these as of() would.
  Vectors fit(const Matrix& x, ColumnRange bag, size_t wanted, uint64_t seed);
  // A row's local vectors, one a row; their places. REQUIRES: fitted or loaded.
  [[nodiscard]] Vectors of(std::span<const float> row, std::vector<ItemPlace>& places) const;
  [[nodiscard]] size_t dimensions() const;  // of vectors

  void save(ByteWriter& out) const;
  Status load(ByteReader& in);  // kCorrupt

 private:
  [[nodiscard]] size_t kept() const { return std::min(options_.reduce, layout_.dimensions()); }
  [[nodiscard]] Vectors raw_vectors(std::span<const float> row, std::vector<ItemPlace>& places) const;
  [[nodiscard]] Vectors sampled(const Matrix& x, ColumnRange bag, size_t wanted, uint64_t seed,
                                std::vector<ItemPlace>& places) const;
  [[nodiscard]] Vectors reduced(Vectors raw) const;
  [[nodiscard]] Vectors add_places(Vectors vectors, std::span<const ItemPlace> places) const;
  void fit_reduction(const Vectors& raw);

  LocalOptions options_;
  BagLayout layout_;
  std::vector<float> mean_;  // of raw vectors; empty without reduction
  Vectors axes_;             // reduced × raw dimensions
};

inline std::span<const float> values_of(const Vectors& rows) {
  return {rows.data(), static_cast<size_t>(rows.size())};
}
// No rows at all where the values don't make so many.
inline Vectors as_rows(const std::vector<float>& values, size_t rows) {
  if (rows == 0 || values.size() % rows != 0) return Vectors(0, 0);
  return Eigen::Map<const Vectors>(values.data(), static_cast<Eigen::Index>(rows),
                                   static_cast<Eigen::Index>(values.size() / rows));
}
inline bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}
// Zeros stay.
void scale_to_length_one(std::span<float> values);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LOCAL_VECTORS_H_
