// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_WORDS_H_
#define SLEEVE_LEARN_WORDS_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/bag_encoder.h"
#include "learn/blockwise.h"
#include "learn/transform.h"

namespace sleeve {

struct WordsOptions {
  std::string encoding = "hard";
  int k = 256;
  int levels = 1;
  int nearest = 5;
  int reduce = 0;
  double place = 0.0;
  bool root = true;
  bool tfidf = false;
  double power = 0.5;
  std::string norm = "l2";
  int sample = 50'000;
  int seed = 1;
};
template <class V>
void describe(V& v, WordsOptions& o) {
  v.choice("encoding", o.encoding, {"hard", "soft", "vlad", "fisher"},
           "hard and soft count words, vlad and fisher also say how vectors differ from them");
  v.number("k", o.k, {1, 20000}, "words", "Size of the vocabulary; for vlad and fisher 16 to 64 are many");
  v.number("levels", o.levels, {1, 4}, "",
           "Of the spatial pyramid: 2 adds the picture's quarters, 3 its sixteenths");
  v.number("nearest", o.nearest, {1, 1000}, "words", "Of soft: how many words a vector counts for");
  v.number("reduce", o.reduce, {0, 4096}, "dimensions",
           "Principal components that local vectors are reduced to first; 0: none");
  v.number("place", o.place, {0, 100}, "",
           "How much a vector's place in the picture counts beside its looks; 0: not at all");
  v.flag("root", o.root, "Square roots of the shares of a histogram (RootSIFT) instead of its length made 1");
  v.flag("tfidf", o.tfidf, "Of hard and soft: words that stand in many covers count less");
  v.number("power", o.power, {0.01, 1}, "", "Power that sizes are raised to, which tames bursts; 1: none");
  v.choice("norm", o.norm, {"l2", "l1", "intra", "none"},
           "What is made 1: length, sum of sizes, or the length of every word's part and then of the whole");
  v.number("sample", o.sample, {1, 5'000'000}, "vectors",
           "How many local vectors the vocabulary is learnt from");
  v.number("seed", o.seed, {0, 2147483647}, "", "Which vectors are drawn, and where words begin");
}
// kUsage for tfidf with vlad or fisher.
Status check(const WordsOptions& options);

// Bags of local features (blocks with a bag layout) become a fixed number of columns each: counts of visual
// words (Sivic & Zisserman 2003; soft: Liu, Wang & Liu 2011), VLAD (Jégou et al. 2010) or Fisher vectors
// (Perronnin, Sánchez & Mensink 2010), pooled over a spatial pyramid (Lazebnik, Schmid & Ponce 2006), region
// by region and in it word by word. Every bag has a vocabulary of its own, learnt from local vectors of the
// training rows: by mini-batch k-means (kmeans.h), for Fisher vectors by a mixture of normal distributions
// (mixture.h). A region's values are divided by the number of vectors in the whole picture; a picture without
// any gives zeros. All other columns pass through; blocks keep their names and order.
class Words final : public Transform {
 public:
  using Options = WordsOptions;
  static constexpr bool kTakesBags = true;
  explicit Words(WordsOptions options) : options_(std::move(options)) {}

  // kUsage if no block is a bag.
  Status fit(const TrainingSet& data) override;
  [[nodiscard]] Matrix apply(Matrix x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns) override;
  [[nodiscard]] size_t columns_after(size_t columns) const override;
  [[nodiscard]] std::vector<ColumnBlock> blocks_after(std::span<const ColumnBlock> blocks,
                                                      size_t columns) const override;

 private:
  struct Bag {
    BagLayout layout;
    BagEncoder encoder;
  };
  [[nodiscard]] BagOptions bag_options() const;

  WordsOptions options_;
  std::vector<ColumnRange> ranges_;  // rising
  std::vector<Bag> bags_;            // one a range
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_WORDS_H_
