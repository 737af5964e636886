// SPDX-License-Identifier: Apache-2.0
#include "eval/metrics.h"

#include <array>
#include <cassert>
#include <cmath>

namespace sleeve {
namespace {

// zero_division=0.
double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

struct Margins {
  std::vector<int64_t> truth;
  std::vector<int64_t> predicted;
};

Margins margins(const ConfusionMatrix& confusion) {
  const auto classes = static_cast<size_t>(confusion.classes());
  Margins sums{std::vector<int64_t>(classes), std::vector<int64_t>(classes)};
  for (int t = 0; t < confusion.classes(); ++t) {
    for (int p = 0; p < confusion.classes(); ++p) {
      sums.truth[static_cast<size_t>(t)] += confusion.at(t, p);
      sums.predicted[static_cast<size_t>(p)] += confusion.at(t, p);
    }
  }
  return sums;
}

ClassScores class_scores(int64_t hits, int64_t truth, int64_t predicted) {
  const auto tp = static_cast<double>(hits);
  ClassScores scores;
  scores.precision = ratio(tp, static_cast<double>(predicted));
  scores.recall = ratio(tp, static_cast<double>(truth));
  scores.f1 = ratio(2 * tp, static_cast<double>(truth + predicted));
  scores.support = truth;
  return scores;
}

void add_weighted(ClassScores& mean, const ClassScores& scores, double weight) {
  mean.precision += weight * scores.precision;
  mean.recall += weight * scores.recall;
  mean.f1 += weight * scores.f1;
}

ClassScores divided(const ClassScores& sum, double weight, int64_t support) {
  return {ratio(sum.precision, weight), ratio(sum.recall, weight), ratio(sum.f1, weight), support};
}

// Products of the margins: in double, since the fourth powers of row counts overflow integers.
struct Agreement {
  double rows = 0;
  double hits = 0;
  double chance = 0;     // Σ truth · predicted
  double truth = 0;      // Σ truth²
  double predicted = 0;  // Σ predicted²
};

Agreement agreement(const Margins& sums, int64_t rows, int64_t hits) {
  Agreement result{static_cast<double>(rows), static_cast<double>(hits)};
  for (size_t c = 0; c < sums.truth.size(); ++c) {
    const auto truth = static_cast<double>(sums.truth[c]);
    const auto predicted = static_cast<double>(sums.predicted[c]);
    result.chance += truth * predicted;
    result.truth += truth * truth;
    result.predicted += predicted * predicted;
  }
  return result;
}

double cohens_kappa(const Agreement& a) {
  return ratio(a.hits * a.rows - a.chance, a.rows * a.rows - a.chance);
}

double matthews(const Agreement& a) {
  const double squares = a.rows * a.rows;
  return ratio(a.hits * a.rows - a.chance, std::sqrt((squares - a.truth) * (squares - a.predicted)));
}

struct NamedMetric {
  const char* name;
  double (*value)(const Scores&);
};
constexpr std::array<NamedMetric, 6> kMetrics{{
    {"accuracy", [](const Scores& s) { return s.accuracy; }},
    {"balanced_accuracy", [](const Scores& s) { return s.balanced_accuracy; }},
    {"macro_f1", [](const Scores& s) { return s.macro.f1; }},
    {"weighted_f1", [](const Scores& s) { return s.weighted.f1; }},
    {"cohens_kappa", [](const Scores& s) { return s.cohens_kappa; }},
    {"mcc", [](const Scores& s) { return s.mcc; }},
}};

}  // namespace

ConfusionMatrix ConfusionMatrix::of(std::span<const int> truth, std::span<const int> predicted, int classes) {
  assert(truth.size() == predicted.size());
  ConfusionMatrix confusion(classes);
  for (size_t i = 0; i < truth.size(); ++i) confusion.add(truth[i], predicted[i]);
  return confusion;
}

void ConfusionMatrix::add(int truth, int predicted, int64_t count) {
  assert(truth >= 0 && truth < classes_ && predicted >= 0 && predicted < classes_);
  counts_[static_cast<size_t>(truth) * static_cast<size_t>(classes_) + static_cast<size_t>(predicted)] +=
      count;
}

int64_t ConfusionMatrix::at(int truth, int predicted) const {
  assert(truth >= 0 && truth < classes_ && predicted >= 0 && predicted < classes_);
  return counts_[static_cast<size_t>(truth) * static_cast<size_t>(classes_) + static_cast<size_t>(predicted)];
}

int64_t ConfusionMatrix::total() const {
  int64_t sum = 0;
  for (const int64_t count : counts_) sum += count;
  return sum;
}

Scores score(const ConfusionMatrix& confusion) {
  const Margins sums = margins(confusion);
  Scores scores;
  scores.rows = confusion.total();
  int64_t hits = 0;
  double present = 0, supported = 0, recalls = 0;
  for (size_t c = 0; c < sums.truth.size(); ++c) {
    const int64_t right = confusion.at(static_cast<int>(c), static_cast<int>(c));
    const ClassScores one = class_scores(right, sums.truth[c], sums.predicted[c]);
    scores.per_class.push_back(one);
    hits += right;
    if (sums.truth[c] + sums.predicted[c] > 0) {
      present += 1;
      add_weighted(scores.macro, one, 1);
    }
    if (one.support > 0) {
      supported += 1;
      recalls += one.recall;
      add_weighted(scores.weighted, one, static_cast<double>(one.support));
    }
  }
  const auto rows = static_cast<double>(scores.rows);
  scores.accuracy = ratio(static_cast<double>(hits), rows);
  scores.balanced_accuracy = ratio(recalls, supported);
  const Agreement counts = agreement(sums, scores.rows, hits);
  scores.cohens_kappa = cohens_kappa(counts);
  scores.mcc = matthews(counts);
  scores.macro = divided(scores.macro, present, scores.rows);
  scores.weighted = divided(scores.weighted, rows, scores.rows);
  return scores;
}

std::span<const std::string> metric_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    names.reserve(kMetrics.size());
    for (const NamedMetric& entry : kMetrics) names.emplace_back(entry.name);
    return names;
  }();
  return kNames;
}

double metric(const Scores& scores, const std::string& name) {
  for (const NamedMetric& entry : kMetrics) {
    if (name == entry.name) return entry.value(scores);
  }
  assert(false && "not one of metric_names()");
  return 0;
}

}  // namespace sleeve
