// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_KNN_H_
#define SLEEVE_LEARN_KNN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct KnnOptions {
  int k = 5;
  std::string metric = "euclidean";
  std::string weights = "uniform";
};

template <class V>
void describe(V& v, KnnOptions& o) {
  v.number("k", o.k, {1, 1e9}, "rows", "How many of the nearest training rows vote; all if there are fewer");
  v.choice("metric", o.metric, {"euclidean", "cosine", "chi2"}, "What is near; chi2 is for histograms");
  v.choice("weights", o.weights, {"uniform", "distance"},
           "distance: a vote counts one over its distance; rows at distance 0 outvote all others");
}

// The k nearest training rows vote, as in scikit-learn's KNeighborsClassifier: probabilities are the
// shares of the votes. Where several rows are equally far and only some of them are among the k nearest,
// scikit-learn's answer depends on the rows' order; here they share the votes that are left, so that it
// does not. Metrics: euclidean; cosine, 1 - cos of the angle, 1 from or to a row of zeros; chi2, see
// chi2_distance().
//
// Matrix products (euclidean, cosine) find the rows that may be among the nearest, by a bound on the
// products' rounding; their distances are then summed one by one. So equal rows are equally far to the
// bit, and a row's probabilities don't depend on the rows predicted with it.
class Knn final : public Learner {
 public:
  using Options = KnnOptions;
  explicit Knn(KnnOptions options) : options_(std::move(options)) {}

  // Also kUsage for metric chi2 with values below 0.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

 private:
  struct Near {
    double distance;  // squared for euclidean
    size_t row;
  };

  void measure();
  void predict_block(const Matrix& x, size_t begin, size_t end, Matrix& result) const;
  // The training rows that may be among the nearest, given the products of a row with all of them.
  [[nodiscard]] std::vector<Near> candidates(std::span<const double> products, double square) const;
  [[nodiscard]] double distance(std::span<const float> x, double square, size_t row) const;
  void vote(std::vector<Near> near, std::span<float> shares) const;

  KnnOptions options_;
  Matrix x_;
  std::vector<int32_t> labels_;
  int classes_ = 0;
  std::vector<double> squares_;  // Σ x² of every training row
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_KNN_H_
