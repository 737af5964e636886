// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_PIPELINE_H_
#define SLEEVE_LEARN_PIPELINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/options.h"
#include "learn/calibration.h"
#include "learn/learner.h"
#include "learn/transform.h"

namespace sleeve {

inline constexpr uint64_t kMaxColumns = uint64_t{1} << 28;

// What to do, before anything is fitted: a value that can be printed, compared and saved.
// Options are complete (defaults filled in, typed).
struct PipelineSpec {
  std::vector<Spec> transforms;
  Spec learner;
  Goal goal = Goal::kClass;
  std::optional<Spec> calibration = {};  // "calibrate", see calibration.h

  // "sqrt > standard > forest:trees=1000 > calibrate": only options that differ from their default.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const PipelineSpec&, const PipelineSpec&) = default;
};

// "forest:trees=1000" takes the learner's default transforms; "sqrt>standard>logistic:c=0.1" names
// them; "none>logistic" has none. Behind the learner may stand "calibrate:method=isotonic". A value that
// holds one of ":>,|" stands in parentheses. kUsage with the nearest name for what is unknown, for pipelines
// more than kDeepestPipeline deep within each other, and for the calibration of a number.
Result<PipelineSpec> parse_pipeline(std::string_view text, Goal goal = Goal::kClass);
Json to_json(const PipelineSpec& spec);
Result<PipelineSpec> pipeline_spec_from_json(const Json& json);

// A fitted pipeline. Everything in it was learnt from the rows given to fit() and no others, which
// is what keeps evaluation honest: there is no way to fit a transform on its own.
class Pipeline {
 public:
  // kUsage: a step or option that isn't known, a value that is not finite (row and column are named),
  // answers that don't fit the goal; kNoData without rows or columns; kCancelled; kTooLarge for memory.
  // Calibration is learnt from the outputs of the same pipeline on inner folds (inner_folds.h), so each
  // fold trains once more; where the rows or groups are too few to hold any out it does nothing, and says so
  // in the log.
  static Result<Pipeline> fit(const PipelineSpec& spec, const TrainingSet& data, uint64_t seed,
                              const WorkContext& context = {});

  // Of classes rows × classes, each row sums to 1; of labels rows × labels, each from 0 to 1; of numbers
  // rows × 1. kUsage if x has another number of columns than the training rows had, or a value that is not
  // finite. Thread-safe.
  [[nodiscard]] Result<Matrix> outputs(const Matrix& x) const;
  [[nodiscard]] const PipelineSpec& spec() const { return spec_; }
  [[nodiscard]] size_t columns() const { return columns_; }
  [[nodiscard]] int classes() const { return classes_; }  // columns of outputs()
  [[nodiscard]] const Learner& learner() const { return *learner_; }

  void save(ByteWriter& out) const;
  static Result<Pipeline> load(ByteReader& in);  // kCorrupt, kUnsupported

 private:
  Status fit_steps(const TrainingSet& data, uint64_t seed, const WorkContext& context);
  Status fit_calibration(const TrainingSet& data, uint64_t seed, const WorkContext& context);
  [[nodiscard]] Result<Matrix> uncalibrated(const Matrix& x) const;
  Status load_steps(ByteReader& in, uint32_t format);

  PipelineSpec spec_;
  std::vector<std::unique_ptr<Transform>> transforms_;
  std::unique_ptr<Learner> learner_;
  std::optional<Calibrator> calibrator_;
  size_t columns_ = 0;
  int classes_ = 0;
};

// The class with the largest probability per row; the lowest class number among equals.
std::vector<int> most_probable(const Matrix& probabilities);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_PIPELINE_H_
