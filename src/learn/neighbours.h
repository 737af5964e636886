// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_NEIGHBOURS_H_
#define SLEEVE_LEARN_NEIGHBOURS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"
#include "learn/matrix.h"

namespace sleeve {

struct NeighbourOptions {
  int k = 5;
  std::string metric = "euclidean";
  std::string weights = "uniform";
};

template <class V>
void describe(V& v, NeighbourOptions& o) {
  v.number("k", o.k, {1, 1e9}, "rows", "How many of the nearest training rows count; all if there are fewer");
  v.choice("metric", o.metric, {"euclidean", "cosine", "chi2"}, "What is near; chi2 is for histograms");
  v.choice("weights", o.weights, {"uniform", "distance"},
           "distance: a row counts one over its distance; rows at distance 0 outweigh all others");
}

// Finds the k nearest training rows of any row. Where several rows are equally far and only some of them
// are among the k nearest, they share the weight that is left, so that nothing depends on the rows' order.
// Metrics: euclidean; cosine, 1 - cos of the angle, 1 from or to a row of zeros; chi2, see chi2_distance().
//
// Matrix products (euclidean, cosine) find the rows that may be among the nearest, by a bound on the
// products' rounding; their distances are then summed one by one. So equal rows are equally far to the
// bit, and a row's neighbours don't depend on the rows that are asked about with it.
class Neighbours {
 public:
  struct Near {
    double weight;  // above 0, any scale
    size_t row;     // of the training rows; rising
  };

  explicit Neighbours(NeighbourOptions options) : options_(std::move(options)) {}

  // kUsage for metric chi2 with values below 0.
  Status keep(const Matrix& x);
  // Calls found(i, neighbours of row i of x) for every row, in parallel. REQUIRES: rows kept or loaded.
  void for_each(const Matrix& x, const std::function<void(size_t, std::span<const Near>)>& found) const;
  [[nodiscard]] size_t rows() const { return x_.rows(); }

  void save(ByteWriter& out) const;
  Status load(ByteReader& in, size_t columns);  // kCorrupt

 private:
  struct Distant {
    double distance;  // squared for euclidean
    size_t row;
  };

  void measure();
  void find_block(const Matrix& x, size_t begin, size_t end,
                  const std::function<void(size_t, std::span<const Near>)>& found) const;
  // The training rows that may be among the nearest, given the products of a row with all of them.
  [[nodiscard]] std::vector<Distant> candidates(std::span<const double> products, double square) const;
  [[nodiscard]] double distance(std::span<const float> x, double square, size_t row) const;
  [[nodiscard]] std::vector<Near> nearest(std::vector<Distant> distant) const;

  NeighbourOptions options_;
  Matrix x_;
  std::vector<double> squares_;  // Σ x² of every training row
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_NEIGHBOURS_H_
