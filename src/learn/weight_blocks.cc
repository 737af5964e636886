// SPDX-License-Identifier: Apache-2.0
#include "learn/weight_blocks.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "learn/named_blocks.h"

namespace sleeve {
namespace {

constexpr double kHeaviestBlock = 1e6;

struct Weights {
  std::vector<std::string> names;
  std::vector<float> values;
};

// "hog*2+hsv*0.5".
Result<Weights> parse_block_weights(const std::string& text) {
  constexpr std::string_view kExample = "weight:blocks=hog*2+hsv*0.5";
  Weights weights;
  for (const std::string& part : split_outside_parentheses(text, '+')) {
    const size_t star = part.rfind('*');
    const auto value = star == std::string::npos ? std::nullopt : parse_number(trim(part.substr(star + 1)));
    if (!value || !(*value >= 0.0 && *value <= kHeaviestBlock)) {
      return make_error(ErrorCode::kUsage,
                        "weight: '{}' is not a descriptor * a number from 0 to {:g}, as in {}",
                        printable(std::string_view(part)), kHeaviestBlock, kExample);
    }
    weights.names.emplace_back(trim(std::string_view(part).substr(0, star)));
    weights.values.push_back(static_cast<float>(*value));
  }
  SLEEVE_CHECK(check_block_names(weights.names, "weight", kExample));
  return weights;
}

}  // namespace

Status check(const WeightBlocksOptions& options) {
  SLEEVE_TRY(const Weights weights, parse_block_weights(options.blocks));
  return {};
}

Status WeightBlocks::fit(const TrainingSet& data) {
  SLEEVE_TRY(const Weights weights, parse_block_weights(options_.blocks));
  SLEEVE_TRY(const auto by_name, find_blocks(data.blocks, weights.names, "weight"));
  weights_.assign(data.x.columns(), 1.0F);
  for (size_t i = 0; i < by_name.size(); ++i) {
    for (const ColumnBlock& block : by_name[i]) {
      for (size_t j = block.begin; j < block.end; ++j) weights_[j] = weights.values[i];
    }
  }
  return {};
}

Matrix WeightBlocks::apply(Matrix x) const {
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto values = x.row(row);
    for (size_t j = 0; j < values.size(); ++j) values[j] *= weights_[j];
  }
  return x;
}

Status WeightBlocks::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(weights_, in.get_array<float>());
  const auto sensible = [](float weight) {
    return weight >= 0.0F && static_cast<double>(weight) <= kHeaviestBlock;
  };
  if (weights_.size() != columns || !std::ranges::all_of(weights_, sensible)) {
    return make_error(ErrorCode::kCorrupt, "weight: the weights don't make sense");
  }
  return {};
}

Status BalanceBlocks::fit(const TrainingSet& data) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "balance: there are no rows to learn from");
  SLEEVE_CHECK(check_blocks_known(data.blocks, "balance"));
  divisors_.assign(data.x.columns(), 1.0);
  for (const ColumnBlock& block : data.blocks) {
    double squares = 0.0;
    for (size_t row = 0; row < data.x.rows(); ++row) {
      for (const float value : data.x.row(row).subspan(block.begin, block.end - block.begin)) {
        squares += static_cast<double>(value) * static_cast<double>(value);
      }
    }
    const double length = std::sqrt(squares / static_cast<double>(data.x.rows()));
    if (length > 0.0)
      std::fill(divisors_.begin() + static_cast<std::ptrdiff_t>(block.begin),
                divisors_.begin() + static_cast<std::ptrdiff_t>(block.end), length);
  }
  return {};
}

Matrix BalanceBlocks::apply(Matrix x) const {
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto values = x.row(row);
    for (size_t j = 0; j < values.size(); ++j) {
      values[j] = static_cast<float>(static_cast<double>(values[j]) / divisors_[j]);
    }
  }
  return x;
}

Status BalanceBlocks::load(ByteReader& in, size_t columns) {
  SLEEVE_TRY(divisors_, in.get_array<double>());
  const auto sensible = [](double divisor) { return divisor > 0.0 && std::isfinite(divisor); };
  if (divisors_.size() != columns || !std::ranges::all_of(divisors_, sensible)) {
    return make_error(ErrorCode::kCorrupt, "balance: the lengths don't make sense");
  }
  return {};
}

}  // namespace sleeve
