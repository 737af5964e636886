// SPDX-License-Identifier: Apache-2.0
#include "learn/group_average.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/try.h"
#include "learn/finite_float.h"

namespace sleeve {
namespace {

// Above this a float can't tell whole numbers apart.
constexpr float kLargestCategory = 16777216.0F;

std::optional<int32_t> category_of(float value) {
  if (value < 0.0F || value > kLargestCategory || value != std::floor(value)) return std::nullopt;
  return static_cast<int32_t>(value);
}

// The answers of some rows: per class their number, or the sum of their numbers.
struct GroupSums {
  explicit GroupSums(size_t width) : sums(width) {}
  void add(const TrainingSet& data, size_t row) {
    if (data.goal == Goal::kNumber) {
      sums[0] += static_cast<double>(data.values[row]);
    } else {
      sums[static_cast<size_t>(data.labels[row])] += 1.0;
    }
    rows += 1.0;
  }
  std::vector<double> sums;
  double rows = 0.0;
};

}  // namespace

Status GroupAverage::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  if (data.x.rows() == 0 || data.x.columns() == 0) {
    return make_error(ErrorCode::kNoData, "{}: there are no rows or no categories to learn from", name_);
  }
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "{}: stopped", name_);
  const auto width = static_cast<size_t>(data.classes);
  GroupSums all(width);
  std::map<int32_t, GroupSums> groups;
  for (size_t row = 0; row < data.x.rows(); ++row) {
    const float value = data.x(row, 0);
    const auto category = category_of(value);
    if (!category && !(value < 0.0F)) {
      return make_error(ErrorCode::kUsage,
                        "{}: row {} has {} in column 0, which is no category: a whole number up to {}, or -1 "
                        "for unknown, must stand there",
                        name_, row, value, static_cast<int32_t>(kLargestCategory));
    }
    all.add(data, row);
    if (category) groups.try_emplace(*category, width).first->second.add(data, row);
  }
  overall_.clear();
  for (const double sum : all.sums) overall_.push_back(finite_float(sum / all.rows));
  categories_.clear();
  averages_.clear();
  for (const auto& [category, group] : groups) {
    categories_.push_back(category);
    for (size_t k = 0; k < width; ++k) {
      const double overall = all.sums[k] / all.rows;
      averages_.push_back(
          finite_float((group.sums[k] + options_.smoothing * overall) / (group.rows + options_.smoothing)));
    }
  }
  return {};
}

std::span<const float> GroupAverage::average_of(float value) const {
  const auto category = category_of(value);
  if (!category) return overall_;
  const auto found = std::ranges::lower_bound(categories_, *category);
  if (found == categories_.end() || *found != *category) return overall_;
  return std::span(averages_).subspan(static_cast<size_t>(found - categories_.begin()) * width(), width());
}

Matrix GroupAverage::outputs(const Matrix& x) const {
  Matrix result(x.rows(), width());
  for (size_t row = 0; row < x.rows(); ++row) {
    std::ranges::copy(average_of(x(row, 0)), result.row(row).begin());
  }
  return result;
}

void GroupAverage::save(ByteWriter& out) const {
  out.put_array(overall_);
  out.put_array(categories_);
  out.put_array(averages_);
}

Status GroupAverage::load(ByteReader& in, size_t /*columns*/, int classes) {
  SLEEVE_TRY(std::vector<float> overall, in.get_array<float>());
  SLEEVE_TRY(std::vector<int32_t> categories, in.get_array<int32_t>());
  SLEEVE_TRY(std::vector<float> averages, in.get_array<float>());
  const bool share = goal_ == Goal::kClass;
  const auto possible = [&](float value) {
    return std::isfinite(value) && (!share || (value >= 0.0F && value <= 1.0F));
  };
  const bool rising = std::ranges::adjacent_find(categories, std::greater_equal<>{}) == categories.end();
  // Divided, because a product of damaged numbers may wrap around.
  const bool shapes = overall.size() == static_cast<size_t>(classes) && (share || classes == 1) &&
                      averages.size() % overall.size() == 0 &&
                      averages.size() / overall.size() == categories.size();
  if (!shapes || !rising || !std::ranges::all_of(overall, possible) ||
      !std::ranges::all_of(averages, possible)) {
    return make_error(ErrorCode::kCorrupt, "{}: the averages don't make sense", name_);
  }
  overall_ = std::move(overall);
  categories_ = std::move(categories);
  averages_ = std::move(averages);
  return {};
}

}  // namespace sleeve
