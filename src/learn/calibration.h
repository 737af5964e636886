// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_CALIBRATION_H_
#define SLEEVE_LEARN_CALIBRATION_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"
#include "base/options.h"
#include "learn/matrix.h"
#include "learn/training_set.h"

// From probabilities to such as come true as often as they say. The last step of a pipeline, behind the
// learner: 'forest > calibrate:method=isotonic'. Fitted by the pipeline, on answers to unseen rows.
namespace sleeve {

inline constexpr std::string_view kCalibrate = "calibrate";
inline constexpr std::string_view kCalibrateSummary =
    "behind the learner: probabilities that come true as often as they say, learnt on inner folds";

struct CalibrateOptions {
  std::string method = "temperature";
  int folds = 5;
};

template <class V>
void describe(V& v, CalibrateOptions& o) {
  v.choice("method", o.method, {"temperature", "platt", "isotonic"},
           "temperature: one number, keeps the order of the classes; platt: a sigmoid a class; isotonic: "
           "any rising curve a class, for a thousand rows and more");
  v.number("folds", o.folds, {2, 50}, "folds",
           "Inner folds of the training rows, by group: each is answered by a pipeline that has not seen it");
}

// P = 1 / (1 + exp(a · score + b)): Platt's sigmoid.
struct Sigmoid {
  double a = -1.0;
  double b = 0.0;
  [[nodiscard]] double operator()(double score) const;
};
// The sigmoid of least log loss for Platt's targets, (n₊+1)/(n₊+2) and 1/(n₋+2), by Newton's method (Lin, Lin
// & Weng 2007), as scikit-learn's _SigmoidCalibration. REQUIRES: one of each a row, scores finite.
Sigmoid fit_sigmoid(std::span<const double> scores, std::span<const uint8_t> truth);

// Rising and piecewise linear through (x, y), constant outside: what isotonic regression gives.
struct RisingCurve {
  std::vector<double> x;  // rising strictly
  std::vector<double> y;  // rising
  [[nodiscard]] double operator()(double score) const;
};
// The rising function with the least squared error, by pool-adjacent-violators (Barlow et al. 1972), as
// scikit-learn's IsotonicRegression with out_of_bounds=clip. REQUIRES: one of each a row, at least one.
RisingCurve fit_rising(std::span<const double> scores, std::span<const uint8_t> truth);

// What the methods have in common, fitted.
//
// temperature: softmax(sharpness · log p), with learn/temperature.h's targets; for several labels one
// sharpness a label, on (1-p, p). platt: a sigmoid on the log odds of p (so it can leave p as it is, and
// is Platt's own on a learner whose log odds are its score). isotonic: a rising curve on p, cut off at
// 1/(rows+2) from 0 and 1, so that nothing is certain. These two see a class against the rest: two classes
// take the second's and its rest, more are divided by their sum, as scikit-learn's CalibratedClassifierCV.
// Classes and labels that no training row had, or (labels) all had, stay as they are.
class Calibrator {
 public:
  explicit Calibrator(const CalibrateOptions& options) : options_(options) {}

  // `outputs` and `held_out`: answers to unseen rows and their truth; `all`: the training set that they
  // are of, which says what classes there are. REQUIRES: kClass or kLabels; outputs has rows.
  void fit(const Matrix& outputs, const TrainingSet& held_out, const TrainingSet& all);
  // Thread-safe. REQUIRES: the columns that it was fitted on.
  [[nodiscard]] Matrix apply(Matrix outputs) const;
  void save(ByteWriter& out) const;
  // kCorrupt if the bytes don't make sense for the goal and so many classes.
  Status load(ByteReader& in, Goal goal, int classes);

 private:
  void fit_column(const Matrix& outputs, size_t column, std::span<const uint8_t> truth);
  [[nodiscard]] double of_column(size_t place, double p) const;
  void apply_to_classes(std::span<float> row) const;
  void apply_temperature(std::span<float> row) const;

  CalibrateOptions options_;
  Goal goal_ = Goal::kClass;
  std::vector<int32_t> columns_;  // the classes or labels that are calibrated, rising; empty: none
  // Of the method's kind, one each (two classes: one, the second's).
  std::vector<double> sharpness_;  // for classes a single one
  std::vector<Sigmoid> sigmoids_;
  std::vector<RisingCurve> curves_;
};

// kUsage, naming what is wrong.
Result<CalibrateOptions> calibrate_options(const Json& json);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_CALIBRATION_H_
