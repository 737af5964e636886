// SPDX-License-Identifier: Apache-2.0
#include "learn/knn.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/try.h"
#include "learn/finite_float.h"

namespace sleeve {
namespace {

using Near = Neighbours::Near;

Status check_start(const TrainingSet& data, const WorkContext& context) {
  if (data.x.rows() == 0) return make_error(ErrorCode::kNoData, "knn: there are no rows to learn from");
  if (context.stopping()) return make_error(ErrorCode::kCancelled, "knn: stopped");
  return {};
}

Error corrupt_knn() {
  return make_error(ErrorCode::kCorrupt, "knn: the rows and their answers don't make sense");
}

}  // namespace

Status Knn::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  SLEEVE_CHECK(check_start(data, context));
  SLEEVE_CHECK(neighbours_.keep(data.x));
  labels_.assign(data.labels.begin(), data.labels.end());
  classes_ = data.classes;
  return {};
}

Matrix Knn::outputs(const Matrix& x) const {
  Matrix result(x.rows(), static_cast<size_t>(classes_));
  neighbours_.for_each(x, [&](size_t row, std::span<const Near> near) {
    std::vector<double> votes(result.columns());
    double sum = 0.0;
    for (const Near& one : near) {
      votes[static_cast<size_t>(labels_[one.row])] += one.weight;
      sum += one.weight;
    }
    std::ranges::transform(votes, result.row(row).begin(),
                           [&](double vote) { return static_cast<float>(vote / sum); });
  });
  return result;
}

void Knn::save(ByteWriter& out) const {
  out.put_array(labels_);
  neighbours_.save(out);
}

Status Knn::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<int32_t> labels, in.get_array<int32_t>());
  SLEEVE_CHECK(neighbours_.load(in, columns));
  const auto known = [&](int32_t label) { return label >= 0 && label < classes; };
  if (labels.size() != neighbours_.rows() || !std::ranges::all_of(labels, known)) return corrupt_knn();
  labels_ = std::move(labels);
  classes_ = classes;
  return {};
}

Status KnnNumber::fit(const TrainingSet& data, uint64_t /*seed*/, const WorkContext& context) {
  SLEEVE_CHECK(check_start(data, context));
  SLEEVE_CHECK(neighbours_.keep(data.x));
  values_.assign(data.values.begin(), data.values.end());
  return {};
}

Matrix KnnNumber::outputs(const Matrix& x) const {
  Matrix result(x.rows(), 1);
  neighbours_.for_each(x, [&](size_t row, std::span<const Near> near) {
    double total = 0.0;
    double sum = 0.0;
    for (const Near& one : near) {
      total += one.weight * static_cast<double>(values_[one.row]);
      sum += one.weight;
    }
    result(row, 0) = finite_float(total / sum);
  });
  return result;
}

void KnnNumber::save(ByteWriter& out) const {
  out.put_array(values_);
  neighbours_.save(out);
}

Status KnnNumber::load(ByteReader& in, size_t columns, int classes) {
  SLEEVE_TRY(std::vector<float> values, in.get_array<float>());
  SLEEVE_CHECK(neighbours_.load(in, columns));
  const auto finite = [](float value) { return std::isfinite(value); };
  if (classes != 1 || values.size() != neighbours_.rows() || !std::ranges::all_of(values, finite)) {
    return corrupt_knn();
  }
  values_ = std::move(values);
  return {};
}

}  // namespace sleeve
