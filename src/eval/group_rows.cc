// SPDX-License-Identifier: Apache-2.0
#include "eval/group_rows.h"

#include <cassert>
#include <unordered_map>

namespace sleeve {

GroupRows::GroupRows(std::span<const int> groups, size_t rows) : rows_(rows) {
  assert(groups.empty() || groups.size() == rows);
  std::vector<size_t> numbers(rows);
  std::unordered_map<int, size_t> seen;
  for (size_t i = 0; i < rows; ++i) {
    numbers[i] = groups.empty() ? i : seen.try_emplace(groups[i], seen.size()).first->second;
  }
  begin_.resize((groups.empty() ? rows : seen.size()) + 1);
  for (const size_t number : numbers) ++begin_[number + 1];
  for (size_t g = 0; g + 1 < begin_.size(); ++g) begin_[g + 1] += begin_[g];
  std::vector<size_t> next(begin_.begin(), begin_.end() - 1);
  for (size_t i = 0; i < rows; ++i) rows_[next[numbers[i]]++] = i;
}

}  // namespace sleeve
