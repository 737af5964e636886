// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_LEARNER_H_
#define SLEEVE_LEARN_LEARNER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <sleeve/result.h>

#include "base/byte_stream.h"
#include "base/options.h"
#include "base/progress.h"
#include "learn/matrix.h"

namespace sleeve {

// Labels are classes 0 … classes-1. A class may be absent from the labels of a fold; its
// probability is then 0.
struct TrainingSet {
  const Matrix& x;
  std::span<const int> labels;  // one per row of x
  int classes = 0;
};

// A classifier. The same training set, options and seed give the same bits, whatever the number
// of threads.
class Learner {
 public:
  virtual ~Learner() = default;
  // kNoData if there are no rows; kCancelled if context.stopping(). Replaces what was learnt before.
  virtual Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) = 0;
  // rows × classes, each row sums to 1. REQUIRES: fitted (or loaded). Thread-safe.
  [[nodiscard]] virtual Matrix probabilities(const Matrix& x) const = 0;
  virtual void save(ByteWriter& out) const = 0;
  // kCorrupt if the bytes don't make sense for `columns` features and `classes` classes: a loaded
  // learner never reads out of bounds.
  virtual Status load(ByteReader& in, size_t columns, int classes) = 0;
};

struct LearnerEntry {
  std::string_view name;                // "forest"
  std::string_view summary;             // one line
  std::string_view source;              // paper or reference implementation
  std::string_view default_transforms;  // transforms used where none are named: "standard", "" for none
  std::vector<OptionInfo> (*options)();
  Result<std::unique_ptr<Learner>> (*make)(const Json& options);
  Result<Json> (*complete)(const Json& options);  // with defaults and types
};

std::span<const LearnerEntry> learner_registry();
Result<const LearnerEntry*> find_learner(std::string_view name);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LEARNER_H_
