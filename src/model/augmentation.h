// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_MODEL_AUGMENTATION_H_
#define SLEEVE_MODEL_AUGMENTATION_H_

#include <algorithm>
#include <string_view>

#include <sleeve/result.h>

#include "base/json.h"
#include "feature/feature_set.h"
#include "image/augment.h"
#include "learn/matrix.h"

namespace sleeve {

// Altered copies of covers: how they are made, how many a model learns from beside each training cover, and
// over how many beside the cover itself its answers are averaged (test-time averaging).
struct Augmentation {
  AugmentOptions options;
  int train = 0;
  int test = 0;

  [[nodiscard]] int copies() const { return std::max(train, test); }
  [[nodiscard]] bool none() const { return copies() == 0; }
  friend bool operator==(const Augmentation&, const Augmentation&) = default;
};

inline constexpr int kMostCopies = 100;

// The features of a cover, and below them those of the copies that answers are averaged over: what a pipeline
// is asked and mean_answers() taken of. Errors as augmented() and Extractor::describe().
Result<Matrix> describe_forms(Extractor& extractor, const Picture& picture, const Sha256& cover,
                              const Augmentation& augmentation);

// kTooLarge if the values of so many covers and of their copies, which a task holds all at once, would take
// more than half of `memory` bytes: the rows that a fold learns from are copied out of them.
Status check_fits(size_t covers, size_t values, const Augmentation& augmentation, double memory);

// "3" or "3:rotate=0:jpeg=100": how many copies, and options that differ. kUsage.
struct CopiesWanted {
  int copies = 0;
  AugmentOptions options;
};
Result<CopiesWanted> parse_copies(std::string_view text);

// {"train", "test", "options"}; put into a configuration as "augmentation" unless there are no copies, so
// that configurations without any stay what they were.
void put_augmentation(Json& configuration, const Augmentation& augmentation);
// None where there is nothing of the kind. kCorrupt.
Result<Augmentation> augmentation_of(const Json& configuration);

}  // namespace sleeve

#endif  // SLEEVE_MODEL_AUGMENTATION_H_
