// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_SUBSET_H_
#define SLEEVE_EVAL_SUBSET_H_

#include <cstdint>
#include <span>
#include <vector>

#include "eval/task.h"

namespace sleeve {

// About `share` (0 to 1) of the given rows of the task, ascending: whole groups in an order drawn from the
// seed, those that bring a class not yet there first, so that no class is lost. A smaller share's rows are
// among a larger one's; all of them for 1, at least one group.
std::vector<size_t> subset_of(const Task& task, std::span<const size_t> rows, double share, uint64_t seed);

}  // namespace sleeve

#endif  // SLEEVE_EVAL_SUBSET_H_
