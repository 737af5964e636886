// SPDX-License-Identifier: Apache-2.0
#include "eval/probability_metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>

namespace sleeve {
namespace {

[[maybe_unused]] bool fits(const Matrix& probabilities, std::span<const int> truth) {
  return truth.size() == probabilities.rows() && std::ranges::all_of(truth, [&](int label) {
           return label >= 0 && static_cast<size_t>(label) < probabilities.columns();
         });
}

double mean(double sum, size_t count) { return count == 0 ? 0 : sum / static_cast<double>(count); }

struct Ranked {
  float score;
  bool positive;
};

// Rows of one score, taken from the highest score to the lowest.
struct Tie {
  double positives = 0;
  double negatives = 0;
};

// Calls visit(Tie) for every distinct score, highest first.
template <class Visit>
void visit_ties(std::vector<Ranked>& ranked, const Visit& visit) {
  std::ranges::sort(ranked, std::greater<>(), &Ranked::score);
  for (size_t i = 0; i < ranked.size();) {
    Tie tie;
    const float score = ranked[i].score;
    for (; i < ranked.size() && ranked[i].score == score; ++i) {
      (ranked[i].positive ? tie.positives : tie.negatives) += 1;
    }
    visit(tie);
  }
}

std::optional<double> area_under_roc(std::vector<Ranked> ranked) {
  double positives = 0, negatives = 0, wins = 0;
  visit_ties(ranked, [&](const Tie& tie) {
    wins += tie.negatives * (positives + tie.positives / 2);
    positives += tie.positives;
    negatives += tie.negatives;
  });
  if (positives == 0 || negatives == 0) return std::nullopt;
  return wins / (positives * negatives);
}

std::optional<double> area_under_precision(std::vector<Ranked> ranked) {
  double positives = 0, rows = 0, sum = 0;
  visit_ties(ranked, [&](const Tie& tie) {
    positives += tie.positives;
    rows += tie.positives + tie.negatives;
    sum += tie.positives * positives / rows;
  });
  if (positives == 0) return std::nullopt;
  return sum / positives;
}

std::vector<Ranked> pair_up(std::span<const float> scores, std::span<const uint8_t> positive) {
  assert(scores.size() == positive.size());
  std::vector<Ranked> ranked(scores.size());
  for (size_t i = 0; i < scores.size(); ++i) ranked[i] = {scores[i], positive[i] != 0};
  return ranked;
}

std::vector<Ranked> one_against_all(const Matrix& probabilities, std::span<const int> truth, size_t column) {
  std::vector<Ranked> ranked(truth.size());
  for (size_t i = 0; i < truth.size(); ++i) {
    ranked[i] = {probabilities(i, column), truth[i] == static_cast<int>(column)};
  }
  return ranked;
}

// The rows of two classes, by the probability of the first.
std::vector<Ranked> one_against_one(const Matrix& probabilities, std::span<const int> truth, size_t first,
                                    size_t second) {
  std::vector<Ranked> ranked;
  for (size_t i = 0; i < truth.size(); ++i) {
    const auto label = static_cast<size_t>(truth[i]);
    if (label == first || label == second) ranked.push_back({probabilities(i, first), label == first});
  }
  return ranked;
}

std::vector<double> class_rows(std::span<const int> truth, size_t classes) {
  std::vector<double> rows(classes);
  for (const int label : truth) rows[static_cast<size_t>(label)] += 1;
  return rows;
}

class MeanOf {
 public:
  explicit MeanOf(Average average) : weighted_(average == Average::kWeighted) {}
  void add(const std::optional<double>& value, double rows) {
    if (!value) return;
    const double weight = weighted_ ? rows : 1;
    sum_ += weight * *value;
    weights_ += weight;
  }
  [[nodiscard]] std::optional<double> value() const {
    if (weights_ == 0) return std::nullopt;
    return sum_ / weights_;
  }

 private:
  bool weighted_;
  double sum_ = 0;
  double weights_ = 0;
};

}  // namespace

double log_loss(const Matrix& probabilities, std::span<const int> truth) {
  assert(fits(probabilities, truth));
  static constexpr double kLeast = std::numeric_limits<float>::epsilon();
  const auto bounded = [](float p) { return std::clamp(static_cast<double>(p), kLeast, 1 - kLeast); };
  double sum = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    double whole = 0;
    for (const float p : probabilities.row(i)) whole += bounded(p);
    sum -= std::log(bounded(probabilities(i, static_cast<size_t>(truth[i]))) / whole);
  }
  return mean(sum, truth.size());
}

double brier_score(const Matrix& probabilities, std::span<const int> truth) {
  assert(fits(probabilities, truth));
  double sum = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    for (size_t c = 0; c < probabilities.columns(); ++c) {
      const double wanted = truth[i] == static_cast<int>(c) ? 1 : 0;
      const double error = static_cast<double>(probabilities(i, c)) - wanted;
      sum += error * error;
    }
  }
  return mean(sum, truth.size());
}

double top_k_accuracy(const Matrix& probabilities, std::span<const int> truth, int k) {
  assert(fits(probabilities, truth) && k > 0);
  size_t hits = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const auto label = static_cast<size_t>(truth[i]);
    const float own = probabilities(i, label);
    int before = 0;
    for (size_t c = 0; c < probabilities.columns(); ++c) {
      const float other = probabilities(i, c);
      if (other > own || (other == own && c < label)) ++before;
    }
    if (before < k) ++hits;
  }
  return mean(static_cast<double>(hits), truth.size());
}

std::vector<ReliabilityBin> reliability_curve(const Matrix& probabilities, std::span<const int> truth,
                                              int bins) {
  assert(fits(probabilities, truth) && bins > 0);
  std::vector<ReliabilityBin> curve(static_cast<size_t>(bins));
  for (int b = 0; b < bins; ++b) {
    curve[static_cast<size_t>(b)].low = static_cast<double>(b) / bins;
    curve[static_cast<size_t>(b)].high = static_cast<double>(b + 1) / bins;
  }
  for (size_t i = 0; i < truth.size(); ++i) {
    const auto row = probabilities.row(i);
    const auto top = std::ranges::max_element(row);
    const double confidence = *top;
    // A float times a small integer is exact in double: a confidence on a border falls below it.
    const int bin = std::clamp(static_cast<int>(std::ceil(confidence * bins)) - 1, 0, bins - 1);
    ReliabilityBin& found = curve[static_cast<size_t>(bin)];
    found.rows += 1;
    found.confidence += confidence;
    found.accuracy += top - row.begin() == truth[i] ? 1 : 0;
  }
  for (ReliabilityBin& bin : curve) {
    const auto rows = static_cast<size_t>(bin.rows);
    bin.confidence = mean(bin.confidence, rows);
    bin.accuracy = mean(bin.accuracy, rows);
  }
  return curve;
}

double calibration_error(std::span<const ReliabilityBin> curve) {
  double sum = 0;
  int64_t rows = 0;
  for (const ReliabilityBin& bin : curve) {
    sum += static_cast<double>(bin.rows) * std::abs(bin.accuracy - bin.confidence);
    rows += bin.rows;
  }
  return mean(sum, static_cast<size_t>(rows));
}

std::optional<double> binary_roc_auc(std::span<const float> scores, std::span<const uint8_t> positive) {
  return area_under_roc(pair_up(scores, positive));
}

std::optional<double> binary_average_precision(std::span<const float> scores,
                                               std::span<const uint8_t> positive) {
  return area_under_precision(pair_up(scores, positive));
}

std::optional<double> roc_auc_ovr(const Matrix& probabilities, std::span<const int> truth, Average average) {
  assert(fits(probabilities, truth));
  const std::vector<double> rows = class_rows(truth, probabilities.columns());
  MeanOf areas(average);
  for (size_t c = 0; c < rows.size(); ++c) {
    if (rows[c] > 0) areas.add(area_under_roc(one_against_all(probabilities, truth, c)), rows[c]);
  }
  return areas.value();
}

std::optional<double> roc_auc_ovo(const Matrix& probabilities, std::span<const int> truth, Average average) {
  assert(fits(probabilities, truth));
  const std::vector<double> rows = class_rows(truth, probabilities.columns());
  MeanOf areas(average);
  for (size_t a = 0; a < rows.size(); ++a) {
    for (size_t b = a + 1; b < rows.size(); ++b) {
      if (rows[a] == 0 || rows[b] == 0) continue;
      const auto there = area_under_roc(one_against_one(probabilities, truth, a, b));
      const auto back = area_under_roc(one_against_one(probabilities, truth, b, a));
      areas.add((*there + *back) / 2, rows[a] + rows[b]);
    }
  }
  return areas.value();
}

std::optional<double> average_precision(const Matrix& probabilities, std::span<const int> truth,
                                        Average average) {
  assert(fits(probabilities, truth));
  const std::vector<double> rows = class_rows(truth, probabilities.columns());
  MeanOf areas(average);
  for (size_t c = 0; c < rows.size(); ++c) {
    if (rows[c] > 0) areas.add(area_under_precision(one_against_all(probabilities, truth, c)), rows[c]);
  }
  return areas.value();
}

ProbabilityScores score_probabilities(const Matrix& probabilities, std::span<const int> truth) {
  ProbabilityScores scores;
  scores.log_loss = log_loss(probabilities, truth);
  scores.brier = brier_score(probabilities, truth);
  scores.reliability = reliability_curve(probabilities, truth);
  scores.calibration_error = calibration_error(scores.reliability);
  scores.top2_accuracy = top_k_accuracy(probabilities, truth, 2);
  scores.roc_auc_ovr = roc_auc_ovr(probabilities, truth, Average::kMacro);
  scores.roc_auc_ovo = roc_auc_ovo(probabilities, truth, Average::kMacro);
  scores.average_precision = average_precision(probabilities, truth, Average::kMacro);
  return scores;
}

}  // namespace sleeve
