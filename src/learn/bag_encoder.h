// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_BAG_ENCODER_H_
#define SLEEVE_LEARN_BAG_ENCODER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sleeve/result.h>

#include "base/bag.h"
#include "base/byte_stream.h"
#include "learn/local_vectors.h"
#include "learn/matrix.h"
#include "learn/mixture.h"

// One bag's vocabulary, and how a row's local vectors become a fixed number of values. For this room's .cc
// files only; learn/words.h says what the options mean.
namespace sleeve {

enum class Encoding { kHard, kSoft, kVlad, kFisher };

struct BagOptions {
  Encoding encoding = Encoding::kHard;
  size_t words = 256;
  size_t levels = 1;
  size_t nearest = 5;
  size_t sample = 50'000;
  size_t reduce = 0;
  double place = 0.0;
  bool root = true;
  bool tf_idf = false;
  double power = 0.5;
  std::string norm = "l2";
  uint64_t seed = 1;
};

class BagEncoder {
 public:
  BagEncoder(BagOptions options, const BagLayout& layout)
      : options_(std::move(options)), local_({options_.reduce, options_.place, options_.root}, layout) {}

  // Learns from rows of columns begin … end-1 of x.
  void fit(const Matrix& x, size_t begin, size_t end);
  [[nodiscard]] size_t size() const;  // values of a row
  // REQUIRES: fitted or loaded; size() places in `out`.
  void encode(std::span<const float> row, std::span<float> out) const;

  void save(ByteWriter& out) const;
  Status load(ByteReader& in);  // kCorrupt

 private:
  // Where in the picture, and in which words with which weights.
  struct Located;

  void fit_document_frequencies(const Matrix& x, size_t begin, size_t end);
  [[nodiscard]] std::vector<Located> locate(const Vectors& vectors) const;
  [[nodiscard]] Located softly(const Eigen::Ref<const Eigen::RowVectorXf>& squared) const;
  void pool(const Vectors& vectors, std::span<const Located> located, std::span<const size_t> members,
            size_t all, std::span<float> out) const;
  void normalise(std::span<float> out) const;
  [[nodiscard]] size_t dimensions() const { return static_cast<size_t>(mixture_.means.cols()); }
  [[nodiscard]] size_t word_size() const;  // values a word and region
  [[nodiscard]] bool fits() const;
  void prepare();

  BagOptions options_;
  LocalVectors local_;
  Mixture mixture_;               // weights and variances only for Fisher vectors
  float softness_ = 1.0F;         // twice the mean squared distance of a vector to its word
  std::vector<float> frequency_;  // what a word's share is multiplied by (inverse document frequency)
  // Of the mixture, computed once.
  std::optional<Shares> shares_;
  Vectors inverse_deviations_;
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_BAG_ENCODER_H_
