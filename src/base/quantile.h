// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_QUANTILE_H_
#define SLEEVE_BASE_QUANTILE_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sleeve {

// The value at `share` (0 to 1) of the way through the sorted values, linear between neighbours, as numpy's
// default. REQUIRES: at least one value.
template <class T>
double quantile(const std::vector<T>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const auto low = static_cast<double>(sorted[below]);
  return low + (static_cast<double>(sorted[above]) - low) * (place - static_cast<double>(below));
}

}  // namespace sleeve

#endif  // SLEEVE_BASE_QUANTILE_H_
