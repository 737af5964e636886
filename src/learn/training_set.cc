// SPDX-License-Identifier: Apache-2.0
#include "learn/training_set.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "base/text.h"

namespace sleeve {
namespace {

constexpr std::array<Goal, 3> kGoals = {Goal::kClass, Goal::kLabels, Goal::kNumber};
constexpr int kParts = 5;

template <class T>
std::vector<T> pick(std::span<const T> values, std::span<const size_t> rows, size_t width = 1) {
  std::vector<T> result;
  if (values.empty()) return result;
  result.reserve(rows.size() * width);
  for (const size_t row : rows) {
    const auto part = values.subspan(row * width, width);
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

std::vector<int> rarest_labels(const TrainingSet& data) {
  const auto classes = static_cast<size_t>(data.classes);
  std::vector<size_t> counts(classes + 1);
  for (size_t at = 0; at < data.members.size(); ++at) counts[at % classes] += data.members[at];
  counts[classes] = data.members.size();
  std::vector<int> result;
  for (size_t row = 0; row < data.x.rows(); ++row) {
    size_t rarest = classes;
    for (size_t label = 0; label < classes; ++label) {
      if (data.members[row * classes + label] != 0 && counts[label] < counts[rarest]) rarest = label;
    }
    result.push_back(static_cast<int>(rarest));
  }
  return result;
}

// Equal values come into the same part.
std::vector<int> parts_of(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  std::vector<int> result;
  for (const float value : values) {
    const auto before = std::ranges::lower_bound(sorted, value) - sorted.begin();
    result.push_back(static_cast<int>(before * kParts / static_cast<std::ptrdiff_t>(sorted.size())));
  }
  return result;
}

}  // namespace

std::string_view name_of(Goal goal) {
  switch (goal) {
    case Goal::kLabels:
      return "labels";
    case Goal::kNumber:
      return "number";
    case Goal::kClass:
      break;
  }
  return "class";
}

Result<Goal> goal_of(std::string_view name) {
  const auto found = std::ranges::find(kGoals, name, [](Goal goal) { return name_of(goal); });
  if (found != kGoals.end()) return *found;
  return make_error(ErrorCode::kUsage, "unknown goal '{}' (known: class, labels, number)", printable(name));
}

Answers Answers::of(const TrainingSet& data, std::span<const size_t> rows) {
  return {pick(data.labels, rows), pick(data.members, rows, static_cast<size_t>(data.classes)),
          pick(data.values, rows), pick(data.groups, rows)};
}

Strata strata_of(const TrainingSet& data) {
  switch (data.goal) {
    case Goal::kLabels:
      return {rarest_labels(data), data.classes + 1};
    case Goal::kNumber:
      return {parts_of(data.values), kParts};
    case Goal::kClass:
      break;
  }
  return {{data.labels.begin(), data.labels.end()}, data.classes};
}

}  // namespace sleeve
