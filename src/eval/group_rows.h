// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EVAL_GROUP_ROWS_H_
#define SLEEVE_EVAL_GROUP_ROWS_H_

#include <cstddef>
#include <span>
#include <vector>

namespace sleeve {

// The rows of each group, for whatever draws, swaps or moves whole groups. Groups are numbered in the order
// of their first row, so that their names change no result; rows of a group keep their order.
class GroupRows {
 public:
  // `groups` may be empty: each of the `rows` its own group. REQUIRES: groups empty or one per row.
  GroupRows(std::span<const int> groups, size_t rows);

  [[nodiscard]] size_t groups() const { return begin_.size() - 1; }
  [[nodiscard]] std::span<const size_t> rows(size_t group) const {
    return std::span(rows_).subspan(begin_[group], begin_[group + 1] - begin_[group]);
  }

 private:
  std::vector<size_t> begin_;  // group g has rows_[begin_[g]] … rows_[begin_[g + 1] - 1]
  std::vector<size_t> rows_;
};

}  // namespace sleeve

#endif  // SLEEVE_EVAL_GROUP_ROWS_H_
