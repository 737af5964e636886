// SPDX-License-Identifier: Apache-2.0
#include "learn/split_score.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "learn/widest.h"

namespace sleeve {
namespace {

// Σ l² and Σ t·l over the classes, for many cuts: adds one class's part.
SLEEVE_WIDEST void add_class(const int32_t* left, size_t count, double weight, double total, double* masses,
                             double* squares, double* products) {
  for (size_t i = 0; i < count; ++i) {
    const double mass = left[i] * weight;
    masses[i] += mass;
    squares[i] += mass * mass;
    products[i] += mass * total;
  }
}

// With Σ r² = Σ (t - l)² = Σ t² - 2·Σ t·l + Σ l².
SLEEVE_WIDEST void combine(size_t count, double mass, double total_squares, const double* masses,
                           const double* squares, const double* products, double* scores) {
  for (size_t i = 0; i < count; ++i) {
    const double right_mass = mass - masses[i];
    const double right_squares = total_squares - 2.0 * products[i] + squares[i];
    scores[i] = (squares[i] * right_mass + right_squares * masses[i]) / (masses[i] * right_mass);
  }
}

}  // namespace

ScoreSettings ScoreSettings::make(Criterion criterion, std::vector<double> class_weights, size_t draws) {
  ScoreSettings settings;
  settings.criterion = criterion;
  settings.weighted = std::ranges::any_of(class_weights, [](double weight) { return weight != 1.0; });
  for (const double weight : class_weights) {
    settings.log_weights.push_back(weight > 0.0 ? std::log2(weight) : 0.0);  // 0: the class has no rows
  }
  settings.class_weights = std::move(class_weights);
  if (criterion == Criterion::kEntropy) {
    settings.n_log_n.push_back(0.0);
    for (size_t n = 1; n <= draws; ++n) {
      settings.n_log_n.push_back(static_cast<double>(n) * std::log2(static_cast<double>(n)));
    }
  }
  return settings;
}

double ScoreSettings::mass_term(double mass) const {
  return weighted ? mass * std::log2(mass) : n_log_n[static_cast<size_t>(mass)];
}

NodeScore::NodeScore(const ScoreSettings& settings)
    : settings_(settings),
      gini_(settings.criterion == Criterion::kGini),
      total_draws_(settings.class_weights.size()),
      total_(total_draws_.size()),
      left_draws_(total_draws_.size()) {}

void NodeScore::start(std::span<const uint32_t> draws_per_class) {
  mass_ = 0.0;
  total_sum_ = 0.0;
  for (size_t label = 0; label < total_.size(); ++label) {
    total_draws_[label] = draws_per_class[label];
    total_[label] = draws_per_class[label] * settings_.class_weights[label];
    mass_ += total_[label];
    total_sum_ += gini_ ? total_[label] * total_[label] : settings_.class_term(label, total_draws_[label]);
  }
}

void NodeScore::score_cuts(const int32_t* left, size_t stride, size_t count, double* scores) {
  assert(count <= kMaxCuts);
  if (gini_) {
    gini_cuts(left, stride, count, scores);
  } else {
    entropy_cuts(left, stride, count, scores);
  }
}

void NodeScore::gini_cuts(const int32_t* left, size_t stride, size_t count, double* scores) {
  std::fill_n(masses_.begin(), count, 0.0);
  std::fill_n(squares_.begin(), count, 0.0);
  std::fill_n(products_.begin(), count, 0.0);
  for (size_t label = 0; label < total_.size(); ++label) {
    if (total_draws_[label] == 0) continue;
    add_class(left + label * stride, count, settings_.class_weights[label], total_[label], masses_.data(),
              squares_.data(), products_.data());
  }
  combine(count, mass_, total_sum_, masses_.data(), squares_.data(), products_.data(), scores);
}

void NodeScore::entropy_cuts(const int32_t* left, size_t stride, size_t count, double* scores) const {
  for (size_t i = 0; i < count; ++i) {
    double mass = 0.0;
    double sum = 0.0;
    for (size_t label = 0; label < total_.size(); ++label) {
      const auto draws = static_cast<uint32_t>(left[label * stride + i]);
      mass += draws * settings_.class_weights[label];
      sum += settings_.class_term(label, draws) + settings_.class_term(label, total_draws_[label] - draws);
    }
    scores[i] = sum - settings_.mass_term(mass) - settings_.mass_term(mass_ - mass);
  }
}

void NodeScore::score_rows(const uint16_t* labels, const uint16_t* draws, size_t count, double* scores) {
  std::ranges::fill(left_draws_, 0U);
  if (gini_) {
    gini_rows(labels, draws, count, scores);
  } else {
    entropy_rows(labels, draws, count, scores);
  }
}

void NodeScore::gini_rows(const uint16_t* labels, const uint16_t* draws, size_t count, double* scores) {
  double mass_sum = 0.0;
  double squares = 0.0;
  double products = 0.0;
  for (size_t i = 0; i < count; ++i) {
    const size_t label = labels[i];
    const double weight = settings_.class_weights[label];
    const uint32_t before = left_draws_[label];
    const double mass = draws[i] * weight;
    mass_sum += mass;
    squares += mass * ((2 * before + draws[i]) * weight);  // (l + m)² - l²
    products += mass * total_[label];
    left_draws_[label] = before + draws[i];
    masses_[i] = mass_sum;
    squares_[i] = squares;
    products_[i] = products;
  }
  combine(count, mass_, total_sum_, masses_.data(), squares_.data(), products_.data(), scores);
}

void NodeScore::entropy_rows(const uint16_t* labels, const uint16_t* draws, size_t count, double* scores) {
  double mass = 0.0;
  double sum = total_sum_;
  for (size_t i = 0; i < count; ++i) {
    const size_t label = labels[i];
    const uint32_t before = left_draws_[label];
    const uint32_t after = before + draws[i];
    const uint32_t total = total_draws_[label];
    sum += settings_.class_term(label, after) - settings_.class_term(label, before);
    sum += settings_.class_term(label, total - after) - settings_.class_term(label, total - before);
    mass += draws[i] * settings_.class_weights[label];
    left_draws_[label] = after;
    scores[i] = sum - settings_.mass_term(mass) - settings_.mass_term(mass_ - mass);
  }
}

PackedNode NodeScore::packed() const {
  PackedNode node{{}, {}, mass_, total_sum_};
  std::ranges::copy(settings_.class_weights, node.weights.begin());
  std::ranges::copy(total_, node.totals.begin());
  return node;
}

// A little below the true bound, gini's mass and entropy's 0: rounding may leave a perfect cut there.
double NodeScore::perfect() const {
  constexpr double kRounding = 1e-12;
  return gini_ ? mass_ * (1.0 - kRounding) : -kRounding * mass_;
}

}  // namespace sleeve
