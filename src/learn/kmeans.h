// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_KMEANS_H_
#define SLEEVE_LEARN_KMEANS_H_

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

// Words of a vocabulary: means that vectors are nearest to. For this room's .cc files only. Work is cut into
// blocks of fixed sizes: the same bits for any number of threads.
namespace sleeve {

// Many vectors in single precision, one a row: there may be a hundred thousand, and their last bits are
// noise.
using Vectors = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Rows of `words` by nearness to rows of `x`.
class NearestWords {
 public:
  explicit NearestWords(const Vectors& words);
  // Squared distances, x.rows() × words; never below 0.
  [[nodiscard]] Vectors distances(const Eigen::Ref<const Vectors>& x) const;
  // Of every row the nearest word, the first among equals, and how far it is squared, if asked for.
  void find(const Eigen::Ref<const Vectors>& x, std::span<uint32_t> words, std::span<float> squared) const;

 private:
  const Vectors& words_;
  Eigen::RowVectorXf squared_lengths_;
};

struct KMeansOptions {
  size_t words = 256;
  size_t batch = 1024;
  size_t passes = 4;  // through all vectors
  uint64_t seed = 1;
};

// Mini-batch k-means (Sculley 2010, as scikit-learn's MiniBatchKMeans): words begin where k-means++ (Arthur &
// Vassilvitskii 2007, the best of a few draws each) puts them among the first vectors of a shuffle; then
// every batch moves each word towards the mean of all vectors that it has had so far. A word that a whole
// pass gave no vector begins anew at the vector that is farthest from its own. Never more words than there
// are different vectors among those that k-means++ looks at; one word of zeros without any vector.
Vectors learn_words(const Vectors& x, const KMeansOptions& options);

// The sum of squared distances to the nearest word.
double inertia(const Vectors& x, const Vectors& words);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_KMEANS_H_
