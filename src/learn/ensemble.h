// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_ENSEMBLE_H_
#define SLEEVE_LEARN_ENSEMBLE_H_

#include <string>
#include <vector>

#include "learn/pipeline.h"

// Several pipelines that answer the same question: what `vote` and `stack` have in common. For this room's
// .cc files only.
namespace sleeve {

inline constexpr size_t kMostMembers = 64;

// Thrown where a member can't answer, as Learner::outputs() has no other way; Pipeline, in which every
// learner stands, turns it into its error.
struct AnswerFailed {
  Error error;
};

// The pipelines of "sqrt > svm | forest:trees=300", two to kMostMembers. kUsage naming the one that can't be:
// "vote: member 2 'forrest': unknown learner …".
Result<std::vector<PipelineSpec>> parse_members(std::string_view text, Goal goal, std::string_view owner);
// Their form that parse_members() reads: complete specs give the same text, however they were written.
std::string text_of(const std::vector<PipelineSpec>& members);

class Members {
 public:
  // Every member learns from all rows, one after the other (each works in parallel). Errors as
  // Pipeline::fit, naming the member.
  Status fit(const std::vector<PipelineSpec>& specs, const TrainingSet& data, uint64_t seed,
             const WorkContext& context);
  // Of each member. REQUIRES: fitted. Throws AnswerFailed.
  [[nodiscard]] std::vector<Matrix> outputs(const Matrix& x) const;
  // Σ weight · outputs, for weights that sum to 1. REQUIRES: as outputs(), one weight a member.
  [[nodiscard]] Matrix mean(const Matrix& x, const std::vector<double>& weights) const;
  void save(ByteWriter& out) const;
  // kCorrupt where they are others than these specs, by learner and number.
  Status load(ByteReader& in, const std::vector<PipelineSpec>& specs, size_t columns, int classes);
  [[nodiscard]] size_t size() const { return fitted_.size(); }

 private:
  std::vector<Pipeline> fitted_;
};

// What load() of an ensemble asks of a pipeline that was read for a place in it.
Status check_loaded(const Pipeline& pipeline, const PipelineSpec& expected, size_t columns, int classes,
                    std::string_view owner);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_ENSEMBLE_H_
