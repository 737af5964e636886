// SPDX-License-Identifier: Apache-2.0
#include "learn/ensemble.h"

#include <utility>

#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {

Result<std::vector<PipelineSpec>> parse_members(std::string_view text, Goal goal, std::string_view owner) {
  const std::vector<std::string> parts = split_outside_parentheses(text, '|');
  if (parts.size() < 2 || parts.size() > kMostMembers) {
    return make_error(ErrorCode::kUsage,
                      "{}: of=({}) names {} pipeline{}, and there must be 2 to {}: of=(sqrt>svm|forest)",
                      owner, printable(text), parts.size(), parts.size() == 1 ? "" : "s", kMostMembers);
  }
  std::vector<PipelineSpec> members;
  for (const std::string& part : parts) {
    auto member = parse_pipeline(trim(part), goal);
    if (!member.ok()) {
      return with_context(std::move(member).error(), fmt::format("{}: member {} '{}'", owner,
                                                                 members.size() + 1, printable(trim(part))));
    }
    members.push_back(std::move(member).value());
  }
  return members;
}

std::string text_of(const std::vector<PipelineSpec>& members) {
  std::vector<std::string> texts;
  for (const PipelineSpec& member : members) texts.push_back(member.text());
  return join_text(texts, " | ");
}

Status Members::fit(const std::vector<PipelineSpec>& specs, const TrainingSet& data, uint64_t seed,
                    const WorkContext& context) {
  fitted_.clear();
  for (const PipelineSpec& spec : specs) {
    auto member = Pipeline::fit(spec, data, mix_seed(seed, fitted_.size()), context.without_progress());
    if (!member.ok()) {
      return with_context(std::move(member).error(),
                          fmt::format("member {} '{}'", fitted_.size() + 1, spec.text()));
    }
    fitted_.push_back(std::move(member).value());
  }
  return {};
}

std::vector<Matrix> Members::outputs(const Matrix& x) const {
  std::vector<Matrix> result;
  for (const Pipeline& member : fitted_) {
    auto own = member.outputs(x);
    if (!own.ok()) {
      throw AnswerFailed{with_context(
          std::move(own).error(), fmt::format("member {} '{}'", result.size() + 1, member.spec().text()))};
    }
    result.push_back(std::move(own).value());
  }
  return result;
}

Matrix Members::mean(const Matrix& x, const std::vector<double>& weights) const {
  const std::vector<Matrix> all = outputs(x);
  Matrix result(x.rows(), all.front().columns());
  for (size_t row = 0; row < result.rows(); ++row) {
    for (size_t column = 0; column < result.columns(); ++column) {
      double sum = 0.0;
      for (size_t member = 0; member < all.size(); ++member) {
        sum += weights[member] * static_cast<double>(all[member](row, column));
      }
      result(row, column) = static_cast<float>(sum);
    }
  }
  return result;
}

void Members::save(ByteWriter& out) const {
  for (const Pipeline& member : fitted_) member.save(out);
}

Status Members::load(ByteReader& in, const std::vector<PipelineSpec>& specs, size_t columns, int classes) {
  fitted_.clear();
  for (const PipelineSpec& spec : specs) {
    SLEEVE_TRY(Pipeline member, Pipeline::load(in));
    SLEEVE_CHECK(check_loaded(member, spec, columns, classes, "an ensemble's member"));
    fitted_.push_back(std::move(member));
  }
  return {};
}

Status check_loaded(const Pipeline& pipeline, const PipelineSpec& expected, size_t columns, int classes,
                    std::string_view owner) {
  const PipelineSpec& spec = pipeline.spec();
  const bool same = spec.learner.name == expected.learner.name && spec.goal == expected.goal &&
                    spec.transforms.size() == expected.transforms.size();
  if (same && pipeline.columns() == columns && pipeline.classes() == classes) return {};
  return make_error(ErrorCode::kCorrupt, "{} is '{}' on {} columns, which is not what stands in its place",
                    owner, spec.text(), pipeline.columns());
}

}  // namespace sleeve
