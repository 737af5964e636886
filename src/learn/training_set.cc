// SPDX-License-Identifier: Apache-2.0
#include "learn/training_set.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"

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

Status check_count(size_t rows, size_t answers, std::string_view what) {
  if (rows == answers) return {};
  return make_error(ErrorCode::kUsage, "{} rows but {} {}", rows, answers, what);
}

Status check_labels(const TrainingSet& data) {
  SLEEVE_CHECK(check_count(data.x.rows(), data.labels.size(), "labels"));
  for (size_t row = 0; row < data.labels.size(); ++row) {
    if (data.labels[row] < 0 || data.labels[row] >= data.classes) {
      return make_error(ErrorCode::kUsage, "row {} has class {}, but there are classes 0 to {} only", row,
                        data.labels[row], data.classes - 1);
    }
  }
  return {};
}

Status check_members(const TrainingSet& data) {
  const auto labels = static_cast<size_t>(data.classes);
  SLEEVE_CHECK(check_count(data.x.rows() * labels, data.members.size(), "places for labels"));
  const auto bad = std::ranges::find_if(data.members, [](uint8_t member) { return member > 1; });
  if (bad == data.members.end()) return {};
  const auto at = static_cast<size_t>(bad - data.members.begin());
  return make_error(ErrorCode::kUsage, "row {}, label {} is {}: must be 0 or 1", at / labels, at % labels,
                    *bad);
}

Status check_values(const TrainingSet& data) {
  SLEEVE_CHECK(check_count(data.x.rows(), data.values.size(), "numbers to learn"));
  const auto bad = std::ranges::find_if(data.values, [](float value) { return !std::isfinite(value); });
  if (bad == data.values.end()) return {};
  return make_error(ErrorCode::kUsage, "the number to learn of row {} is {}: must be finite",
                    bad - data.values.begin(), *bad);
}

Status check_answers(const TrainingSet& data) {
  if (data.goal == Goal::kNumber) return check_values(data);
  return data.goal == Goal::kLabels ? check_members(data) : check_labels(data);
}

}  // namespace

Status check_finite(const Matrix& x, std::string_view after) {
  for (size_t row = 0; row < x.rows(); ++row) {
    const auto values = x.row(row);
    const auto bad = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
    if (bad == values.end()) continue;
    const std::string where = after.empty() ? "" : fmt::format(" after transform '{}'", after);
    return make_error(ErrorCode::kUsage, "row {}, column {} is {}{}: features must be finite numbers", row,
                      bad - values.begin(), *bad, where);
  }
  return {};
}

Status check(const TrainingSet& data) {
  if (data.classes < 1 || data.classes > kMaxClasses) {
    return make_error(ErrorCode::kUsage, "{} classes: there must be 1 to {}", data.classes, kMaxClasses);
  }
  if (data.goal == Goal::kNumber && data.classes != 1) {
    return make_error(ErrorCode::kUsage, "{} classes, but one number is to be learnt", data.classes);
  }
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "there are no rows to learn from");
  if (data.x.columns() == 0) return make_error(ErrorCode::kNoData, "there are no features to learn from");
  SLEEVE_CHECK(check_answers(data));
  if (!data.groups.empty()) SLEEVE_CHECK(check_count(data.x.rows(), data.groups.size(), "groups"));
  return check_finite(data.x);
}

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
