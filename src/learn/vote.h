// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_VOTE_H_
#define SLEEVE_LEARN_VOTE_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/ensemble.h"
#include "learn/learner.h"

namespace sleeve {

struct VoteOptions {
  std::string of = "standard > logistic | forest";
  std::string weights;
};
struct NumberVoteOptions : VoteOptions {
  NumberVoteOptions() { of = "standard > ridge | forest"; }
};

template <class V>
void describe(V& v, VoteOptions& o) {
  v.text("of", o.of, "The pipelines that answer, with | between them: (sqrt>svm|forest:trees=300)");
  v.text("weights", o.weights, "How much each counts, as (2|1); nothing: all the same");
}
// kUsage naming the member or weight that can't be. Brings `of` and `weights` into one form.
Status check(VoteOptions& options);
Status check(NumberVoteOptions& options);

// Soft voting: the weighted mean of the members' probabilities (or numbers), as scikit-learn's
// VotingClassifier (voting=soft) and VotingRegressor. A member is a whole pipeline, with transforms of its
// own, fitted on the same training rows.
class Vote : public Learner {
 public:
  using Options = VoteOptions;
  static constexpr bool kTakesBags = true;  // its members have transforms of their own
  explicit Vote(VoteOptions options, Goal goal = Goal::kClass) : options_(std::move(options)), goal_(goal) {}

  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) override;
  // Throws AnswerFailed, see ensemble.h.
  [[nodiscard]] Matrix outputs(const Matrix& x) const override;
  void save(ByteWriter& out) const override { members_.save(out); }
  Status load(ByteReader& in, size_t columns, int classes) override;

 private:
  VoteOptions options_;
  Goal goal_;
  std::vector<double> weights_;  // one a member, sum 1
  Members members_;
};

class NumberVote final : public Vote {
 public:
  using Options = NumberVoteOptions;
  explicit NumberVote(NumberVoteOptions options) : Vote(std::move(options), Goal::kNumber) {}
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_VOTE_H_
