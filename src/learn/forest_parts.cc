// SPDX-License-Identifier: Apache-2.0
#include "learn/forest_parts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {

std::optional<size_t> features_per_node(const std::string& text, size_t columns) {
  const auto all = static_cast<double>(columns);
  double count = 0.0;
  if (text == "sqrt") {
    count = std::sqrt(all);
  } else if (text == "log2") {
    count = std::log2(all);
  } else if (text == "all") {
    count = all;
  } else if (const auto whole = parse_integer(text)) {
    if (*whole < 1) return std::nullopt;
    return static_cast<size_t>(*whole);
  } else if (const auto share = parse_number(text); share && *share > 0.0 && *share < 1.0) {
    count = *share * all;
  } else {
    return std::nullopt;
  }
  return std::max<size_t>(1, static_cast<size_t>(count));
}

Status check_forest(const std::string& max_features, bool bootstrap, bool oob) {
  if (!features_per_node(max_features, 1)) {
    return make_error(
        ErrorCode::kUsage,
        "forest: max_features={} is none of sqrt, log2, all, a whole number above 0, or a share "
        "between 0 and 1",
        printable(std::string_view(max_features)));
  }
  if (oob && !bootstrap) {
    return make_error(ErrorCode::kUsage,
                      "forest: oob=true needs bootstrap=true: without it every tree sees every row");
  }
  return {};
}

Result<size_t> checked_features(const std::string& max_features, size_t columns) {
  const auto features = features_per_node(max_features, columns);
  if (features && *features <= std::max<size_t>(1, columns)) return *features;
  return make_error(ErrorCode::kUsage, "forest: max_features={}, but there are only {} features",
                    printable(std::string_view(max_features)), columns);
}

void add_gain_shares(std::span<const SplitGain> gains, std::vector<double>& importance) {
  double sum = 0.0;
  // A split of rows that nothing tells apart may seem to lose by rounding.
  for (const SplitGain& one : gains) sum += std::max(0.0, one.gain);
  if (!(sum > 0.0)) return;
  for (const SplitGain& one : gains) importance[one.feature] += std::max(0.0, one.gain) / sum;
}

void normalise_importance(std::vector<double>& importance) {
  const double sum = std::accumulate(importance.begin(), importance.end(), 0.0);
  if (!(sum > 0.0)) return;
  for (double& share : importance) share /= sum;
}

void for_each_out_of_bag(size_t rows, size_t trees, uint64_t seed,
                         const std::function<void(size_t, std::span<const size_t>)>& body) {
  std::vector<std::vector<bool>> drawn(trees, std::vector<bool>(rows));
  parallel_for(trees, [&](size_t tree) {
    Rng rng(seed, tree);
    const std::vector<uint32_t> draws = bootstrap_draws(rng, rows);
    for (size_t row = 0; row < rows; ++row) drawn[tree][row] = draws[row] > 0;
  });
  parallel_for(rows, [&](size_t row) {
    std::vector<size_t> others;
    for (size_t tree = 0; tree < trees; ++tree) {
      if (!drawn[tree][row]) others.push_back(tree);
    }
    body(row, others);
  });
}

Json importance_facts(std::span<const double> importance, std::span<const ColumnBlock> blocks) {
  Json facts = Json::object();
  if (blocks.size() < 2) return facts;
  Json shares = Json::object();
  for (const ColumnBlock& block : blocks) {
    const auto own = importance.subspan(block.begin, block.end - block.begin);
    shares[block.name] = std::accumulate(own.begin(), own.end(), 0.0);
  }
  facts["importance"] = std::move(shares);
  return facts;
}

}  // namespace sleeve
