// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_MIXTURE_H_
#define SLEEVE_LEARN_MIXTURE_H_

#include <cstdint>
#include <vector>

#include "learn/kmeans.h"

// A mixture of normal distributions with a variance for each dimension: the vocabulary of Fisher vectors. For
// this room's .cc files only.
namespace sleeve {

struct Mixture {
  std::vector<float> weights;  // sum to 1, above 0
  Vectors means;               // one distribution a row
  Vectors variances;           // above 0
};

// Every vector's share in every distribution, rows sum to 1.
class Shares {
 public:
  explicit Shares(const Mixture& mixture);
  // x.rows() × distributions. `log_likelihood`, if not nullptr, is raised by the vectors' sum.
  [[nodiscard]] Vectors of(const Eigen::Ref<const Vectors>& x, double* log_likelihood = nullptr) const;

 private:
  Vectors precisions_;            // 1 / variance
  Vectors weighted_means_;        // mean / variance
  Eigen::RowVectorXf constants_;  // what of the logarithm doesn't depend on the vector
};

struct MixtureOptions {
  size_t rounds = 25;         // at most
  double enough = 1e-3;       // stop when a round raises the mean log likelihood by less
  double least_share = 1e-3;  // of a dimension's variance over all vectors: no variance falls below
};

// Expectation maximisation (Dempster, Laird & Rubin 1977), beginning from the words of k-means. A
// distribution that is left without vectors keeps its place with a small weight. Without vectors: the words,
// variance 1. The same bits for any number of threads.
Mixture learn_mixture(const Vectors& x, const Vectors& words, const MixtureOptions& options = {});

}  // namespace sleeve

#endif  // SLEEVE_LEARN_MIXTURE_H_
