// SPDX-License-Identifier: Apache-2.0
#include "eval/importance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"

namespace sleeve {
namespace {

Status check_request(const Pipeline& pipeline, const TrainingSet& unseen, std::span<const ColumnBlock> blocks,
                     const Objective& objective, int repeats) {
  SLEEVE_CHECK(check(unseen));
  if (repeats < 1) return make_error(ErrorCode::kUsage, "importance: {} repeats: at least 1", repeats);
  if (objective.goal != unseen.goal || pipeline.spec().goal != unseen.goal ||
      pipeline.classes() != unseen.classes) {
    return make_error(
        ErrorCode::kUsage, "importance: {} is for a {}, the pipeline answers with a {}, the rows have a {}",
        objective.name, name_of(objective.goal), name_of(pipeline.spec().goal), name_of(unseen.goal));
  }
  for (const ColumnBlock& block : blocks) {
    if (block.begin < block.end && block.end <= unseen.x.columns()) continue;
    return make_error(ErrorCode::kUsage, "importance: block '{}' has columns {} to {} of {}", block.name,
                      block.begin, block.end, unseen.x.columns());
  }
  return {};
}

// Row i gets the block's columns of row order[i].
Matrix with_shuffled(const Matrix& x, const ColumnBlock& block, Rng rng) {
  std::vector<size_t> order(x.rows());
  std::iota(order.begin(), order.end(), size_t{0});
  rng.shuffle(std::span(order));
  Matrix result = x;
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto from = x.row(order[row]).subspan(block.begin, block.end - block.begin);
    std::ranges::copy(from, result.row(row).begin() + static_cast<std::ptrdiff_t>(block.begin));
  }
  return result;
}

// The objective so that more is better.
Result<double> goodness(const Pipeline& pipeline, const TrainingSet& truth, const Matrix& x,
                        const Objective& objective) {
  SLEEVE_TRY(const Matrix outputs, pipeline.outputs(x));
  const std::optional<double> value = objective.of(truth, outputs);
  if (!value || !std::isfinite(*value)) {
    return make_error(ErrorCode::kNoData, "importance: {} can't be computed on these {} rows", objective.name,
                      x.rows());
  }
  return objective.higher_is_better ? *value : -*value;
}

Importance summed_up(const ColumnBlock& block, std::span<const double> drops) {
  Importance result{block, 0.0, 0.0};
  const auto count = static_cast<double>(drops.size());
  for (const double drop : drops) result.drop += drop / count;
  if (drops.size() < 2) return result;
  for (const double drop : drops) result.deviation += (drop - result.drop) * (drop - result.drop);
  result.deviation = std::sqrt(result.deviation / (count - 1.0));
  return result;
}

}  // namespace

std::vector<ColumnBlock> single_columns(size_t columns) {
  std::vector<ColumnBlock> blocks;
  for (size_t j = 0; j < columns; ++j) blocks.push_back({fmt::format("column {}", j), j, j + 1});
  return blocks;
}

Result<PermutationImportance> permutation_importance(const Pipeline& pipeline, const TrainingSet& unseen,
                                                     std::span<const ColumnBlock> blocks,
                                                     const Objective& objective, int repeats, uint64_t seed,
                                                     const WorkContext& context) {
  SLEEVE_CHECK(check_request(pipeline, unseen, blocks, objective, repeats));
  SLEEVE_TRY(const double untouched, goodness(pipeline, unseen, unseen.x, objective));
  const auto times = static_cast<size_t>(repeats);
  std::vector<double> drops(blocks.size() * times);
  std::vector<std::optional<Error>> errors(drops.size());
  parallel_for(drops.size(), [&](size_t at) {
    if (context.stopping()) return;
    const Matrix shuffled = with_shuffled(unseen.x, blocks[at / times], Rng(seed, at));
    const Result<double> score = goodness(pipeline, unseen, shuffled, objective);
    if (score.ok()) {
      drops[at] = untouched - *score;
    } else {
      errors[at] = score.error();
    }
  });
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "importance: stopped");
  for (std::optional<Error>& error : errors) {
    if (error) return std::move(*error);
  }
  PermutationImportance result{objective.higher_is_better ? untouched : -untouched, {}};
  for (size_t block = 0; block < blocks.size(); ++block) {
    result.blocks.push_back(summed_up(blocks[block], std::span(drops).subspan(block * times, times)));
  }
  return result;
}

}  // namespace sleeve
