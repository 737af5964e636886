// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_BASE_SORT_UNIQUE_H_
#define SLEEVE_BASE_SORT_UNIQUE_H_

#include <algorithm>
#include <vector>

namespace sleeve {

// Sorts `values` and leaves one of each.
template <class T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto rest = std::ranges::unique(values);
  values.erase(rest.begin(), rest.end());
}

}  // namespace sleeve

#endif  // SLEEVE_BASE_SORT_UNIQUE_H_
