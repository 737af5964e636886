// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_METRICS_H_
#define SLEEVE_EVAL_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

// Definitions as scikit-learn's with zero_division=0: a class that is never predicted has precision 0.
// Averages run over all classes that appear in truth or prediction.
namespace sleeve {

// confusion[t][p]: rows of true class t predicted as p.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(int classes)
      : classes_(classes), counts_(static_cast<size_t>(classes) * static_cast<size_t>(classes)) {}
  // REQUIRES: as many predictions as truths, all from 0 to classes-1.
  static ConfusionMatrix of(std::span<const int> truth, std::span<const int> predicted, int classes);

  void add(int truth, int predicted, int64_t count = 1);
  [[nodiscard]] int64_t at(int truth, int predicted) const;
  [[nodiscard]] int classes() const { return classes_; }
  [[nodiscard]] int64_t total() const;

 private:
  int classes_;
  std::vector<int64_t> counts_;
};

struct ClassScores {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  int64_t support = 0;  // rows of this class in the truth
};

struct Scores {
  int64_t rows = 0;
  double accuracy = 0;
  double balanced_accuracy = 0;  // mean recall over classes with support
  // Agreement beyond what the two margins give by chance: Cohen's kappa (1960), unweighted, and the
  // correlation of Matthews for any number of classes (Gorodkin 2004). From -1 to 1; 0 is chance. Where
  // they are 0/0 (a constant predictor for the correlation; also a truth of the same one class for kappa)
  // they are 0: nothing was shown.
  double cohens_kappa = 0;
  double mcc = 0;
  ClassScores macro;     // plain mean over the classes
  ClassScores weighted;  // mean weighted by support
  std::vector<ClassScores> per_class;
};

// All 0 without rows.
Scores score(const ConfusionMatrix& confusion);

// The metric names that intervals and cross-validation know: "accuracy", "balanced_accuracy",
// "macro_f1", "weighted_f1", "cohens_kappa", "mcc".
std::span<const std::string> metric_names();
// REQUIRES: name is one of metric_names().
double metric(const Scores& scores, const std::string& name);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_METRICS_H_
