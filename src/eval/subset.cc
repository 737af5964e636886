// SPDX-License-Identifier: Apache-2.0
#include "eval/subset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "eval/group_rows.h"

namespace sleeve {

std::vector<size_t> subset_of(const Task& task, std::span<const size_t> rows, double share, uint64_t seed) {
  std::vector<int> groups;
  if (!task.groups.empty()) {
    for (const size_t row : rows) groups.push_back(task.groups[row]);
  }
  const GroupRows group_rows(groups, rows.size());
  std::vector<size_t> order(group_rows.groups());
  std::iota(order.begin(), order.end(), size_t{0});
  Rng(seed).shuffle(std::span(order));
  const Strata strata = strata_of(task.set());
  std::vector<bool> seen(static_cast<size_t>(strata.classes));
  const auto brings_a_class = [&](size_t group) {
    bool is_new = false;
    for (const size_t i : group_rows.rows(group)) {
      auto at = seen[static_cast<size_t>(strata.labels[rows[i]])];
      is_new = is_new || !at;
      at = true;
    }
    return is_new;
  };
  std::ranges::stable_partition(order, brings_a_class);
  const auto wanted = static_cast<size_t>(std::ceil(share * static_cast<double>(rows.size())));
  std::vector<size_t> result;
  for (const size_t group : order) {
    if (!result.empty() && result.size() >= wanted) break;
    for (const size_t i : group_rows.rows(group)) result.push_back(rows[i]);
  }
  std::ranges::sort(result);
  return result;
}

}  // namespace sleeve
