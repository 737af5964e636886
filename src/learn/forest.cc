// SPDX-License-Identifier: Apache-2.0
#include "learn/forest.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/parallel.h"
#include "base/try.h"
#include "learn/forest_parts.h"

namespace sleeve {
namespace {

// As scikit-learn's "balanced": rows / (classes present × rows of the class); 0 for an absent class.
std::vector<double> balanced_weights(const TrainingSet& data) {
  std::vector<size_t> counts(static_cast<size_t>(data.classes));
  for (const int label : data.labels) ++counts[static_cast<size_t>(label)];
  const auto present = std::ranges::count_if(counts, [](size_t count) { return count > 0; });
  const double share = static_cast<double>(data.labels.size()) / static_cast<double>(present);
  std::vector<double> weights;
  for (const size_t count : counts) weights.push_back(count > 0 ? share / static_cast<double>(count) : 0.0);
  return weights;
}

}  // namespace

Status check(const ForestOptions& options) {
  return check_forest(options.max_features, options.bootstrap, options.oob);
}

Status Forest::fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) {
  if (data.x.rows() == 0 || data.x.columns() == 0) {
    return make_error(ErrorCode::kNoData, "forest: there are no rows or no features to learn from");
  }
  return fit_binned(BinnedMatrix(data.x), data, seed, context);
}

Status Forest::fit_binned(const BinnedMatrix& binned, const TrainingSet& data, uint64_t seed,
                          const WorkContext& context) {
  TreeSettings settings;
  SLEEVE_TRY(settings.features_per_node, checked_features(options_.max_features, data.x.columns()));
  class_weights_ = options_.class_weight == "balanced"
                       ? balanced_weights(data)
                       : std::vector<double>(static_cast<size_t>(data.classes), 1.0);
  const Criterion criterion = options_.criterion == "gini" ? Criterion::kGini : Criterion::kEntropy;
  settings.score = ScoreSettings::make(criterion, class_weights_, data.x.rows());
  settings.min_leaf = static_cast<size_t>(options_.min_leaf);
  settings.max_depth = static_cast<size_t>(options_.max_depth);
  settings.bootstrap = options_.bootstrap;

  trees_.clear();
  SLEEVE_TRY(auto grown, grow_trees<ClassGrowth>(binned, data.labels, settings,
                                                 static_cast<size_t>(options_.trees), seed, context));
  trees_ = std::move(grown.trees);
  importance_ = std::move(grown.importance);
  facts_ = Json::object();
  oob_outputs_ = {};
  if (options_.oob) judge_out_of_bag(data, seed);
  facts_.update(importance_facts(importance_, data.blocks));
  return {};
}

void Forest::judge_out_of_bag(const TrainingSet& data, uint64_t seed) {
  const size_t rows = data.x.rows();
  oob_outputs_ = Matrix(rows, class_weights_.size());
  std::vector<uint8_t> judged(rows);
  for_each_out_of_bag(rows, trees_.size(), seed, [&](size_t row, std::span<const size_t> trees) {
    if (trees.empty()) return;
    judged[row] = 1;
    std::vector<double> sums(class_weights_.size());
    for (const size_t tree : trees) {
      trees_[tree].add_distribution(data.x.row(row).data(), class_weights_, sums);
    }
    std::ranges::transform(sums, oob_outputs_.row(row).begin(), [&](double sum) {
      return static_cast<float>(sum / static_cast<double>(trees.size()));
    });
  });
  size_t counted = 0;
  size_t right = 0;
  for (size_t row = 0; row < rows; ++row) {
    if (judged[row] == 0) continue;
    const auto shares = oob_outputs_.row(row);
    ++counted;
    right += std::ranges::max_element(shares) - shares.begin() == data.labels[row] ? 1 : 0;
  }
  if (counted > 0) facts_["oob_accuracy"] = static_cast<double>(right) / static_cast<double>(counted);
  facts_["oob_rows"] = counted;
}

Matrix Forest::outputs(const Matrix& x) const {
  const std::array<size_t, 1> all{trees_.size()};
  return std::move(outputs_after(x, all)[0]);
}

std::vector<Matrix> Forest::outputs_after(const Matrix& x, std::span<const size_t> trees) const {
  // A block of rows goes through one tree after the other, so that a tree is read from the cache.
  constexpr size_t kBlock = 64;
  const size_t classes = class_weights_.size();
  std::vector<Matrix> results(trees.size(), Matrix(x.rows(), classes));
  parallel_for((x.rows() + kBlock - 1) / kBlock, [&](size_t block) {
    const size_t begin = block * kBlock;
    const size_t end = std::min(x.rows(), begin + kBlock);
    std::vector<double> sums((end - begin) * classes);
    size_t tree = 0;
    for (size_t part = 0; part < trees.size(); ++part) {
      for (; tree < trees[part]; ++tree) {
        for (size_t row = begin; row < end; ++row) {
          trees_[tree].add_distribution(x.row(row).data(), class_weights_,
                                        std::span(sums).subspan((row - begin) * classes, classes));
        }
      }
      const auto count = static_cast<double>(trees[part]);
      for (size_t row = begin; row < end; ++row) {
        for (size_t label = 0; label < classes; ++label) {
          results[part](row, label) = static_cast<float>(sums[(row - begin) * classes + label] / count);
        }
      }
    }
  });
  return results;
}

void Forest::save(ByteWriter& out) const {
  out.put_array(class_weights_);
  out.put<uint64_t>(trees_.size());
  for (const DecisionTree& tree : trees_) tree.save(out);
}

Status Forest::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<double> weights, in.get_array<double>());
  const bool sensible = std::ranges::all_of(weights, [](double w) { return w >= 0.0 && w <= 1e15; });
  if (weights.size() != static_cast<size_t>(classes) || !sensible) {
    return make_error(ErrorCode::kCorrupt, "forest: the class weights don't make sense");
  }
  SLEEVE_TRY(const uint64_t count, in.get<uint64_t>());
  // A tree has at least two array counts and one leaf.
  if (count == 0 || count > in.remaining() / (2 * sizeof(uint64_t) + 2)) {
    return make_error(ErrorCode::kCorrupt, "forest: {} trees can't be", count);
  }
  std::vector<DecisionTree> trees;
  for (uint64_t i = 0; i < count; ++i) {
    SLEEVE_TRY(DecisionTree tree, DecisionTree::load(in, columns, weights));
    trees.push_back(std::move(tree));
  }
  class_weights_ = std::move(weights);
  trees_ = std::move(trees);
  importance_.clear();
  oob_outputs_ = {};
  facts_ = Json::object();
  return {};
}

}  // namespace sleeve
