// SPDX-License-Identifier: Apache-2.0
#include "learn/stack.h"

#include "base/error.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/inner_folds.h"

namespace sleeve {
namespace {

// Seeds of the parts, so that no two draw the same.
constexpr uint64_t kFolds = 1, kMembers = 2, kUnseen = 3, kFinal = 4;

Result<PipelineSpec> parse_final(const std::string& text, Goal goal) {
  auto spec = parse_pipeline(text, goal);
  if (!spec.ok()) {
    return with_context(std::move(spec).error(),
                        fmt::format("stack: final '{}'", printable(std::string_view(text))));
  }
  return spec;
}

Status check_for(StackOptions& options, Goal goal) {
  SLEEVE_TRY(const auto members, parse_members(options.of, goal, "stack"));
  SLEEVE_TRY(const PipelineSpec last, parse_final(options.final, goal));
  options.of = text_of(members);
  options.final = last.text();
  return {};
}

// Of two classes the first is the second's rest.
size_t width_of(int classes) { return classes == 2 ? 1 : static_cast<size_t>(classes); }

Matrix side_by_side(const std::vector<Matrix>& outputs) {
  const size_t rows = outputs.front().rows();
  const size_t columns = outputs.front().columns();
  const size_t width = width_of(static_cast<int>(columns));
  Matrix result(rows, outputs.size() * width);
  for (size_t member = 0; member < outputs.size(); ++member) {
    for (size_t row = 0; row < rows; ++row) {
      const auto last = outputs[member].row(row).last(width);
      std::ranges::copy(last, result.row(row).begin() + static_cast<std::ptrdiff_t>(member * width));
    }
  }
  return result;
}

}  // namespace

Status check(StackOptions& options) { return check_for(options, Goal::kClass); }
Status check(NumberStackOptions& options) { return check_for(options, Goal::kNumber); }

Status Stack::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  SLEEVE_TRY(const auto specs, parse_members(options_.of, goal_, "stack"));
  final_.reset();
  SLEEVE_CHECK(fit_final(specs, data, seed, context));
  return members_.fit(specs, data, mix_seed(seed, kMembers), context);
}

Status Stack::fit_final(const std::vector<PipelineSpec>& specs, const TrainingSet& data, uint64_t seed,
                        const WorkContext& context) {
  const std::vector<Fold> folds = inner_folds(data, options_.folds, mix_seed(seed, kFolds));
  if (folds.empty()) {
    log_warning(
        fmt::format("stack: too few training rows{} ({}) to hold any out: the members' mean is "
                    "the answer",
                    data.groups.empty() ? "" : " or groups", data.x.rows()));
    return {};
  }
  std::vector<Matrix> outputs;
  std::vector<size_t> rows;
  for (const PipelineSpec& spec : specs) {
    const uint64_t own_seed = mix_seed(mix_seed(seed, kUnseen), outputs.size());
    auto unseen = answer_unseen(spec, data, folds, own_seed, context);
    if (!unseen.ok()) {
      return with_context(std::move(unseen).error(),
                          fmt::format("stack: member {} '{}'", outputs.size() + 1, spec.text()));
    }
    rows = std::move(unseen->rows);
    outputs.push_back(std::move(unseen->outputs));
  }
  const Matrix features = side_by_side(outputs);
  const Answers answers = Answers::of(data, rows);
  TrainingSet learnt_from = answers.set(features, data);
  learnt_from.blocks = {};
  SLEEVE_TRY(const PipelineSpec last, parse_final(options_.final, goal_));
  auto fitted = Pipeline::fit(last, learnt_from, mix_seed(seed, kFinal), context.without_progress());
  if (!fitted.ok()) return with_context(std::move(fitted).error(), "stack: final");
  final_ = std::move(fitted).value();
  return {};
}

Matrix Stack::outputs(const Matrix& x) const {
  if (!final_) {
    return members_.mean(x, std::vector<double>(members_.size(), 1.0 / static_cast<double>(members_.size())));
  }
  auto result = final_->outputs(side_by_side(members_.outputs(x)));
  if (!result.ok()) throw AnswerFailed{with_context(std::move(result).error(), "stack: final")};
  return std::move(result).value();
}

void Stack::save(ByteWriter& out) const {
  members_.save(out);
  out.put<uint8_t>(final_ ? 1 : 0);
  if (final_) final_->save(out);
}

Status Stack::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(const auto specs, parse_members(options_.of, goal_, "stack"));
  SLEEVE_CHECK(members_.load(in, specs, columns, classes));
  SLEEVE_TRY(const uint8_t has_final, in.get<uint8_t>());
  final_.reset();
  if (has_final > 1)
    return make_error(ErrorCode::kCorrupt, "stack: neither with a final pipeline nor without");
  if (has_final == 0) return {};
  SLEEVE_TRY(const PipelineSpec last, parse_final(options_.final, goal_));
  SLEEVE_TRY(Pipeline loaded, Pipeline::load(in));
  SLEEVE_CHECK(check_loaded(loaded, last, specs.size() * width_of(classes), classes, "stack: final"));
  final_ = std::move(loaded);
  return {};
}

}  // namespace sleeve
