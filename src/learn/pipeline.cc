// SPDX-License-Identifier: Apache-2.0
#include "learn/pipeline.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/ensemble.h"
#include "learn/inner_folds.h"
#include "learn/named_blocks.h"
#include "learn/nesting.h"
#include "learn/one_vs_rest.h"

namespace sleeve {
namespace {

// 2: the specification says how it is calibrated, which readers of 1 would overlook. 3: it does or doesn't,
// and transforms hold float32 where they held doubles.
constexpr uint32_t kCalibratedFormat = 2;
constexpr uint32_t kFormat = 3;

Error no_memory() { return make_error(ErrorCode::kTooLarge, "there is not enough memory for so much data"); }

Result<std::unique_ptr<Transform>> make_transform(const Spec& spec) {
  SLEEVE_TRY(const TransformEntry* entry, find_transform(spec.name));
  return entry->make(spec.options);
}

// Whether the step may stand where rows have these blocks.
template <class Entry>
Status check_place(const Entry& entry, std::span<const ColumnBlock> blocks) {
  return entry.takes_bags ? Status() : check_no_bags(blocks, entry.name);
}

Result<std::unique_ptr<Learner>> make_learner(const PipelineSpec& spec) {
  SLEEVE_TRY(const LearnerEntry* entry, find_learner(spec.learner.name, spec.goal));
  if (spec.goal == Goal::kLabels) return std::unique_ptr<Learner>(std::make_unique<OneVsRest>(spec.learner));
  return entry->make(spec.learner.options);
}

}  // namespace

Result<Pipeline> Pipeline::fit(const PipelineSpec& spec, const TrainingSet& data, uint64_t seed,
                               const WorkContext& context) try {
  SLEEVE_CHECK(check(data));
  if (data.goal != spec.goal) {
    return make_error(ErrorCode::kUsage, "the pipeline answers with a {}, and the data give a {}",
                      name_of(spec.goal), name_of(data.goal));
  }
  Pipeline pipeline;
  // Completed, so that what is saved says every option.
  SLEEVE_TRY(pipeline.spec_, pipeline_spec_from_json(to_json(spec)));
  pipeline.columns_ = data.x.columns();
  pipeline.classes_ = data.classes;
  SLEEVE_CHECK(pipeline.fit_steps(data, seed, context));
  if (pipeline.spec_.calibration) SLEEVE_CHECK(pipeline.fit_calibration(data, seed, context));
  return pipeline;
} catch (const std::bad_alloc&) {
  return no_memory();
}

Status Pipeline::fit_steps(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  std::optional<Matrix> transformed;
  std::vector<ColumnBlock> blocks(data.blocks.begin(), data.blocks.end());
  for (const Spec& step : spec_.transforms) {
    if (!transformed) transformed = data.x;
    const size_t columns = transformed->columns();
    SLEEVE_TRY(const TransformEntry* entry, find_transform(step.name));
    SLEEVE_CHECK(check_place(*entry, blocks));
    SLEEVE_TRY(auto transform, entry->make(step.options));
    SLEEVE_CHECK(transform->fit(data.with(*transformed, blocks)));
    transformed = transform->apply(std::move(*transformed));
    SLEEVE_CHECK(check_finite(*transformed, step.name));
    blocks = transform->blocks_after(blocks, columns);
    transforms_.push_back(std::move(transform));
  }
  SLEEVE_TRY(const LearnerEntry* entry, find_learner(spec_.learner.name, spec_.goal));
  SLEEVE_CHECK(check_place(*entry, blocks));
  SLEEVE_TRY(learner_, make_learner(spec_));
  return learner_->fit(data.with(transformed ? *transformed : data.x, blocks), seed, context);
}

Status Pipeline::fit_calibration(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  SLEEVE_TRY(const CalibrateOptions options, calibrate_options(spec_.calibration->options));
  calibrator_.emplace(options);
  const std::vector<Fold> folds = inner_folds(data, options.folds, seed);
  if (folds.empty()) {
    log_warning(
        fmt::format("calibrate: too few training rows{} ({}) to hold any out: the probabilities "
                    "stay as the learner gives them",
                    data.groups.empty() ? "" : " or groups", data.x.rows()));
    return {};
  }
  PipelineSpec inner = spec_;
  inner.calibration.reset();
  SLEEVE_TRY(const UnseenAnswers unseen, answer_unseen(inner, data, folds, seed, context));
  const Answers answers = Answers::of(data, unseen.rows);
  calibrator_->fit(unseen.outputs, answers.set(unseen.outputs, data), data);
  return {};
}

Result<Matrix> Pipeline::outputs(const Matrix& x) const try {
  if (x.columns() != columns_) {
    return make_error(ErrorCode::kUsage, "the data have {} columns, but the model was trained on {}",
                      x.columns(), columns_);
  }
  SLEEVE_CHECK(check_finite(x));
  SLEEVE_TRY(Matrix result, uncalibrated(x));
  return calibrator_ ? calibrator_->apply(std::move(result)) : std::move(result);
} catch (AnswerFailed& failed) {
  return std::move(failed.error);
} catch (const std::bad_alloc&) {
  return no_memory();
}

Result<Matrix> Pipeline::uncalibrated(const Matrix& x) const {
  if (transforms_.empty()) return learner_->outputs(x);
  Matrix transformed = x;
  for (size_t i = 0; i < transforms_.size(); ++i) {
    transformed = transforms_[i]->apply(std::move(transformed));
    SLEEVE_CHECK(check_finite(transformed, spec_.transforms[i].name));
  }
  return learner_->outputs(transformed);
}

void Pipeline::save(ByteWriter& out) const {
  out.put(kFormat);
  out.put_text(dump_json(to_json(spec_)));
  out.put<uint64_t>(columns_);
  out.put<int32_t>(classes_);
  for (const auto& transform : transforms_) transform->save(out);
  learner_->save(out);
  if (calibrator_) calibrator_->save(out);
}

namespace {

Result<uint32_t> load_format(ByteReader& in) {
  SLEEVE_TRY(const uint32_t version, in.get<uint32_t>());
  if (version > kFormat) {
    return make_error(ErrorCode::kUnsupported, "the pipeline has format {}, and this sleeve reads up to {}",
                      version, kFormat);
  }
  if (version == 0) return make_error(ErrorCode::kCorrupt, "the pipeline has format 0, which never was");
  return version;
}

Result<PipelineSpec> load_spec(ByteReader& in, uint32_t format) {
  SLEEVE_TRY(const std::string text, in.get_text());
  SLEEVE_TRY(const Json json, parse_json(text));
  auto spec = pipeline_spec_from_json(json);
  if (!spec.ok()) {
    // A name or option that this sleeve doesn't know is a newer sleeve's.
    Error error = std::move(spec).error();
    if (error.code == ErrorCode::kUsage) error.code = ErrorCode::kUnsupported;
    return error;
  }
  if (format <= kCalibratedFormat && spec->calibration.has_value() != (format == kCalibratedFormat)) {
    return make_error(ErrorCode::kCorrupt, "the pipeline's format and its calibration contradict each other");
  }
  return spec;
}

}  // namespace

Result<Pipeline> Pipeline::load(ByteReader& in) try {
  const Nesting nesting;
  if (Nesting::too_deep()) {
    return make_error(ErrorCode::kCorrupt, "more than {} pipelines stand within each other",
                      kDeepestPipeline);
  }
  Pipeline pipeline;
  SLEEVE_TRY(const uint32_t format, load_format(in));
  SLEEVE_TRY(pipeline.spec_, load_spec(in, format));
  SLEEVE_TRY(const uint64_t columns, in.get<uint64_t>());
  SLEEVE_TRY(const int32_t classes, in.get<int32_t>());
  if (columns == 0 || columns > kMaxColumns || classes < 1 || classes > kMaxClasses) {
    return make_error(ErrorCode::kCorrupt, "a pipeline of {} columns and {} classes can't be", columns,
                      classes);
  }
  pipeline.columns_ = static_cast<size_t>(columns);
  pipeline.classes_ = classes;
  SLEEVE_CHECK(pipeline.load_steps(in, format));
  return pipeline;
} catch (const std::bad_alloc&) {
  return make_error(ErrorCode::kCorrupt, "the pipeline needs more memory than there is");
}

Status Pipeline::load_steps(ByteReader& in, uint32_t format) {
  size_t width = columns_;
  for (const Spec& step : spec_.transforms) {
    SLEEVE_TRY(auto transform, make_transform(step));
    SLEEVE_CHECK(format < kFormat ? transform->load_earlier(in, width) : transform->load(in, width));
    width = transform->columns_after(width);
    transforms_.push_back(std::move(transform));
  }
  SLEEVE_TRY(learner_, make_learner(spec_));
  SLEEVE_CHECK(learner_->load(in, width, classes_));
  if (!spec_.calibration) return {};
  SLEEVE_TRY(const CalibrateOptions options, calibrate_options(spec_.calibration->options));
  calibrator_.emplace(options);
  return calibrator_->load(in, spec_.goal, classes_);
}

std::vector<int> most_probable(const Matrix& probabilities) {
  std::vector<int> result;
  result.reserve(probabilities.rows());
  for (size_t row = 0; row < probabilities.rows(); ++row) {
    const auto values = probabilities.row(row);
    result.push_back(static_cast<int>(std::ranges::max_element(values) - values.begin()));
  }
  return result;
}

}  // namespace sleeve
