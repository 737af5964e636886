// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_WEIGHT_BLOCKS_H_
#define SLEEVE_LEARN_WEIGHT_BLOCKS_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/transform.h"

namespace sleeve {

struct WeightBlocksOptions {
  std::string blocks;
};
template <class V>
void describe(V& v, WeightBlocksOptions& o) {
  v.text("blocks", o.blocks, "What descriptors' columns are multiplied by: hog*2+hsv*0.5; others stay");
}
// kUsage without any name, with one twice, or with a weight that is not a number from 0 to 1e6.
Status check(const WeightBlocksOptions& options);

// Multiplies the columns of named descriptors by stated weights: how much each counts in a distance, a
// kernel or a penalty. A forest does not notice.
class WeightBlocks final : public Transform {
 public:
  using Options = WeightBlocksOptions;
  explicit WeightBlocks(WeightBlocksOptions options) : options_(std::move(options)) {}

  // kUsage, saying what is known, if a name isn't or if no blocks are (as behind pca).
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { out.put_array(weights_); }
  Status load(ByteReader& in, size_t columns) override;

 private:
  WeightBlocksOptions options_;
  std::vector<float> weights_;  // one a column
};

struct BalanceBlocksOptions {};
template <class V>
void describe(V& /*v*/, BalanceBlocksOptions& /*o*/) {}

// Divides every descriptor's columns by one number, so that the mean squared length of its part of a training
// row is 1: one of 576 columns then counts no more than one of 26. A part that is all zeros stays.
class BalanceBlocks final : public Transform {
 public:
  using Options = BalanceBlocksOptions;
  explicit BalanceBlocks(BalanceBlocksOptions /*options*/) {}

  // kUsage if no blocks are known (as behind pca); kNoData without rows.
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { out.put_array(divisors_); }
  Status load(ByteReader& in, size_t columns) override;

 private:
  std::vector<double> divisors_;  // one a column, above 0
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_WEIGHT_BLOCKS_H_
