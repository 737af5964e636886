// SPDX-License-Identifier: Apache-2.0
#include "learn/boosting.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/sort_unique.h"
#include "base/try.h"
#include "learn/booster.h"
#include "learn/finite_float.h"
#include "learn/split.h"

namespace sleeve {
namespace {

// What XGBoost is given: places of the classes that are there, or the numbers, and the first guesses.
struct Problem {
  std::vector<float> answers;
  std::vector<float> base;
};

std::vector<int32_t> present_classes_of(std::span<const int> labels) {
  std::vector<int32_t> present(labels.begin(), labels.end());
  sort_unique(present);
  return present;
}

std::vector<float> places_of(std::span<const int> labels, const std::vector<int32_t>& present) {
  std::vector<float> places;
  for (const int label : labels) {
    places.push_back(static_cast<float>(std::ranges::lower_bound(present, label) - present.begin()));
  }
  return places;
}

// REQUIRES: of classes at least two.
Problem problem_of(const TrainingSet& data, const std::vector<int32_t>& present) {
  if (data.goal == Goal::kNumber) {
    const double sum = std::accumulate(data.values.begin(), data.values.end(), 0.0);
    return {{data.values.begin(), data.values.end()},
            {finite_float(sum / static_cast<double>(data.values.size()))}};
  }
  Problem problem{places_of(data.labels, present), {}};
  std::vector<double> counts(present.size());
  for (const float place : problem.answers) counts[static_cast<size_t>(place)] += 1.0;
  if (present.size() == 2) {
    problem.base = {static_cast<float>(std::log(counts[1] / counts[0]))};
  } else {
    for (const double count : counts) {
      problem.base.push_back(static_cast<float>(std::log(count / static_cast<double>(data.labels.size()))));
    }
  }
  return problem;
}

// XGBoost's own steps, in its precision and order.
void softmax_floats(std::span<float> values) {
  const float largest = *std::ranges::max_element(values);
  double sum = 0.0;
  for (float& value : values) {
    value = std::exp(value - largest);
    sum += static_cast<double>(value);
  }
  for (float& value : values) value /= static_cast<float>(sum);
}

float sigmoid_float(float value) {
  constexpr float kNotZero = 1e-16F;
  return 1.0F / (std::exp(std::min(-value, 88.7F)) + 1.0F + kNotZero);
}

// Squared error, or log loss of the true class.
double loss_of(Goal goal, std::span<const float> margins, std::span<const float> answers, size_t width) {
  double sum = 0.0;
  for (size_t row = 0; row < answers.size(); ++row) {
    const auto own = margins.subspan(row * width, width);
    if (goal == Goal::kNumber) {
      const double error = static_cast<double>(own[0]) - static_cast<double>(answers[row]);
      sum += error * error;
      continue;
    }
    const auto place = static_cast<size_t>(answers[row]);
    const std::vector<double> scores =
        width == 1 ? std::vector<double>{0.0, own[0]} : std::vector<double>(own.begin(), own.end());
    const double largest = *std::ranges::max_element(scores);
    double total = 0.0;
    for (const double score : scores) total += std::exp(score - largest);
    sum += std::log(total) - (scores[place] - largest);
  }
  return sum;
}

Error stopped() { return make_error(ErrorCode::kCancelled, "boosting: stopped before all trees were grown"); }

}  // namespace

Status Boosting::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "boosting: there are no rows to learn from");
  if (context.stopping()) return stopped();
  classes_ = data.classes;
  present_ = present_classes_of(data.labels);
  trees_.clear();
  base_.clear();
  facts_ = Json::object();
  if (goal_ == Goal::kClass && present_.size() == 1) return {};
  SLEEVE_TRY(const size_t rounds, best_rounds(data, seed, context));
  facts_["rounds"] = rounds;
  return fit_rounds(data, rounds, seed, context);
}

Result<size_t> Boosting::best_rounds(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  const auto most = static_cast<size_t>(options_.trees);
  facts_["validation_rows"] = 0;
  if (options_.early_stopping == 0) return most;
  const Strata strata = strata_of(data);
  const SplitKind kind = data.groups.empty() ? SplitKind::kStratified : SplitKind::kGrouped;
  const auto fold = holdout(kind, {strata.labels, data.groups, strata.classes}, options_.validation, seed);
  if (!fold.ok() || fold->train.empty() || fold->test.empty()) return most;
  const Matrix x = data.x.select(fold->train);
  const Matrix held_out = data.x.select(fold->test);
  const Answers answers = Answers::of(data, fold->train);
  const Answers truth = Answers::of(data, fold->test);
  // A class may stand in one group only, which then is among the training rows: none is missing there.
  if (goal_ == Goal::kClass && present_classes_of(answers.labels) != present_) return most;
  facts_["validation_rows"] = fold->test.size();
  const Problem problem = problem_of(answers.set(x, data), present_);
  const std::vector<float> expected =
      goal_ == Goal::kNumber ? truth.values : places_of(truth.labels, present_);
  const size_t width = problem.base.size();
  SLEEVE_TRY(const XgRows train, XgRows::make(x, problem.answers, problem.base));
  SLEEVE_TRY(const XgRows watched, XgRows::make(held_out, expected, problem.base));
  SLEEVE_TRY(XgBooster booster, XgBooster::make(goal_, options_, width, seed, train, &watched));
  size_t best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (size_t round = 0; round < most && round < best + static_cast<size_t>(options_.early_stopping);
       ++round) {
    if (context.stopping()) return stopped();
    SLEEVE_CHECK(booster.step(static_cast<int>(round)));
    SLEEVE_TRY(const std::vector<float> margins, booster.predict(watched, true));
    const double loss = loss_of(goal_, margins, expected, width);
    if (loss < least) {
      least = loss;
      best = round + 1;
    }
  }
  return best;
}

Status Boosting::fit_rounds(const TrainingSet& data, size_t rounds, uint64_t seed,
                            const WorkContext& context) {
  Problem problem = problem_of(data, present_);
  SLEEVE_TRY(const XgRows train, XgRows::make(data.x, problem.answers, problem.base));
  SLEEVE_TRY(XgBooster booster, XgBooster::make(goal_, options_, problem.base.size(), seed, train, nullptr));
  for (size_t round = 0; round < rounds; ++round) {
    if (context.stopping()) return stopped();
    SLEEVE_CHECK(booster.step(static_cast<int>(round)));
  }
  SLEEVE_TRY(trees_, booster.trees());
  base_ = std::move(problem.base);
  return {};
}

Matrix Boosting::margins(const Matrix& x) const {
  constexpr size_t kBlock = 64;
  // Beyond this is only what a damaged file gives.
  constexpr float kMost = 1e38F;
  const size_t width = base_.size();
  Matrix result(x.rows(), width);
  parallel_for((x.rows() + kBlock - 1) / kBlock, [&](size_t block) {
    const size_t begin = block * kBlock;
    const size_t end = std::min(x.rows(), begin + kBlock);
    for (size_t row = begin; row < end; ++row) std::ranges::copy(base_, result.row(row).begin());
    for (size_t tree = 0; tree < trees_.size(); ++tree) {
      for (size_t row = begin; row < end; ++row) {
        float& sum = result(row, tree % width);
        sum = std::clamp(sum + trees_[tree].value_at(x.row(row).data()), -kMost, kMost);
      }
    }
  });
  return result;
}

Matrix Boosting::outputs(const Matrix& x) const {
  Matrix result(x.rows(), static_cast<size_t>(classes_));
  if (goal_ == Goal::kClass && present_.size() == 1) {
    for (size_t row = 0; row < x.rows(); ++row) result(row, static_cast<size_t>(present_[0])) = 1.0F;
    return result;
  }
  Matrix sums = margins(x);
  if (goal_ == Goal::kNumber) return sums;
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto own = sums.row(row);
    if (own.size() == 1) {
      const float second = sigmoid_float(own[0]);
      result(row, static_cast<size_t>(present_[0])) = 1.0F - second;
      result(row, static_cast<size_t>(present_[1])) = second;
      continue;
    }
    softmax_floats(own);
    for (size_t k = 0; k < own.size(); ++k) result(row, static_cast<size_t>(present_[k])) = own[k];
  }
  return result;
}

void Boosting::save(ByteWriter& out) const {
  out.put_array(present_);
  out.put_array(base_);
  if (!base_.empty()) save_trees(trees_, out);
}

Status Boosting::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<int32_t> present, in.get_array<int32_t>());
  SLEEVE_TRY(std::vector<float> base, in.get_array<float>());
  const bool rising = std::ranges::adjacent_find(present, std::greater_equal<>{}) == present.end();
  const bool known = present.empty() || (present.front() >= 0 && present.back() < classes);
  const size_t widths[] = {0, 1};  // of one class and of two
  const size_t width = present.empty()       ? 1
                       : present.size() <= 2 ? widths[present.size() - 1]
                                             : present.size();
  const bool finite = std::ranges::all_of(base, [](float value) { return std::isfinite(value); });
  if (!rising || !known || present.empty() != (goal_ == Goal::kNumber) || base.size() != width || !finite ||
      (goal_ == Goal::kNumber && classes != 1)) {
    return make_error(ErrorCode::kCorrupt, "boosting: the classes and first guesses don't make sense");
  }
  std::vector<ValueTree> trees;
  if (!base.empty()) {
    SLEEVE_TRY(trees, load_trees(in, columns, "boosting"));
    if (trees.size() % base.size() != 0) {
      return make_error(ErrorCode::kCorrupt, "boosting: {} trees are no whole rounds", trees.size());
    }
  }
  classes_ = classes;
  present_ = std::move(present);
  base_ = std::move(base);
  trees_ = std::move(trees);
  facts_ = Json::object();
  return {};
}

}  // namespace sleeve
