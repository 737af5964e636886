// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_GROUP_AVERAGE_H_
#define SLEEVE_LEARN_GROUP_AVERAGE_H_

#include <string>
#include <utility>
#include <vector>

#include "learn/learner.h"

namespace sleeve {

struct GroupAverageOptions {
  double smoothing = 0.0;
};

template <class V>
void describe(V& v, GroupAverageOptions& o) {
  v.number("smoothing", o.smoothing, {0.0, 1e9}, "rows",
           "How many rows of the overall average are added to each category");
}

// The baseline that knows one thing of a row: its category (the playlist or collection that it comes
// from). A row gets the average answer of the training rows of its category: the mean of numbers, the
// shares of classes. Column 0 is the category's number, a whole number from 0 to 2^24, or below 0 where it
// isn't known; other columns are not looked at. Unknown rows, and those of a category that no training row
// had, get the average of all training rows. With smoothing m a category of n rows counts as n rows of its
// own and m of the overall average (Micci-Barreca 2001).
class GroupAverage : public Learner {
 public:
  using Options = GroupAverageOptions;

  // kUsage if a value of column 0 is not a category's number.
  Status fit(const TrainingSet& data, uint64_t seed, const WorkContext& context) final;
  [[nodiscard]] Matrix outputs(const Matrix& x) const final;
  void save(ByteWriter& out) const final;
  Status load(ByteReader& in, size_t columns, int classes) final;

 protected:
  GroupAverage(std::string name, Goal goal, GroupAverageOptions options)
      : name_(std::move(name)), goal_(goal), options_(options) {}

 private:
  // One a class, or one for a number.
  [[nodiscard]] size_t width() const { return overall_.size(); }
  // The answer for a value of column 0.
  [[nodiscard]] std::span<const float> average_of(float value) const;

  std::string name_;
  Goal goal_;
  GroupAverageOptions options_;
  std::vector<float> overall_;
  std::vector<int32_t> categories_;  // those of the training rows, rising
  std::vector<float> averages_;      // categories × width
};

class GroupMean final : public GroupAverage {
 public:
  explicit GroupMean(GroupAverageOptions options) : GroupAverage("group_mean", Goal::kNumber, options) {}
};

class GroupShares final : public GroupAverage {
 public:
  explicit GroupShares(GroupAverageOptions options) : GroupAverage("group_shares", Goal::kClass, options) {}
};

}  // namespace sleeve

#endif  // SLEEVE_LEARN_GROUP_AVERAGE_H_
