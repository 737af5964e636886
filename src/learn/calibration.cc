// SPDX-License-Identifier: Apache-2.0
#include "learn/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/try.h"
#include "learn/temperature.h"

namespace sleeve {
namespace {

// Probabilities are taken to be this far from 0 and 1 where their logarithm is needed.
constexpr double kNearlyNone = 1e-6;
// A nearest neighbour says 0 and 1 only: its sharpness must come down from their distance.
constexpr double kLowestCalibration = 1.0 / 1024;
constexpr double kLargestSlope = 1e100;

double mixed(double p, double classes) { return (1.0 - kNearlyNone) * p + kNearlyNone / classes; }
double log_odds(double p) { return std::log(mixed(p, 2.0) / mixed(1.0 - p, 2.0)); }

// ln(1 + e^z) without overflow.
double softplus(double z) { return z > 0.0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }

struct PlattTargets {
  std::vector<double> of_row;
  double start = 0.0;  // the intercept that the shares of both sides alone ask for

  explicit PlattTargets(std::span<const uint8_t> truth) {
    const auto positive = static_cast<double>(std::ranges::count(truth, uint8_t{1}));
    const double negative = static_cast<double>(truth.size()) - positive;
    for (const uint8_t one : truth) {
      of_row.push_back(one != 0 ? (positive + 1.0) / (positive + 2.0) : 1.0 / (negative + 2.0));
    }
    start = std::log((negative + 1.0) / (positive + 1.0));
  }
};

double sigmoid_loss(const Sigmoid& at, std::span<const double> scores, const PlattTargets& targets) {
  double loss = 0.0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double z = at.a * scores[i] + at.b;
    loss += softplus(z) - (1.0 - targets.of_row[i]) * z;
  }
  return loss;
}

// Newton's step, from the first and second derivatives.
Sigmoid newton_step(const Sigmoid& at, std::span<const double> scores, const PlattTargets& targets,
                    double& slope) {
  constexpr double kRidge = 1e-12;  // keeps the matrix from being singular
  double aa = kRidge, bb = kRidge, ab = 0.0, ga = 0.0, gb = 0.0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const double p = at(scores[i]);
    const double weight = p * (1.0 - p);
    const double error = targets.of_row[i] - p;
    aa += scores[i] * scores[i] * weight;
    ab += scores[i] * weight;
    bb += weight;
    ga += scores[i] * error;
    gb += error;
  }
  const double determinant = aa * bb - ab * ab;
  const Sigmoid step{-(bb * ga - ab * gb) / determinant, -(aa * gb - ab * ga) / determinant};
  slope = ga * step.a + gb * step.b;
  return step;
}

struct Pool {
  double sum;
  double weight;
  size_t first;  // of the distinct scores
  [[nodiscard]] double mean() const { return sum / weight; }
};

}  // namespace

double Sigmoid::operator()(double score) const {
  const double z = a * score + b;
  return z >= 0.0 ? std::exp(-z) / (1.0 + std::exp(-z)) : 1.0 / (1.0 + std::exp(z));
}

namespace {

// REQUIRES: scores around 0, so that scores that are all equal leave the second derivatives regular.
Sigmoid fit_centred(std::span<const double> scores, std::span<const uint8_t> truth) {
  constexpr int kMostSteps = 100;
  constexpr double kSmallestPart = 1e-10;
  const PlattTargets targets(truth);
  Sigmoid at{0.0, targets.start};
  double loss = sigmoid_loss(at, scores, targets);
  for (int i = 0; i < kMostSteps; ++i) {
    double slope = 0.0;
    const Sigmoid step = newton_step(at, scores, targets, slope);
    if (!(slope < -1e-14 * (1.0 + loss))) return at;
    double part = 1.0;
    for (; part >= kSmallestPart; part /= 2.0) {
      const Sigmoid next{at.a + part * step.a, at.b + part * step.b};
      const double next_loss = sigmoid_loss(next, scores, targets);
      if (!(next_loss < loss + 1e-4 * part * slope)) continue;
      at = next;
      loss = next_loss;
      break;
    }
    if (part < kSmallestPart) return at;
  }
  return at;
}

}  // namespace

Sigmoid fit_sigmoid(std::span<const double> scores, std::span<const uint8_t> truth) {
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  std::vector<double> centred(scores.begin(), scores.end());
  for (double& score : centred) score -= mean;
  const Sigmoid found = fit_centred(centred, truth);
  return {found.a, found.b - found.a * mean};
}

double RisingCurve::operator()(double score) const {
  const auto above = std::ranges::lower_bound(x, score);
  if (above == x.begin()) return y.front();
  if (above == x.end()) return y.back();
  const auto at = static_cast<size_t>(above - x.begin());
  const double part = (score - x[at - 1]) / (x[at] - x[at - 1]);
  return y[at - 1] + part * (y[at] - y[at - 1]);
}

RisingCurve fit_rising(std::span<const double> scores, std::span<const uint8_t> truth) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  std::vector<double> distinct;
  std::vector<Pool> pools;
  for (size_t at = 0; at < order.size();) {
    Pool pool{0.0, 0.0, distinct.size()};
    distinct.push_back(scores[order[at]]);
    for (; at < order.size() && scores[order[at]] == distinct.back(); ++at) {
      pool.sum += truth[order[at]];
      pool.weight += 1.0;
    }
    while (!pools.empty() && pools.back().mean() >= pool.mean()) {
      pool = {pools.back().sum + pool.sum, pools.back().weight + pool.weight, pools.back().first};
      pools.pop_back();
    }
    pools.push_back(pool);
  }
  RisingCurve curve;
  for (size_t i = 0; i < pools.size(); ++i) {
    const size_t last = (i + 1 < pools.size() ? pools[i + 1].first : distinct.size()) - 1;
    for (const size_t at : {pools[i].first, last}) {
      if (!curve.x.empty() && curve.x.back() == distinct[at]) continue;
      curve.x.push_back(distinct[at]);
      curve.y.push_back(pools[i].mean());
    }
  }
  return curve;
}

Result<CalibrateOptions> calibrate_options(const Json& json) {
  return options_from_json<CalibrateOptions>(json, kCalibrate);
}

void Calibrator::fit_column(const Matrix& outputs, size_t column, std::span<const uint8_t> truth) {
  std::vector<double> scores(outputs.rows());
  for (size_t row = 0; row < outputs.rows(); ++row) {
    const double p = outputs(row, column);
    scores[row] = options_.method == "isotonic" ? p : log_odds(p);
  }
  if (options_.method == "platt") {
    sigmoids_.push_back(fit_sigmoid(scores, truth));
  } else if (options_.method == "isotonic") {
    RisingCurve curve = fit_rising(scores, truth);
    const double least = 1.0 / (static_cast<double>(truth.size()) + 2.0);
    for (double& y : curve.y) y = std::clamp(y, least, 1.0 - least);
    curves_.push_back(std::move(curve));
  } else {
    std::vector<double> pairs;
    for (const double score : scores) pairs.insert(pairs.end(), {0.0, score});
    const std::vector<size_t> classes(truth.begin(), truth.end());
    sharpness_.push_back(fit_sharpness(pairs, classes, 2, kLowestCalibration));
  }
}

void Calibrator::fit(const Matrix& outputs, const TrainingSet& held_out, const TrainingSet& all) {
  goal_ = all.goal;
  columns_.clear();
  sharpness_.clear();
  sigmoids_.clear();
  curves_.clear();
  const auto classes = static_cast<size_t>(all.classes);
  const auto has = [&](const TrainingSet& data, size_t row, size_t k) {
    return goal_ == Goal::kLabels ? data.members[row * classes + k] != 0
                                  : data.labels[row] == static_cast<int>(k);
  };
  std::vector<size_t> counts(classes);
  for (size_t row = 0; row < all.x.rows(); ++row) {
    for (size_t k = 0; k < classes; ++k) counts[k] += has(all, row, k) ? 1 : 0;
  }
  for (size_t k = 0; k < classes; ++k) {
    if (counts[k] > 0 && counts[k] < all.x.rows()) columns_.push_back(static_cast<int32_t>(k));
  }
  if (goal_ == Goal::kClass && options_.method == "temperature" && !columns_.empty()) {
    std::vector<double> scores;
    std::vector<size_t> truth;
    for (size_t row = 0; row < outputs.rows(); ++row) {
      for (const int32_t k : columns_) {
        const double p = outputs(row, static_cast<size_t>(k));
        scores.push_back(std::log(mixed(p, static_cast<double>(columns_.size()))));
      }
      truth.push_back(
          static_cast<size_t>(std::ranges::find(columns_, held_out.labels[row]) - columns_.begin()));
    }
    sharpness_ = {fit_sharpness(scores, truth, columns_.size(), kLowestCalibration)};
    return;
  }
  const bool second_only = goal_ == Goal::kClass && columns_.size() == 2;
  for (size_t place = second_only ? 1 : 0; place < columns_.size(); ++place) {
    const auto k = static_cast<size_t>(columns_[place]);
    std::vector<uint8_t> truth(outputs.rows());
    for (size_t row = 0; row < truth.size(); ++row) truth[row] = has(held_out, row, k) ? 1 : 0;
    fit_column(outputs, k, truth);
  }
}

double Calibrator::of_column(size_t place, double p) const {
  if (options_.method == "platt") return sigmoids_[place](log_odds(p));
  if (options_.method == "isotonic") return curves_[place](p);
  return Sigmoid{-sharpness_[place], 0.0}(log_odds(p));
}

void Calibrator::apply_temperature(std::span<float> row) const {
  std::vector<double> shares;
  size_t best = 0;
  for (const int32_t k : columns_) {
    const float p = row[static_cast<size_t>(k)];
    if (p > row[static_cast<size_t>(columns_[best])]) best = shares.size();
    shares.push_back(std::log(mixed(p, static_cast<double>(columns_.size()))));
  }
  softmax(shares, sharpness_[0]);
  for (size_t i = 0; i < shares.size(); ++i) {
    float& p = row[static_cast<size_t>(columns_[i])];
    p = static_cast<float>(shares[i]);
    // Two that were all but equal may have become equal: the most probable class stays in front.
    if (i < best) p = std::min(p, std::nextafter(static_cast<float>(shares[best]), 0.0F));
  }
}

void Calibrator::apply_to_classes(std::span<float> row) const {
  if (options_.method == "temperature") return apply_temperature(row);
  if (columns_.size() == 2) {
    const double second = of_column(0, row[static_cast<size_t>(columns_[1])]);
    row[static_cast<size_t>(columns_[0])] = static_cast<float>(1.0 - second);
    row[static_cast<size_t>(columns_[1])] = static_cast<float>(second);
    return;
  }
  std::vector<double> shares;
  for (size_t place = 0; place < columns_.size(); ++place) {
    shares.push_back(of_column(place, row[static_cast<size_t>(columns_[place])]));
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (size_t place = 0; place < columns_.size(); ++place) {
    const double share = sum > 0.0 ? shares[place] / sum : 1.0 / static_cast<double>(columns_.size());
    row[static_cast<size_t>(columns_[place])] = static_cast<float>(share);
  }
}

Matrix Calibrator::apply(Matrix outputs) const {
  if (columns_.empty()) return outputs;
  for (size_t row = 0; row < outputs.rows(); ++row) {
    const std::span<float> values = outputs.row(row);
    if (goal_ == Goal::kClass) {
      apply_to_classes(values);
      continue;
    }
    for (size_t place = 0; place < columns_.size(); ++place) {
      float& p = values[static_cast<size_t>(columns_[place])];
      p = static_cast<float>(of_column(place, p));
    }
  }
  return outputs;
}

void Calibrator::save(ByteWriter& out) const {
  out.put_array(columns_);
  out.put_array(sharpness_);
  std::vector<double> sigmoids;
  for (const Sigmoid& one : sigmoids_) sigmoids.insert(sigmoids.end(), {one.a, one.b});
  out.put_array(sigmoids);
  for (const RisingCurve& curve : curves_) {
    out.put_array(curve.x);
    out.put_array(curve.y);
  }
}

namespace {

Result<RisingCurve> load_curve(ByteReader& in) {
  RisingCurve curve;
  SLEEVE_TRY(curve.x, in.get_array<double>());
  SLEEVE_TRY(curve.y, in.get_array<double>());
  const auto sensible = [](const std::vector<double>& values) {
    return std::ranges::all_of(values, [](double value) { return value >= 0.0 && value <= 1.0; });
  };
  const bool strictly = std::ranges::adjacent_find(curve.x, std::greater_equal<>()) == curve.x.end();
  if (curve.x.empty() || curve.x.size() != curve.y.size() || !strictly || !sensible(curve.x) ||
      !sensible(curve.y) || !std::ranges::is_sorted(curve.y)) {
    return make_error(ErrorCode::kCorrupt, "calibrate: a curve doesn't make sense");
  }
  return curve;
}

}  // namespace

Status Calibrator::load(ByteReader& in, Goal goal, int classes) {
  goal_ = goal;
  SLEEVE_TRY(columns_, in.get_array<int32_t>());
  SLEEVE_TRY(sharpness_, in.get_array<double>());
  SLEEVE_TRY(const std::vector<double> sigmoids, in.get_array<double>());
  const bool rising = std::ranges::adjacent_find(columns_, std::greater_equal<>()) == columns_.end();
  const bool classes_fit = columns_.empty() || (columns_.front() >= 0 && columns_.back() < classes);
  const bool alone = goal == Goal::kClass && columns_.size() == 1;
  if (!rising || !classes_fit || alone) {
    return make_error(ErrorCode::kCorrupt, "calibrate: the classes don't make sense");
  }
  const bool one_for_two = goal == Goal::kClass && columns_.size() == 2;
  const size_t parts = one_for_two ? 1 : columns_.size();
  const bool one_for_all = goal == Goal::kClass && !columns_.empty();
  const size_t numbers = options_.method != "temperature" ? 0 : one_for_all ? 1 : parts;
  const auto bounded = [](double value) { return std::abs(value) <= kLargestSlope; };
  const auto sharp = [](double value) { return value >= kLowestCalibration && value <= kHighestSharpness; };
  if (sharpness_.size() != numbers || !std::ranges::all_of(sharpness_, sharp) ||
      sigmoids.size() != (options_.method == "platt" ? 2 * parts : 0) ||
      !std::ranges::all_of(sigmoids, bounded)) {
    return make_error(ErrorCode::kCorrupt, "calibrate: what was learnt doesn't make sense");
  }
  sigmoids_.clear();
  for (size_t i = 0; i + 1 < sigmoids.size(); i += 2) sigmoids_.push_back({sigmoids[i], sigmoids[i + 1]});
  curves_.clear();
  for (size_t i = 0; options_.method == "isotonic" && i < parts; ++i) {
    SLEEVE_TRY(RisingCurve curve, load_curve(in));
    curves_.push_back(std::move(curve));
  }
  return {};
}

}  // namespace sleeve
