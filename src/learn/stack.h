// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_STACK_H_
#define SLEEVE_LEARN_STACK_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "learn/ensemble.h"
#include "learn/learner.h"

namespace sleeve {

struct StackOptions {
  std::string of = "standard > logistic | forest";
  std::string final = "logistic";
  int folds = 5;
};
struct NumberStackOptions : StackOptions {
  NumberStackOptions() {
    of = "standard > ridge | forest";
    final = "ridge";
  }
};

template <class V>
void describe(V& v, StackOptions& o) {
  v.text("of", o.of, "The pipelines that answer first, with | between them: (sqrt>svm|forest:trees=300)");
  v.text("final", o.final, "The pipeline that learns from their answers: (logistic:c=0.1)");
  v.number("folds", o.folds, {2, 50}, "folds",
           "Inner folds of the training rows, by group: the final pipeline sees answers to unseen rows only");
}
// kUsage naming the member that can't be. Brings `of` and `final` into one form.
Status check(StackOptions& options);
Status check(NumberStackOptions& options);

// Stacking (Wolpert 1992), as scikit-learn's StackingClassifier and StackingRegressor: the final pipeline
// learns the answer from the members' answers. What it learns from are the answers to rows that the member
// had not seen (inner_folds.h: groups stay together); the members that answer later are fitted on all
// training rows. Its features are the members' probabilities side by side (of two classes the second's
// only) or their numbers. Where the rows or groups are too few to hold any out, the members' mean is the
// answer, and the log says so.
class Stack : public Learner {
 public:
  using Options = StackOptions;
  static constexpr bool kTakesBags = true;  // its members have transforms of their own
  explicit Stack(StackOptions options, Goal goal = Goal::kClass)
      : options_(std::move(options)), goal_(goal) {}

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  // Throws AnswerFailed, see ensemble.h.
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override;
  Status load(ByteReader& in, size_t columns, int classes) override;

  // Nothing if the members' mean is the answer.
  [[nodiscard]] const std::optional<Pipeline>& final_pipeline() const { return final_; }

 private:
  Status fit_final(const std::vector<PipelineSpec>& specs, const TrainingSet& data, uint64_t seed,
                   const WorkContext& context);

  StackOptions options_;
  Goal goal_;
  Members members_;
  std::optional<Pipeline> final_;
};

class NumberStack final : public Stack {
 public:
  using Options = NumberStackOptions;
  explicit NumberStack(NumberStackOptions options) : Stack(std::move(options), Goal::kNumber) {}
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_STACK_H_
