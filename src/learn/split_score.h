// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_SPLIT_SCORE_H_
#define SLEEVE_LEARN_SPLIT_SCORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "learn/packed_score.h"

// How good a cut is. A score grows as the two sides become purer, so that comparing the cuts of one
// node needs no impurities:
//   gini     Σ (squared class masses) / mass, of the left side plus the right
//   entropy  Σ m·log2(m) over the class masses m, minus M·log2(M) of their sum M, left plus right
// A class's mass is the number of draws (rows, as often as the bootstrap drew them) times its weight.
namespace sleeve {

enum class Criterion { kGini, kEntropy };

// What never changes while a forest grows. Shared by the threads.
struct ScoreSettings {
  Criterion criterion = Criterion::kGini;
  std::vector<double> class_weights;  // one a class
  bool weighted = false;              // some class weight is not 1
  // For entropy. With m = w·n, m·log2(m) = w·(n·log2(w) + n·log2(n)): one table serves all classes.
  std::vector<double> log_weights;
  std::vector<double> n_log_n;  // up to the number of draws for a tree

  static ScoreSettings make(Criterion criterion, std::vector<double> class_weights, size_t draws);

  // m·log2(m) of n draws of a class, and of a whole side's mass.
  [[nodiscard]] double class_term(size_t label, size_t draws) const {
    return class_weights[label] * (static_cast<double>(draws) * log_weights[label] + n_log_n[draws]);
  }
  [[nodiscard]] double mass_term(double mass) const;
};

// The node whose cuts are compared: its class masses and what all cuts have in common.
class NodeScore {
 public:
  explicit NodeScore(const ScoreSettings& settings);

  void start(std::span<const uint32_t> draws_per_class);

  static constexpr size_t kMaxCuts = 256;

  // Scores of `count` cuts. left[label * stride + i] is the number of draws of a class to the left of
  // cut i; no side may be empty.
  void score_cuts(const int32_t* left, size_t stride, size_t count, double* scores);
  // The same for the cuts behind each of the first `count` rows, sorted, of a node.
  void score_rows(const uint16_t* labels, const uint16_t* draws, size_t count, double* scores);
  // The node, for score_packed(). REQUIRES: gini, at most kMaxPackedClasses.
  [[nodiscard]] PackedNode packed() const;
  [[nodiscard]] bool gini() const { return gini_; }
  // The score that no cut exceeds: both sides are of one class.
  [[nodiscard]] double perfect() const;
  // The score of no cut at all.
  [[nodiscard]] double uncut() const {
    return gini_ ? total_sum_ / mass_ : total_sum_ - settings_.mass_term(mass_);
  }

 private:
  void gini_cuts(const int32_t* left, size_t stride, size_t count, double* scores);
  void entropy_cuts(const int32_t* left, size_t stride, size_t count, double* scores) const;
  void gini_rows(const uint16_t* labels, const uint16_t* draws, size_t count, double* scores);
  void entropy_rows(const uint16_t* labels, const uint16_t* draws, size_t count, double* scores);

  const ScoreSettings& settings_;
  bool gini_;
  std::vector<uint32_t> total_draws_;
  std::vector<double> total_;  // masses
  double mass_ = 0.0;
  double total_sum_ = 0.0;  // of squares, or of class terms
  std::vector<uint32_t> left_draws_;
  // Per cut, of the left side: mass, Σ l², Σ t·l with the node's class masses t.
  std::array<double, kMaxCuts> masses_{};
  std::array<double, kMaxCuts> squares_{};
  std::array<double, kMaxCuts> products_{};
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_SPLIT_SCORE_H_
