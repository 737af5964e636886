// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_ONLY_BLOCKS_H_
#define SLEEVE_LEARN_ONLY_BLOCKS_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/transform.h"

namespace sleeve {

struct OnlyBlocksOptions {
  std::string blocks;
};
template <class V>
void describe(V& v, OnlyBlocksOptions& o) {
  v.text("blocks", o.blocks, "The descriptors whose columns stay, joined with +: hog+hsv");
}
// kUsage without any name, or with one twice.
Status check(const OnlyBlocksOptions& options);

// Keeps the columns of the named descriptors, in the order that they have: so the members of an ensemble
// can look at different ones, "vote:of=(only:blocks=hog>svm|only:blocks=hsv>forest)".
class OnlyBlocks final : public Transform {
 public:
  using Options = OnlyBlocksOptions;
  static constexpr bool kTakesBags = true;
  explicit OnlyBlocks(OnlyBlocksOptions options) : options_(std::move(options)) {}

  // kUsage, saying what is known, if a name isn't or if no blocks are (as behind pca).
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override { out.put_array(ranges_); }
  Status load(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t columns) const override;
  [[nodiscard]] std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> blocks,
                                                      size_t columns) const override;

 private:
  OnlyBlocksOptions options_;
  std::vector<uint32_t> ranges_;  // begin, end, begin, end, …; rising
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_ONLY_BLOCKS_H_
