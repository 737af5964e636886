// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_STAGE_LEARNING_CURVE_H_
#define SLEEVE_STAGE_LEARNING_CURVE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "eval/learning_curve.h"
#include "stage/crossval.h"

namespace sleeve {

struct CurveOptions {
  CrossvalOptions protocol;   // its permutations don't matter here
  size_t steps = 10;          // training sizes in equal distances up to all there are
  std::vector<size_t> sizes;  // or these, in covers; any order
};
Json to_json(const CurveOptions& options);

// What a model scores after one number of training covers.
struct CurvePoint {
  size_t size = 0;    // as asked
  double covers = 0;  // whole groups, mean over folds
  // Over folds; of classes each of metric_names(), otherwise the goal's objectives that a fold had.
  std::vector<std::pair<std::string, CurveScore>> test;
  std::vector<std::pair<std::string, CurveScore>> train;  // on the training covers themselves
};

struct ModelCurve {
  std::string pipeline;
  std::vector<CurvePoint> points;  // ascending
};

struct CurveReport {
  Json dataset;
  std::string features;
  Augmentation augmentation;
  std::string split;
  int folds = 0;
  int repeats = 0;
  std::string folds_fingerprint;
  std::vector<ModelCurve> curves;  // the goal's baseline first, then as asked
  std::vector<std::string> warnings;
  std::vector<Problem> unreadable;
  int64_t run_id = 0;
  double seconds = 0;
};
Json to_json(const CurveReport& report);

// Cross-validates every pipeline on growing parts of each fold's training covers; a fold's test covers stay
// the same, its parts are nested. Records the run. Errors as crossval() and curve_steps().
Result<CurveReport> learning_curve(Workspace& workspace, const CurveOptions& options,
                                   const WorkContext& context);

}  // namespace sleeve

#endif  // SLEEVE_STAGE_LEARNING_CURVE_H_
