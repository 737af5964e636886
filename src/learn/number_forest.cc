// SPDX-License-Identifier: Apache-2.0
#include "learn/number_forest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "learn/finite_float.h"
#include "learn/forest_parts.h"

namespace sleeve {
namespace {

double mean_of(std::span<const float> values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value);
  return sum / static_cast<double>(values.size());
}

}  // namespace

Status check(const NumberForestOptions& options) {
  return check_forest(options.max_features, options.bootstrap, options.oob);
}

Status NumberForest::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  if (data.x.rows() == 0 || data.x.columns() == 0) {
    return make_error(ErrorCode::kNoData, "forest: there are no rows or no features to learn from");
  }
  TreeSettings settings;
  SLEEVE_TRY(settings.features_per_node, checked_features(options_.max_features, data.x.columns()));
  settings.min_leaf = static_cast<size_t>(options_.min_leaf);
  settings.max_depth = static_cast<size_t>(options_.max_depth);
  settings.bootstrap = options_.bootstrap;
  settings.centre = mean_of(data.values);
  // Around the mean, so that the squares of sums keep their digits.
  std::vector<double> answers;
  for (const float value : data.values) answers.push_back(static_cast<double>(value) - settings.centre);
  SLEEVE_TRY(auto grown, grow_trees<NumberGrowth>(BinnedMatrix(data.x), answers, settings,
                                                  static_cast<size_t>(options_.trees), seed, context));
  trees_ = std::move(grown.trees);
  importance_ = std::move(grown.importance);
  facts_ = Json::object();
  oob_outputs_ = {};
  if (options_.oob) judge_out_of_bag(data, seed);
  facts_.update(importance_facts(importance_, data.blocks));
  return {};
}

void NumberForest::judge_out_of_bag(const TrainingSet& data, uint64_t seed) {
  const size_t rows = data.x.rows();
  oob_outputs_ = Matrix(rows, 1);
  for_each_out_of_bag(rows, trees_.size(), seed, [&](size_t row, std::span<const size_t> trees) {
    double sum = 0.0;
    for (const size_t tree : trees) sum += static_cast<double>(trees_[tree].value_at(data.x.row(row).data()));
    oob_outputs_(row, 0) = trees.empty() ? std::numeric_limits<float>::quiet_NaN()
                                         : finite_float(sum / static_cast<double>(trees.size()));
  });
  std::vector<float> truth;
  double left = 0.0;
  for (size_t row = 0; row < rows; ++row) {
    if (std::isnan(oob_outputs_(row, 0))) continue;
    truth.push_back(data.values[row]);
    const double error = static_cast<double>(oob_outputs_(row, 0)) - static_cast<double>(data.values[row]);
    left += error * error;
  }
  if (truth.empty()) return;
  const double mean = mean_of(truth);
  double all = 0.0;
  for (const float value : truth) all += (value - mean) * (value - mean);
  if (all > 0.0) facts_["oob_r2"] = 1.0 - left / all;
  facts_["oob_rows"] = truth.size();
}

Matrix NumberForest::outputs(const Matrix& x) const {
  // A block of rows goes through one tree after the other, so that a tree is read from the cache.
  constexpr size_t kBlock = 64;
  Matrix result(x.rows(), 1);
  parallel_for((x.rows() + kBlock - 1) / kBlock, [&](size_t block) {
    const size_t begin = block * kBlock;
    const size_t end = std::min(x.rows(), begin + kBlock);
    std::vector<double> sums(end - begin);
    for (const ValueTree& tree : trees_) {
      for (size_t row = begin; row < end; ++row) {
        sums[row - begin] += static_cast<double>(tree.value_at(x.row(row).data()));
      }
    }
    for (size_t row = begin; row < end; ++row) {
      result(row, 0) = finite_float(sums[row - begin] / static_cast<double>(trees_.size()));
    }
  });
  return result;
}

void NumberForest::save(ByteWriter& out) const { save_trees(trees_, out); }

Status NumberForest::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<ValueTree> trees, load_trees(in, columns, "forest"));
  if (classes != 1) return make_error(ErrorCode::kCorrupt, "forest: {} numbers a row can't be", classes);
  trees_ = std::move(trees);
  importance_.clear();
  oob_outputs_ = {};
  facts_ = Json::object();
  return {};
}

}  // namespace sleeve
