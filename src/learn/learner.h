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
#include "learn/training_set.h"

namespace sleeve {

// What turns features into an answer: a class, or a number. (Several labels: one classifier each, see
// one_vs_rest.h.) The same training set, options and seed give the same bits, whatever the number of
// threads.
class Learner {
 public:
  virtual ~Learner() = default;
  // kNoData if there are no rows; kCancelled if context.stopping(). Replaces what was learnt before.
  virtual Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) = 0;
  // Of classes: rows × classes, each row sums to 1, an absent class has 0. Of numbers: rows × 1, finite.
  // REQUIRES: fitted (or loaded). Thread-safe.
  [[nodiscard]] virtual Matrix outputs(const Matrix& x) const = 0;
  virtual void save(ByteWriter& out) const = 0;
  // kCorrupt if the bytes don't make sense for `columns` features and `classes` classes: a loaded
  // learner never reads out of bounds.
  virtual Status load(ByteReader& in, size_t columns, int classes) = 0;
  // What fit() found out beside the answer, for people to read: {"oob_accuracy": 0.62}. Not part of what is
  // saved; an empty object after load(), and where there is nothing to tell.
  [[nodiscard]] virtual Json facts() const { return Json::object(); }
};

struct LearnerEntry {
  std::string_view name;                // "forest"; there may be one of each goal
  Goal goal;                            // kClass or kNumber
  std::string_view summary;             // one line
  std::string_view source;              // paper or reference implementation
  std::string_view default_transforms;  // transforms used where none are named: "standard", "" for none
  std::vector<OptionInfo> (*options)();
  Result<std::unique_ptr<Learner>> (*make)(const Json& options);
  Result<Json> (*complete)(const Json& options);  // with defaults and types
  bool takes_bags = false;  // leaves rows with bags of local features (ColumnBlock::bag) alone
};

std::span<const LearnerEntry> learner_registry();
// What answers kLabels is made of learners of classes. kUsage: unknown, or only for another goal.
Result<const LearnerEntry*> find_learner(std::string_view name, Goal goal = Goal::kClass);

}  // namespace sleeve

#endif  // SLEEVE_LEARN_LEARNER_H_
